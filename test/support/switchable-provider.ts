import {AppError} from '../../src/errors.ts';
import type {Provider} from '../../src/providers/provider.ts';

const gone = () => new AppError('ENGINE_UNREACHABLE', 'The engine of this test does not answer');

/** A provider whose engine can go away, come back, and be held up in the middle of a call. */
export function switchable(provider: Provider) {
  let up = true;
  let breaks: (() => void)[] = [];
  const gates = new Map<keyof Provider, {entered: () => void; open: Promise<void>}>();

  const through =
    <A extends unknown[], R>(name: keyof Provider, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const gate = gates.get(name);
      if (gate) {
        gates.delete(name);
        gate.entered();
        await gate.open;
      }
      if (!up) throw gone();
      return call(...args);
    };
  const wrapped: Provider = {
    ...provider,
    createEnvironment: through('createEnvironment', provider.createEnvironment),
    getEnvironment: through('getEnvironment', provider.getEnvironment),
    listEnvironments: through('listEnvironments', provider.listEnvironments),
    spawnAgent: through('spawnAgent', provider.spawnAgent),
    openTerminal: through('openTerminal', provider.openTerminal),
    exec: through('exec', provider.exec),
    stopEnvironment: through('stopEnvironment', provider.stopEnvironment),
    destroyEnvironment: through('destroyEnvironment', provider.destroyEnvironment),
    stats: through('stats', provider.stats),
    async *watch(labels, signal) {
      if (!up) throw gone();
      const broken = new Promise<never>((_, reject) => breaks.push(() => reject(gone())));
      broken.catch(() => {});
      const events = provider.watch(labels, signal)[Symbol.asyncIterator]();
      for (;;) {
        const next = await Promise.race([events.next(), broken]);
        if (next.done) return;
        yield next.value;
      }
    },
  };
  return {
    provider: wrapped,
    down() {
      up = false;
      for (const end of breaks) end();
      breaks = [];
    },
    up() {
      up = true;
    },
    /** Holds the next call of this method. `entered` resolves when it came; `release` lets it go on. */
    hold(name: keyof Provider) {
      let entered = () => {};
      let release = () => {};
      const came = new Promise<void>(resolve => {
        entered = resolve;
      });
      const open = new Promise<void>(resolve => {
        release = resolve;
      });
      gates.set(name, {entered, open});
      return {entered: came, release};
    },
  };
}

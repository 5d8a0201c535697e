import {AppError} from '../errors.ts';
import {pause} from '../lib/clock.ts';
import type {Provider} from '../providers/provider.ts';
import {type Context, homeLabel, labels, move} from './context.ts';
import type {EngineState} from './port.ts';
import {reconcile} from './reconcile.ts';

const retryMs = {first: 250, most: 5000} as const;

export interface EngineLink {
  readonly state: EngineState;
  /** Resolves when the first attempt to reach the engine has ended, well or not. */
  readonly tried: Promise<void>;
  readonly provider: Provider | undefined;
}

/** Keeps the rows of one provider true: reconciles, follows the engine's events, and does so again whenever it comes back. */
export function linkEngine(
  context: Context,
  name: string,
  open: () => Promise<Provider>,
  signal: AbortSignal,
  follow: boolean,
): EngineLink {
  let provider: Provider | undefined;
  let state: EngineState = {provider: name, state: 'connecting', detail: '', hint: ''};
  let settleTried = () => {};
  const tried = new Promise<void>(resolve => {
    settleTried = resolve;
  });
  const become = (next: EngineState) => {
    state = next;
    context.changes.tell();
  };

  /** An event may be late and of an earlier run: it only says where to look. */
  const observe = async (engine: Provider, id: string | undefined) => {
    const record = id === undefined ? undefined : context.store.byId(id);
    // Whoever works on a session tells of its own doings; events are for what happens by itself.
    if (!record?.environment || record.removing || record.worker !== null) return;
    const now = await engine.getEnvironment(record.environment, signal);
    if (!now) move(context, record.id, 'vanished', {note: 'its container was removed outside Trails'});
    else if (now.state === 'exited') move(context, record.id, 'exited', {exitCode: now.exitCode ?? null});
    else if (now.state === 'running')
      move(context, record.id, record.phase === 'lost' ? 'found' : 'started', {exitCode: null});
  };

  const followEvents = async (engine: Provider) => {
    const events = engine.watch(homeLabel(context.paths), signal);
    // Reconcile once the events flow, so that nothing falls between the two.
    const iterator = events[Symbol.asyncIterator]();
    const pending = iterator.next();
    pending.catch(() => {});
    await reconcile(context, engine, signal);
    become({provider: engine.name, state: 'ready', detail: '', hint: ''});
    settleTried();
    for (let next = await pending; !next.done; next = await iterator.next()) {
      await observe(engine, next.value.labels[labels.session]);
    }
  };

  const run = async () => {
    for (let wait: number = retryMs.first; !signal.aborted; wait = Math.min(wait * 2, retryMs.most)) {
      try {
        provider = await open();
        if (!follow) {
          await reconcile(context, provider, signal);
          become({provider: provider.name, state: 'ready', detail: '', hint: ''});
          return settleTried();
        }
        wait = retryMs.first;
        await followEvents(provider);
      } catch (error) {
        if (signal.aborted) break;
        const hint = error instanceof AppError ? error.hint : 'Run `trails doctor`.';
        become({provider: provider?.name ?? name, state: 'unreachable', detail: (error as Error).message, hint});
        settleTried();
        if (!follow) return;
      }
      await pause(wait, signal).catch(() => {});
    }
    settleTried();
  };
  void run();
  return {
    get state() {
      return state;
    },
    get provider() {
      return provider;
    },
    tried,
  };
}

import {spawn} from '@lydell/node-pty';
import type {AttachmentEnd, SessionsPort} from '../../src/sessions/port.ts';
import {createEmulator, type Emulator} from '../../src/terminal/emulator.ts';
import {resetSequence} from '../../src/terminal/reset.ts';
import type {Tracked} from './model.ts';
import type {World} from './world.ts';

export const size = {columns: 100, rows: 30} as const;

/** Somebody who looks at a session: over the API in this process, or `trails attach` in a terminal of its own. */
export interface Viewer {
  readonly session: Tracked;
  readonly kind: 'api' | 'pty';
  readonly emulator: Emulator;
  /** Of `session.endings` when it began: unchanged, nothing may end it. Undefined where it may not even have begun. */
  readonly since: number | undefined;
  /** Why it ended; undefined while it looks. */
  readonly ended: string | undefined;
  type(text: string): void;
  /** Calls when the screen changed or the viewer ended; the returned function ends it. */
  listen(listener: () => void): () => void;
  /** From now on: resolves with the milliseconds until the exact screen was painted anew, or undefined when it ended before. */
  repainted(): Promise<number | undefined>;
  leave(): void;
  kill(): void;
}

const longestReset = resetSequence.length;

function createView(session: Tracked, kind: Viewer['kind']) {
  const emulator = createEmulator({size});
  const listeners = new Set<() => void>();
  const since = session.phase === 'running' ? session.endings : undefined;
  let ended: string | undefined;
  let tail = '';
  let resets = 0;
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    session,
    kind,
    emulator,
    since,
    get ended() {
      return ended;
    },
    show(bytes: Uint8Array) {
      tail = (tail + Buffer.from(bytes).toString('latin1')).slice(-longestReset - bytes.length);
      if (tail.includes(resetSequence)) {
        resets += 1;
        tail = '';
      }
      emulator.write(bytes);
      emulator.whenParsed(tell);
    },
    end(why: string) {
      ended ??= why;
      tell();
    },
    listen(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    repainted(): Promise<number | undefined> {
      const begun = performance.now();
      const before = resets;
      const {promise, resolve} = Promise.withResolvers<number | undefined>();
      const look = () => {
        const painted = resets > before && emulator.text().some(line => line !== '');
        if (!painted && ended === undefined) return;
        listeners.delete(look);
        resolve(painted ? performance.now() - begun : undefined);
      };
      listeners.add(look);
      look();
      return promise;
    },
  };
}

/** Throws what keeps it from the session. */
export async function viewOverApi(port: SessionsPort, session: Tracked): Promise<Viewer> {
  const view = createView(session, 'api');
  const attachment = await port.attach(session.name, size);
  const read = async () => {
    for await (const bytes of attachment.output) view.show(bytes);
  };
  const told = (end: AttachmentEnd) => view.end(end.reason === 'lost' ? `lost: ${end.detail}` : end.reason);
  void read()
    .then(() => attachment.closed)
    .then(told, error => view.end(`error: ${(error as Error).stack}`));
  return Object.assign(view, {
    type: (text: string) => attachment.write(Buffer.from(text)),
    leave: attachment.detach,
    kill: attachment.detach,
  });
}

export function viewInTerminal(world: World, session: Tracked): Viewer {
  const view = createView(session, 'pty');
  const [file, ...args] = world.command;
  const pty = spawn(file, [...args, 'attach', session.name], {
    ...{name: 'xterm-256color', cols: size.columns, rows: size.rows, cwd: '/'},
    env: {...world.env},
  });
  pty.onData(data => view.show(Buffer.from(data)));
  pty.onExit(({exitCode, signal}) =>
    view.end(`exit ${signal ? `by signal ${signal}` : exitCode}: ${view.emulator.text().join('\n').trim()}`),
  );
  view.emulator.onAnswer(text => pty.write(text));
  return Object.assign(view, {
    type: (text: string) => pty.write(text),
    leave: () => pty.write('\x11'),
    kill: () => pty.kill('SIGKILL'),
  });
}

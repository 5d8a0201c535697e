import {spawn} from '@lydell/node-pty';
import {onTestFinished} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';

export interface PtyOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const patienceMs = 10_000;

/** A program in a real pseudo-terminal, with what a person sees of it. */
export function openPty(file: string, args: readonly string[], {columns, rows, env = {}, cwd}: PtyOptions) {
  const emulator = createEmulator({size: {columns, rows}});
  const pty = spawn(file, [...args], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    cwd: cwd ?? process.cwd(),
    env: {...process.env, ...env, TERM: 'xterm-256color'},
  });
  let watchers: (() => void)[] = [];
  let over: number | undefined;
  const wake = () => {
    for (const watcher of watchers) watcher();
  };
  pty.onData(data => {
    emulator.write(Buffer.from(data));
    emulator.whenParsed(wake);
  });
  emulator.onAnswer(text => pty.write(text));
  const exit = new Promise<number>(resolve => {
    pty.onExit(({exitCode}) => {
      over = exitCode;
      emulator.whenParsed(() => {
        wake();
        resolve(exitCode);
      });
    });
  });
  // A test that failed half-way leaves nobody behind.
  onTestFinished(() => {
    if (over === undefined) pty.kill('SIGKILL');
  });
  const screen = () => emulator.text().join('\n');
  /** Waits until the screen fulfils the wish; fails with the screen as it stands. */
  const until = (wish: string, fulfilled: (screen: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const end = (result: () => void) => {
        clearTimeout(timer);
        watchers = watchers.filter(watcher => watcher !== look);
        result();
      };
      const look = () => {
        const now = screen();
        if (fulfilled(now)) end(() => resolve(now));
        else if (over !== undefined)
          end(() => reject(new Error(`It ended with ${over} before ${wish}. The screen:\n${now}`)));
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`Waited in vain for ${wish}. The screen:\n${screen()}`))),
        patienceMs,
      );
      watchers.push(look);
      look();
    });
  return {
    emulator,
    /** Its exit code, once it has ended of itself. */
    async exit(): Promise<number> {
      const late = until('its end', () => over !== undefined).then(() => exit);
      return Promise.race([exit, late]);
    },
    pid: pty.pid,
    screen,
    until,
    shows: (text: string | RegExp) =>
      until(String(text), now => (typeof text === 'string' ? now.includes(text) : text.test(now))),
    lacks: (text: string | RegExp) =>
      until(`no ${text}`, now => !(typeof text === 'string' ? now.includes(text) : text.test(now))),
    type: (keys: string) => pty.write(keys),
    resize(size: {columns: number; rows: number}) {
      emulator.resize(size);
      pty.resize(size.columns, size.rows);
    },
    kill: (signal = 'SIGKILL') => pty.kill(signal),
  };
}

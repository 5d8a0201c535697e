import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A program in a pseudo-terminal, and what the eye sees of it. Times are those at which the bytes arrived, not when they were parsed. */
export interface ScreenProgram {
  readonly pid: number;
  /** When it was asked for, on the clock of `performance.now()`. */
  readonly begunAt: number;
  write(keys: string): void;
  /** Raw output as it comes. The returned function ends it. */
  onBytes(listener: (text: string, at: number) => void): () => void;
  /** Resolves with the arrival of the bytes after which the screen holds this; rejects after `patienceMs`, showing the screen. */
  until(holds: (lines: readonly string[]) => boolean, patienceMs?: number): Promise<number>;
  readonly lines: readonly string[];
  readonly exited: Promise<number>;
  close(): Promise<void>;
}

export function openScreenProgram(
  file: string,
  args: readonly string[],
  options: {readonly size: ScreenSize; readonly env: Readonly<Record<string, string | undefined>>},
): ScreenProgram {
  const {columns, rows} = options.size;
  const screen = new xterm.Terminal({cols: columns, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off'});
  const begunAt = performance.now();
  const child = pty.spawn(file, [...args], {name: 'xterm-256color', cols: columns, rows, env: {...options.env}});
  const listeners = new Set<(text: string, at: number) => void>();
  const looks = new Set<(at: number) => void>();
  let over = false;
  const exited = new Promise<number>(resolve => {
    child.onExit(({exitCode}) => {
      over = true;
      resolve(exitCode);
    });
  });
  const lines = () =>
    Array.from({length: rows}, (_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '');
  child.onData(text => {
    const at = performance.now();
    for (const listener of [...listeners]) listener(text, at);
    screen.write(text, () => {
      for (const look of [...looks]) look(at);
    });
  });

  return {
    pid: child.pid,
    begunAt,
    exited,
    write: keys => child.write(keys),
    onBytes(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    get lines() {
      return lines();
    },
    until: (holds, patienceMs = 30_000) =>
      new Promise((resolve, reject) => {
        const look = (at: number) => {
          if (!holds(lines())) return;
          clearTimeout(timer);
          looks.delete(look);
          resolve(at);
        };
        const timer = setTimeout(() => {
          looks.delete(look);
          reject(new Error(`what was waited for never came; the screen of ${file}:\n${lines().join('\n')}`));
        }, patienceMs);
        looks.add(look);
        look(performance.now());
      }),
    async close() {
      if (!over) child.kill('SIGKILL');
      await exited;
      screen.dispose();
    },
  };
}

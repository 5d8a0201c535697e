import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {onTestFinished} from 'vitest';

interface Options {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Between the two a terminal shows what was there before: synchronized output, mode 2026. */
const frameStart = '\x1b[?2026h';
const frameEnd = '\x1b[?2026l';

/** A program in a real terminal, and what the eye sees there. */
export function openPty(file: string, args: readonly string[], {columns, rows, env}: Options) {
  const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true, scrollback: 0});
  const pty = spawn(file, [...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    env: {...process.env, CI: '', NO_COLOR: undefined, FORCE_COLOR: undefined, ...env},
  });
  const waiting = new Set<() => void>();
  let exitCode: number | undefined;
  let written = '';
  const look = () => {
    for (const check of [...waiting]) check();
  };
  pty.onData(data => {
    written += data;
    terminal.write(data, look);
  });
  pty.onExit(event => {
    exitCode = event.exitCode;
    terminal.write('', look);
  });
  onTestFinished(() => {
    if (exitCode === undefined) pty.kill('SIGKILL');
    terminal.dispose();
  });
  const screen = (): string => {
    const {active} = terminal.buffer;
    return Array.from({length: terminal.rows}, (_, row) =>
      active.getLine(active.viewportY + row)?.translateToString(true),
    )
      .join('\n')
      .trimEnd();
  };
  return {
    screen,
    type: (text: string) => pty.write(text),
    signal: (name: string) => pty.kill(name),
    resize(size: {readonly columns: number; readonly rows: number}) {
      terminal.resize(size.columns, size.rows);
      pty.resize(size.columns, size.rows);
    },
    /** Everything the program wrote so far. */
    written: () => written,
    exitCode: () => exitCode,
    /** Resolves with the screen as soon as it fulfils the condition. */
    until: (condition: string | RegExp | ((screen: string) => boolean)) =>
      new Promise<string>(resolve => {
        const holds = (text: string) =>
          typeof condition === 'function'
            ? condition(text)
            : typeof condition === 'string'
              ? text.includes(condition)
              : condition.test(text);
        const check = () => {
          // The eye sees nothing of a frame that is not whole.
          if (exitCode === undefined && written.lastIndexOf(frameStart) > written.lastIndexOf(frameEnd)) return;
          const now = screen();
          if (!holds(now)) return;
          waiting.delete(check);
          resolve(now);
        };
        waiting.add(check);
        check();
      }),
    ended: () =>
      new Promise<number>(resolve => {
        const check = () => {
          if (exitCode === undefined) return;
          waiting.delete(check);
          resolve(exitCode);
        };
        waiting.add(check);
        check();
      }),
  };
}

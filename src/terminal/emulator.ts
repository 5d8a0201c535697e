import graphemes from '@xterm/addon-unicode-graphemes';
import xterm, {type Terminal} from '@xterm/headless';
import {type Size, sameSize} from '../lib/size.ts';
import {lineOf} from './cells.ts';
import {cleanText} from './clean-text.ts';
import {coreOf} from './internals.ts';
import {trackModes} from './modes.ts';
import {paint} from './painter.ts';
import {resetSequence} from './reset.ts';

/** A status record of the Program Status Protocol is short; a longer one is no record. */
const longestRecord = 4096;

export type TerminalSignal =
  | {readonly type: 'bell'}
  | {readonly type: 'title'; readonly title: string}
  | {readonly type: 'notification'; readonly text: string}
  /** The payload behind `7501;`, as the agent wrote it. */
  | {readonly type: 'osc7501'; readonly payload: string};

/** A terminal in memory: fed with an agent's output, it knows its screen. */
export interface Emulator {
  readonly size: Size;
  write(bytes: Uint8Array): void;
  /** Takes effect behind what was written before. */
  resize(size: Size): void;
  /** A new run of the agent: modes as at the beginning, its first line below what stands there. Behind what was written before. */
  reset(): void;
  /** Calls once everything written before is on the screen and nothing written after is. */
  whenParsed(call: () => void): void;
  settled(): Promise<void>;
  /** What the terminal answers to the agent's questions. The caller decides whether the agent hears it. */
  onAnswer(listener: (text: string) => void): void;
  onChange(listener: () => void): void;
  onSignal(listener: (signal: TerminalSignal) => void): void;
  readonly title: string;
  readonly cursor: {readonly column: number; readonly row: number; readonly visible: boolean};
  readonly altScreen: boolean;
  /** Rows above the screen. */
  readonly scrollback: number;
  /** The screen, or the window so many rows above it, as text and SGR codes. */
  lines(scrolled: number): readonly string[];
  /** The same as plain text. */
  text(scrolled?: number): readonly string[];
  /** Sequences that draw this exact screen on a terminal of the same size. */
  paint(): string;
  dispose(): void;
}

export function createEmulator(options: {readonly size: Size; readonly scrollback?: number}): Emulator {
  const terminal: Terminal = new xterm.Terminal({
    cols: options.size.columns,
    rows: options.size.rows,
    scrollback: options.scrollback ?? 2000,
    allowProposedApi: true,
    logLevel: 'off',
  });
  terminal.loadAddon(new graphemes.UnicodeGraphemesAddon());
  const core = coreOf(terminal);
  const modes = trackModes(terminal);
  const changed: (() => void)[] = [];
  const heard: ((signal: TerminalSignal) => void)[] = [];
  const answered: ((text: string) => void)[] = [];
  const signal = (one: TerminalSignal) => {
    for (const listener of heard) listener(one);
  };
  let title = '';
  // A resize waits in the queue: until then the terminal has its earlier size, but `size` tells what was asked last.
  let size = options.size;
  let disposed = false;

  terminal.onTitleChange(text => {
    title = cleanText(text);
    signal({type: 'title', title});
  });
  terminal.onBell(() => signal({type: 'bell'}));
  terminal.onData(text => {
    for (const listener of answered) listener(text);
  });
  terminal.onWriteParsed(() => {
    for (const listener of changed) listener();
  });
  terminal.parser.registerOscHandler(9, data => {
    if (!/^\d{1,2};/.test(data)) signal({type: 'notification', text: cleanText(data)});
    return true;
  });
  terminal.parser.registerOscHandler(777, data => {
    signal({type: 'notification', text: cleanText(data.replace(/^notify;/, '').replace(';', ': '))});
    return true;
  });
  terminal.parser.registerOscHandler(7501, data => {
    if (data.startsWith('?')) for (const listener of answered) listener(`\x1b]7501;${cleanText(data, 64)}\x1b\\`);
    else if (data.length <= longestRecord) signal({type: 'osc7501', payload: data});
    return true;
  });

  const whenParsed = (call: () => void) => {
    if (!disposed) terminal.write('', call);
  };
  const lines = (scrolled: number): string[] => {
    const buffer = terminal.buffer.active;
    const scratch = buffer.getNullCell();
    const top = Math.max(0, buffer.baseY - scrolled);
    return Array.from({length: terminal.rows}, (_, row) => lineOf(buffer, top + row, terminal.cols, scratch));
  };

  return {
    get size() {
      return {columns: terminal.cols, rows: terminal.rows};
    },
    write: bytes => {
      if (!disposed) terminal.write(bytes);
    },
    resize(next) {
      if (sameSize(next, size)) return;
      size = next;
      whenParsed(() => terminal.resize(next.columns, next.rows));
    },
    reset() {
      // The new run begins on an empty screen, as it would in a terminal of its own; the earlier one moves up.
      terminal.write(`${resetSequence}\x1b[999;1H${'\n'.repeat(size.rows)}\x1b[H`);
    },
    whenParsed,
    settled: () => new Promise(resolve => (disposed ? resolve() : whenParsed(resolve))),
    onAnswer: listener => void answered.push(listener),
    onChange: listener => void changed.push(listener),
    onSignal: listener => void heard.push(listener),
    get title() {
      return title;
    },
    get cursor() {
      const {cursorX, cursorY} = terminal.buffer.active;
      return {column: Math.min(cursorX, terminal.cols - 1), row: cursorY, visible: !core.coreService.isCursorHidden};
    },
    get altScreen() {
      return terminal.buffer.active.type === 'alternate';
    },
    get scrollback() {
      return terminal.buffer.active.baseY;
    },
    lines,
    text: (scrolled = 0) => {
      const buffer = terminal.buffer.active;
      const top = Math.max(0, buffer.baseY - scrolled);
      return Array.from({length: terminal.rows}, (_, row) => buffer.getLine(top + row)?.translateToString(true) ?? '');
    },
    paint: () => paint(terminal, modes, title),
    dispose() {
      disposed = true;
      terminal.dispose();
    },
  };
}

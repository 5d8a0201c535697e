import xterm, {type Terminal} from '@xterm/headless';
import {type Size, sameSize, usableSize} from '../lib/size.ts';
import {firstColour, lineOf} from './cells.ts';
import {coreOf} from './internals.ts';
import {setLimits} from './limits.ts';
import {trackModes} from './modes.ts';
import {paint} from './painter.ts';
import {createParseQueue} from './parse-queue.ts';
import {resetSequence} from './reset.ts';
import {createRowTexts} from './row-texts.ts';
import {openTail} from './sequences.ts';
import {hearSignals, type Question, type TerminalSignal} from './signals.ts';
import {skim} from './skim.ts';

export type {Question, TerminalSignal} from './signals.ts';

/** Answers are typed into the agent: between two changes of the screen an agent gets no more than this, however much it asks. */
const mostAnswers = 8 * 1024;

/** In cells of the screen. */
export interface Area extends Size {
  readonly left: number;
  readonly top: number;
}

/** A terminal in memory: fed with an agent's output, it knows its screen. */
export interface Emulator {
  /** In force by now; a resize waits its turn behind earlier output. */
  readonly size: Size;
  write(bytes: Uint8Array): void;
  /** Takes effect behind what was written before. */
  resize(size: Size): void;
  /** A new run of the agent, behind what was written before: an empty screen in its initial state, the earlier one above it. */
  reset(): void;
  /** Calls once everything written before is on the screen and nothing written after is. */
  whenParsed(call: () => void): void;
  settled(): Promise<void>;
  /** What the terminal answers to the agent's questions. The caller decides whether the agent hears it. */
  onAnswer(listener: (text: string, question: Question) => void): void;
  onChange(listener: () => void): void;
  onSignal(listener: (signal: TerminalSignal) => void): void;
  readonly title: string;
  readonly cursor: {readonly column: number; readonly row: number; readonly visible: boolean};
  readonly altScreen: boolean;
  /** The agent is within a picture (synchronized output): what is on the screen is half of it. */
  readonly drawing: boolean;
  /** Rows above the screen. */
  readonly scrollback: number;
  /** The screen, or the window so many rows above it, as text and SGR codes. */
  lines(scrolled: number): readonly string[];
  /** The same as plain text. */
  text(scrolled?: number): readonly string[];
  /** The colour of the first character in a row of the screen, as `e06c75` or a palette's number; "-" for the default one. */
  colour(row: number): string;
  /** A part of the screen, row by row, each character in its own column: for a place on a real terminal that begins at column 1. */
  part(area: Area): readonly string[];
  /** Sequences that make a terminal send keys and pastes as the agent wants them. */
  readonly keys: string;
  /** The agent wants to be told where a paste begins and ends: what stands in it is text then, and runs nothing. */
  readonly bracketedPaste: boolean;
  /** Sequences that draw this exact screen on a terminal of the same size. */
  paint(): string;
  dispose(): void;
}

/** Rows of the screen down to the last one with anything in it. */
function usedRows(terminal: Terminal): number {
  const {active} = terminal.buffer;
  let rows = terminal.rows;
  while (rows > 0 && !active.getLine(active.baseY + rows - 1)?.translateToString(true)) rows -= 1;
  return rows;
}

export function createEmulator(options: {readonly size: Size; readonly scrollback?: number}): Emulator {
  const {scrollback = 2000} = options;
  let asked = usableSize(options.size);
  const terminal: Terminal = new xterm.Terminal({
    cols: asked.columns,
    rows: asked.rows,
    scrollback,
    allowProposedApi: true,
    logLevel: 'off',
  });
  setLimits(terminal);
  const core = coreOf(terminal);
  const input = core._inputHandler;
  const modes = trackModes(terminal);
  const rowText = createRowTexts(terminal);
  const changed: (() => void)[] = [];
  const heard: ((signal: TerminalSignal) => void)[] = [];
  const answered: ((text: string, question: Question) => void)[] = [];
  const waiting = new Set<() => void>();
  let title = '';
  let answerBytes = 0;
  let disposed = false;

  /** The beginning of a character: xterm.js 6.0 loses one like "›" that is cut behind a byte 0x80. */
  let open: Uint8Array = new Uint8Array(0);
  const parse = (piece: Uint8Array) => {
    const bytes = open.length > 0 ? Buffer.concat([open, piece]) : piece;
    const whole = bytes.length - openTail(bytes);
    open = Uint8Array.from(bytes.subarray(whole));
    try {
      input.parse(bytes.subarray(0, whole));
    } catch {
      // One agent's output must not end the dashboard of all: a piece the parser cannot bear is left out.
      input._parser.reset();
    }
  };
  /** Up to the end of the line it is in, the terminal gets everything; of plain lines behind that only those that will be kept. */
  const shorten = (block: Buffer): Uint8Array => {
    const lineEnd = block.indexOf('\r\n');
    if (lineEnd === -1) return block;
    parse(block.subarray(0, lineEnd + 2));
    const rest = block.subarray(lineEnd + 2);
    const {active} = core.buffers;
    const {originMode, insertMode} = terminal.modes;
    const scrollsWhole = active.scrollTop === 0 && active.scrollBottom === terminal.rows - 1;
    if (input._parser.currentState !== 0 || !scrollsWhole || originMode || insertMode) return rest;
    const skimmed = skim(rest, terminal.rows + scrollback);
    if (!skimmed) return rest;
    parse(skimmed.pen);
    return skimmed.rest;
  };
  const queue = createParseQueue({
    parse,
    shorten,
    onParsed: () => {
      answerBytes = 0;
      for (const listener of changed) listener();
    },
  });
  const signal = (one: TerminalSignal) => {
    if (one.type === 'title') title = one.title;
    for (const listener of heard) listener(one);
  };
  hearSignals(terminal, signal, (text, question) => {
    answerBytes += text.length;
    if (answerBytes <= mostAnswers) for (const listener of answered) listener(text, question);
  });

  const startOver = () => {
    const stops = Array.from({length: Math.ceil(terminal.cols / 8)}, (_, stop) => `\x1b[${stop * 8 + 1}G\x1bH`).join(
      '',
    );
    // In bytes, so that a character cut short by the end of the run is forgotten, too.
    parse(Buffer.from(`${resetSequence}\x1b[!p`));
    const used = usedRows(terminal);
    parse(Buffer.from(`\x1b[3g${stops}\x1b[${terminal.rows};1H${'\n'.repeat(used)}\x1b[H\x1b7`));
    modes.clear();
    if (title !== '') signal({type: 'title', title: ''});
  };
  const window = (scrolled: number, row: (at: number) => string): string[] => {
    const top = Math.max(0, terminal.buffer.active.baseY - Math.max(0, Math.trunc(scrolled)));
    return Array.from({length: terminal.rows}, (_, index) => row(top + index));
  };

  return {
    get size() {
      return {columns: terminal.cols, rows: terminal.rows};
    },
    write: queue.write,
    resize(next) {
      const size = usableSize(next);
      if (sameSize(size, asked)) return;
      asked = size;
      queue.run(() => {
        terminal.resize(size.columns, size.rows);
        // Left to itself xterm.js does this between other work, and complains on the console when it is late.
        core.buffers.normal._memoryCleanupQueue.flush();
      });
    },
    reset: () => queue.run(startOver),
    whenParsed: queue.run,
    settled: () =>
      new Promise(resolve => {
        if (disposed) return resolve();
        const done = () => {
          waiting.delete(done);
          resolve();
        };
        waiting.add(done);
        queue.run(done);
      }),
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
    get drawing() {
      return terminal.modes.synchronizedOutputMode;
    },
    get scrollback() {
      return terminal.buffer.active.baseY;
    },
    lines(scrolled) {
      const buffer = terminal.buffer.active;
      const scratch = buffer.getNullCell();
      return window(scrolled, at => lineOf(buffer, at, terminal.cols, scratch));
    },
    part({left, top, columns, rows}) {
      const buffer = terminal.buffer.active;
      const scratch = buffer.getNullCell();
      const end = Math.min(left + columns, terminal.cols);
      const count = Math.max(0, Math.min(rows, terminal.rows - top));
      return Array.from({length: count}, (_, row) =>
        lineOf(buffer, buffer.baseY + top + row, end, scratch, {from: left, exact: true}),
      );
    },
    get keys() {
      return modes.keys();
    },
    get bracketedPaste() {
      return terminal.modes.bracketedPasteMode;
    },
    text: (scrolled = 0) => window(scrolled, rowText),
    colour: row => firstColour(terminal.buffer.active, terminal.buffer.active.baseY + row),
    paint: () => paint(terminal, modes, title),
    dispose() {
      disposed = true;
      queue.close();
      for (const done of [...waiting]) done();
      terminal.dispose();
    },
  };
}

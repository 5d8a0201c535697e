import type {IBufferCell, Terminal} from '@xterm/headless';

/**
 * What a perfect screen needs and xterm.js 6.0 has no public way to ask. Names as in its sources; a test compares painted
 * screens, so that a release which renames one is noticed.
 */
export interface Extended {
  /** Underline style in bits 26–28, underline colour as a cell packs colours below. */
  readonly _ext: number;
  readonly urlId: number;
}

/** A look: of a cell, or of the pen. */
export interface Look {
  readonly fg: number;
  readonly bg: number;
  readonly extended: Extended;
}
export type Cell = IBufferCell & Look;

export interface InnerBuffer {
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean>>;
  readonly ybase: number;
  readonly savedX: number;
  /** Counted from the top of the scrollback. */
  readonly savedY: number;
  readonly savedCurAttrData: Look;
  readonly _memoryCleanupQueue: {flush(): void};
  readonly lines: {get(row: number): InnerLine | undefined};
}

export interface InnerLine {
  /** Three words a cell: its character, the looks of its foreground and of its background. */
  readonly _data: Uint32Array;
  /** By column: what does not fit into a cell's word. */
  readonly _combined: Readonly<Record<number, string>>;
}

interface Params {
  readonly params: Int32Array;
}

export interface Core {
  readonly buffers: {readonly active: InnerBuffer; readonly normal: InnerBuffer};
  readonly coreService: {readonly isCursorHidden: boolean};
  readonly _charsetService: {readonly glevel: number};
  readonly _inputHandler: {
    readonly _curAttrData: Look;
    /** 0 between two sequences. */
    readonly _parser: {reset(): void; readonly currentState: number};
    parse(data: Uint8Array): unknown;
    registerCsiHandler(id: {readonly final: string}, handler: (params: Params) => boolean): unknown;
  };
  readonly _oscLinkService: {getLinkData(id: number): {readonly id?: string; readonly uri: string} | undefined};
}

export function coreOf(terminal: Terminal): Core {
  const {_core: core} = terminal as Terminal & {readonly _core?: Core};
  if (!core) throw new Error('xterm.js has no _core any more: see terminal/internals.ts');
  return core;
}

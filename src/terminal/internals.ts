import type {IBuffer, IBufferCell, Terminal} from '@xterm/headless';

/**
 * What a perfect screen needs and xterm.js 6.0 has no public way to ask. Names as in its sources; a test compares painted
 * screens, so that a release which renames one is noticed.
 */
export interface Extended {
  readonly underlineStyle: number;
  readonly underlineColor: number;
  readonly urlId: number;
}
export type Cell = IBufferCell & {readonly extended?: Extended};

interface InnerBuffer {
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean>>;
  readonly savedX: number;
  readonly savedY: number;
}
export interface Core {
  readonly buffer: InnerBuffer;
  readonly coreService: {readonly isCursorHidden: boolean};
  readonly _charsetService: {readonly glevel: number};
  readonly _inputHandler: {readonly _curAttrData: Cell};
  readonly _oscLinkService: {getLinkData(id: number): {readonly id?: string; readonly uri: string} | undefined};
}

export function coreOf(terminal: Terminal): Core {
  const {_core: core} = terminal as Terminal & {readonly _core?: Core};
  if (!core) throw new Error('xterm.js has no _core any more: see terminal/internals.ts');
  return core;
}

export const cellAt = (buffer: IBuffer, row: number, column: number, into: IBufferCell): Cell | undefined =>
  buffer.getLine(row)?.getCell(column, into);

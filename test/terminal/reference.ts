import graphemes from '@xterm/addon-unicode-graphemes';
import xterm, {type IBuffer, type IBufferCell, type Terminal} from '@xterm/headless';
import type {Size} from '../../src/lib/size.ts';

/** A plain xterm.js, without anything of ours: what a screen is compared on. */
export function referenceTerminal(size: Size, scrollback = 2000): Terminal {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    scrollback,
    allowProposedApi: true,
    logLevel: 'off',
  });
  terminal.loadAddon(new graphemes.UnicodeGraphemesAddon());
  return terminal;
}

export const feed = (terminal: Terminal, bytes: Uint8Array | string): Promise<void> =>
  new Promise(resolve => terminal.write(bytes, resolve));

type Extended = {readonly _ext: number; readonly urlId: number};
type Inner = {
  readonly buffer: {readonly scrollTop: number; readonly scrollBottom: number};
  readonly coreService: {readonly isCursorHidden: boolean};
  readonly coreMouseService: {readonly activeEncoding: string};
  readonly _oscLinkService: {getLinkData(id: number): {readonly uri: string} | undefined};
};
const innerOf = (terminal: Terminal) => (terminal as Terminal & {readonly _core: Inner})._core;

const style = ['none', 'single', 'double', 'curly', 'dotted', 'dashed'];

/** A cell in words, with everything a person could see of it. */
function cellInWords(cell: IBufferCell & {readonly bg?: number; readonly extended?: Extended}, inner: Inner): string {
  const extended = ((cell.bg ?? 0) & 0x10000000) !== 0 ? cell.extended : undefined;
  const ext = extended?._ext ?? 0;
  const underline = (ext >> 26) & 7;
  const link = extended && extended.urlId !== 0 ? inner._oscLinkService.getLinkData(extended.urlId)?.uri : '';
  // xterm.js leaves bits of an earlier colour above a palette index; SGR 59 sets all bits.
  const color = (ext & 0x3000000) === 0x3000000 ? ext & 0x3ffffff : ext & 0x30000ff;
  const underlineColor = underline === 0 || color === 0x3ffffff ? 0 : color;
  const looks = [
    cell.isBold() && 'bold',
    cell.isDim() && 'dim',
    cell.isItalic() && 'italic',
    underline !== 0 && `underline ${style[underline]} ${underlineColor}`,
    cell.isBlink() && 'blink',
    cell.isInverse() && 'inverse',
    cell.isInvisible() && 'invisible',
    cell.isStrikethrough() && 'struck',
    cell.isOverline() && 'overline',
    `${cell.isFgRGB() ? 'rgb' : cell.isFgPalette() ? 'palette' : ''}${cell.getFgColor()}`,
    `${cell.isBgRGB() ? 'rgb' : cell.isBgPalette() ? 'palette' : ''}${cell.getBgColor()}`,
    link,
  ];
  return `${cell.getChars() || ' '}|${cell.getWidth()}|${looks.filter(Boolean).join(' ')}`;
}

function rowsInWords(terminal: Terminal, buffer: IBuffer): string[] {
  const inner = innerOf(terminal);
  return Array.from({length: terminal.rows}, (_, row) => {
    const line = buffer.getLine(buffer.baseY + row);
    const cells = Array.from({length: terminal.cols}, (__, column) => {
      const cell = line?.getCell(column);
      return cell ? cellInWords(cell, inner) : '';
    });
    // Whether the first row goes on from one above the screen is not for the screen to say.
    return `${row > 0 && line?.isWrapped ? 'wrapped ' : ''}${cells.join(' · ')}`;
  });
}

/** The whole state that a painted screen has to carry over. */
export function stateOf(terminal: Terminal) {
  const inner = innerOf(terminal);
  const {active, normal} = terminal.buffer;
  const {synchronizedOutputMode: _, ...modes} = terminal.modes;
  return {
    screen: active.type,
    rows: rowsInWords(terminal, active),
    main: rowsInWords(terminal, normal),
    cursor: [active.cursorX, active.cursorY],
    hidden: inner.coreService.isCursorHidden,
    region: [inner.buffer.scrollTop, inner.buffer.scrollBottom],
    mouse: inner.coreMouseService.activeEncoding,
    newline: terminal.options.convertEol,
    modes,
  };
}

import type {IBuffer, IBufferCell} from '@xterm/headless';
import type {Cell} from './internals.ts';

const curly = [0, 4, 21, '4:3', '4:4', '4:5'] as const;

type ColorKind = 'default' | 'palette' | 'rgb';
const kindOf = (rgb: boolean, palette: boolean): ColorKind => (rgb ? 'rgb' : palette ? 'palette' : 'default');

function color(kind: ColorKind, value: number, base: 30 | 40): string {
  if (kind === 'default') return '';
  if (kind === 'rgb') return `;${base + 8};2;${(value >> 16) & 255};${(value >> 8) & 255};${value & 255}`;
  if (value < 8) return `;${base + value}`;
  return value < 16 ? `;${base + 52 + value}` : `;${base + 8};5;${value}`;
}

/** The underline colour as xterm.js packs it: mode in bits 24–25, value below; absent when it follows the text. */
function underlineColor(packed: number): string {
  const mode = packed & 0x3000000;
  if (mode === 0x3000000) return `;58:2::${(packed >> 16) & 255}:${(packed >> 8) & 255}:${packed & 255}`;
  return mode === 0 ? '' : `;58:5:${packed & 255}`;
}

/** The SGR sequence that sets this cell's look from nothing; "" for the plain look. */
export function sgrOf(cell: Cell): string {
  if (cell.isAttributeDefault()) return '';
  let codes = '';
  if (cell.isBold()) codes += ';1';
  if (cell.isDim()) codes += ';2';
  if (cell.isItalic()) codes += ';3';
  if (cell.isUnderline()) {
    const style = cell.extended?.underlineStyle ?? 1;
    codes += `;${curly[style] || 4}${underlineColor(cell.extended?.underlineColor ?? 0)}`;
  }
  if (cell.isBlink()) codes += ';5';
  if (cell.isInverse()) codes += ';7';
  if (cell.isInvisible()) codes += ';8';
  if (cell.isStrikethrough()) codes += ';9';
  if (cell.isOverline()) codes += ';53';
  codes += color(kindOf(cell.isFgRGB(), cell.isFgPalette()), cell.getFgColor(), 30);
  codes += color(kindOf(cell.isBgRGB(), cell.isBgPalette()), cell.getBgColor(), 40);
  return codes === '' ? '' : `\x1b[0${codes}m`;
}

export interface LineOptions {
  /** Wraps linked cells: gets the id of a link (0: none) when it changes. */
  readonly link?: (urlId: number) => string;
}

/** One row as text and SGR codes, ended plain. Blank plain cells at its end are left out. */
export function lineOf(
  buffer: IBuffer,
  row: number,
  columns: number,
  scratch: IBufferCell,
  options: LineOptions = {},
): string {
  const line = buffer.getLine(row);
  if (!line) return '';
  let out = '';
  let blanks = 0;
  let look = '';
  let link = 0;
  for (let column = 0; column < columns; column++) {
    const cell: Cell | undefined = line.getCell(column, scratch);
    if (!cell) break;
    const width = cell.getWidth();
    // The second half of a wide character is drawn with the first.
    if (width === 0) continue;
    const chars = cell.getChars();
    const next = sgrOf(cell);
    const nextLink = options.link ? (cell.extended?.urlId ?? 0) : 0;
    if (next === '' && nextLink === 0 && look === '' && link === 0 && (chars === '' || chars === ' ')) {
      blanks += 1;
      continue;
    }
    if (blanks > 0) {
      out += ' '.repeat(blanks);
      blanks = 0;
    }
    if (next !== look) out += next === '' ? '\x1b[0m' : next;
    if (nextLink !== link) out += options.link?.(nextLink) ?? '';
    look = next;
    link = nextLink;
    // A wide character that does not fit any more would push the line out of shape.
    out += width === 2 && column + 2 > columns ? ' ' : chars === '' ? ' ' : chars;
  }
  if (link !== 0) out += options.link?.(0) ?? '';
  return look === '' ? out : `${out}\x1b[0m`;
}

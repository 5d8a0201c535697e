import type {IBuffer, IBufferCell} from '@xterm/headless';
import {unseen} from './clean-text.ts';
import type {Cell} from './internals.ts';

// How xterm.js 6.0 packs a look: flags and colour mode above a 24 bit colour, in fg and in bg.
const flags: readonly (readonly ['fg' | 'bg', number, string])[] = [
  ['fg', 0x8000000, ';1'],
  ['bg', 0x8000000, ';2'],
  ['bg', 0x4000000, ';3'],
  ['fg', 0x20000000, ';5'],
  ['fg', 0x4000000, ';7'],
  ['fg', 0x40000000, ';8'],
  ['fg', 0x80000000, ';9'],
  ['bg', 0x40000000, ';53'],
];
const anyFlag = 0xfc000000;
const underlined = 0x10000000;
/** In bg: the cell has extended attributes. Without it a reused cell still carries those of the one before. */
const extendedFlag = 0x10000000;
const underlines = ['4', '4', '21', '4:3', '4:4', '4:5'] as const;
const colorMode = 0x3000000;
const modeRgb = 0x3000000;
/** What SGR 59 leaves behind: all bits set. */
const noUnderlineColor = 0x3ffffff;

function color(packed: number, base: 30 | 40): string {
  const mode = packed & colorMode;
  if (mode === 0) return '';
  if (mode === modeRgb) return `;${base + 8};2;${(packed >> 16) & 255};${(packed >> 8) & 255};${packed & 255}`;
  const index = packed & 255;
  if (index < 8) return `;${base + index}`;
  return index < 16 ? `;${base + 52 + index}` : `;${base + 8};5;${index}`;
}

function underlineColor(ext: number): string {
  const packed = ext & 0x3ffffff;
  const mode = packed & colorMode;
  if (mode === 0 || packed === noUnderlineColor) return '';
  if (mode === modeRgb) return `;58:2::${(packed >> 16) & 255}:${(packed >> 8) & 255}:${packed & 255}`;
  return `;58:5:${packed & 255}`;
}

/** The SGR sequence that sets this look from nothing; "" for the plain look. */
export function sgrOf(fg: number, bg: number, ext: number): string {
  let codes = '';
  if (((fg | bg) & anyFlag) !== 0) {
    for (const [where, flag, code] of flags) if (((where === 'fg' ? fg : bg) & flag) !== 0) codes += code;
  }
  // Read from the raw field: a link's own underline is the viewer's to draw.
  if ((fg & underlined) !== 0) codes += `;${underlines[(ext >> 26) & 7] ?? '4'}`;
  codes += underlineColor(ext) + color(fg, 30) + color(bg, 40);
  return codes === '' ? '' : `\x1b[0${codes}m`;
}

export interface LineOptions {
  /** Wraps linked cells: gets the id of a link (0: none) when it changes. Left out, links are left out. */
  readonly link?: (urlId: number) => string;
  /** Blank plain cells at the end too. */
  readonly full?: boolean;
  /** Characters exactly as the agent wrote them, invisible ones included, and the column said again behind each cluster. */
  readonly exact?: boolean;
  /** Begins at this column instead of the first one. */
  readonly from?: number;
}

/** The colour of the first character of a row, as `e06c75` or a palette's number; "-" for the default one, or a blank row. */
export function firstColour(buffer: IBuffer, row: number): string {
  const line = buffer.getLine(row);
  const column = line?.translateToString(true).search(/\S/) ?? -1;
  const cell = column === -1 ? undefined : line?.getCell(column);
  if (!cell || cell.isFgDefault()) return '-';
  const packed = cell.getFgColor();
  return cell.isFgRGB() ? packed.toString(16).padStart(6, '0') : String(packed);
}

const plainEnough = (chars: string) => chars.length === 1 && chars < '\u0300';

/** Text for a preview: what would turn the line's direction or take no cell of its own is a blank. */
function shown(chars: string): string {
  if (plainEnough(chars)) return chars === '\u00ad' ? ' ' : chars;
  // A joiner between emoji belongs to the cluster; everything else unseen goes.
  const kept = chars.replace(
    /(?<=\p{Extended_Pictographic}\ufe0f?\p{EMod}?)\u200d(?=\p{Extended_Pictographic})|\p{Cc}/gu,
    match => (match === '\u200d' ? '\ue000' : ''),
  );
  const clean = kept.replace(unseen, '').replaceAll('\ue000', '\u200d');
  return clean === '' || /^\p{M}/u.test(clean) ? ' ' : clean;
}

/** One row, up to a column, as text and SGR codes, ended plain. Blank plain cells at its end are left out. */
export function lineOf(
  buffer: IBuffer,
  row: number,
  columns: number,
  scratch: IBufferCell,
  options: LineOptions = {},
): string {
  const line = buffer.getLine(row);
  if (!line) return '';
  const from = options.from ?? 0;
  let out = '';
  let blanks = 0;
  let sgr = '';
  let link = 0;
  let fg = 0;
  let bg = 0;
  let ext = 0;
  for (let column = from; column < columns; column++) {
    const cell = line.getCell(column, scratch) as Cell | undefined;
    if (!cell) break;
    const width = cell.getWidth();
    // The second half of a wide character is drawn with the first; cut off from that it is a blank.
    if (width === 0 && column > from) continue;
    const chars = cell.getChars();
    const extended = (cell.bg & extendedFlag) !== 0 ? cell.extended : undefined;
    const nextExt = extended?._ext ?? 0;
    const nextLink = options.link ? (extended?.urlId ?? 0) : 0;
    // Most neighbours look alike: the codes are made only where they change.
    const next = cell.fg === fg && cell.bg === bg && nextExt === ext ? sgr : sgrOf(cell.fg, cell.bg, nextExt);
    fg = cell.fg;
    bg = cell.bg;
    ext = nextExt;
    if (next === '' && nextLink === 0 && sgr === '' && link === 0 && (chars === '' || chars === ' ')) {
      blanks += 1;
      continue;
    }
    if (blanks > 0) {
      out += ' '.repeat(blanks);
      blanks = 0;
    }
    if (next !== sgr) out += next === '' ? '\x1b[0m' : next;
    if (nextLink !== link) out += options.link?.(nextLink) ?? '';
    sgr = next;
    link = nextLink;
    // A wide character that does not fit any more would push the line out of shape.
    if (chars === '' || (width === 2 && column + 2 > columns)) out += ' ';
    else if (!options.exact) out += shown(chars);
    // Terminals disagree about the width of clusters: saying the column again keeps the rest of the row in place.
    else if (plainEnough(chars) || column + width >= columns) out += chars;
    else out += `${chars}\x1b[${column - from + width + 1}G`;
  }
  if (options.full) out += ' '.repeat(blanks);
  if (link !== 0) out += options.link?.(0) ?? '';
  return sgr === '' ? out : `${out}\x1b[0m`;
}

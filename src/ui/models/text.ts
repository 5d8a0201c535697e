import stringWidth from 'fast-string-width';

const escapes = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?/g;
const controls = /[\x00-\x1f\x7f-\x9f]/g;
/** Letters that turn the direction of text, and invisible ones that could hide it. */
const unseen = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const graphemes = new Intl.Segmenter('en', {granularity: 'grapheme'});
const printableAscii = /^[\x20-\x7e]*$/;

/** Text of anybody's (an agent, a file system, an engine) as one line that can only be read. */
export const clean = (text: string): string =>
  printableAscii.test(text)
    ? text
    : text
        .replace(escapes, '')
        .replace(/[\n\r\t]+/g, ' ')
        .replace(controls, '')
        .replace(unseen, '');

/** In cells of a terminal. */
export const widthOf = (text: string): number => (printableAscii.test(text) ? text.length : stringWidth(text));

/** Characters as a person counts them. */
export const charactersOf = (text: string): string[] =>
  printableAscii.test(text) ? [...text] : [...graphemes.segment(text)].map(({segment}) => segment);

const headOf = (characters: readonly string[], width: number): string => {
  let used = 0;
  let text = '';
  for (const character of characters) {
    used += widthOf(character);
    if (used > width) break;
    text += character;
  }
  return text;
};

/** At most `width` cells: what is too long ends in "…", or in another mark of one cell. */
export const shorten = (text: string, width: number, mark = '…'): string => {
  if (width <= 0) return '';
  return widthOf(text) <= width ? text : `${headOf(charactersOf(text), width - 1)}${mark}`;
};

/** As `shorten`, keeping the end: for paths. */
export const shortenStart = (text: string, width: number): string => {
  if (width <= 0) return '';
  if (widthOf(text) <= width) return text;
  const tail = headOf(charactersOf(text).reverse(), width - 1);
  return `…${charactersOf(tail).reverse().join('')}`;
};

/** As `shorten`, for a path within a project: its beginning and its whole last name stay where they can. */
export const shortenPath = (path: string, width: number): string => {
  if (widthOf(path) <= width) return path;
  const end = path.slice(path.lastIndexOf('/', path.length - 2) + 1);
  const room = width - widthOf(end) - 2;
  return end === path || room < 2 ? shortenStart(path, width) : `${headOf(charactersOf(path), room)}…/${end}`;
};

/** Exactly `width` cells. */
export const padded = (text: string, width: number): string => {
  const short = shorten(text, width);
  return short + ' '.repeat(Math.max(0, width - widthOf(short)));
};

/** Whole words on lines of at most `width` cells; a longer word is cut. */
export const wrapWords = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = shorten(word, width);
    } else line = shorten(longer, width);
  }
  return [...lines, line];
};

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

import {charactersOf, clean, widthOf} from './text.ts';

/** Several lines of text being written. The cursor stands before the character of that number; a line break is one. */
export interface TextArea {
  readonly text: string;
  readonly cursor: number;
}

/** More than a person writes in a sheet: `trails send NAME -` takes a whole file. */
const longest = 100_000;

export const emptyArea: TextArea = {text: '', cursor: 0};
export const areaOf = (text: string): TextArea => ({text, cursor: charactersOf(text).length});

const joined = (before: readonly string[], after: readonly string[]): TextArea => ({
  text: [...before, ...after].join(''),
  cursor: before.length,
});

/** With text put in at the cursor: its lines stay, other control characters go. */
export const insertText = ({text, cursor}: TextArea, given: string): TextArea => {
  const characters = charactersOf(text);
  const lines = given.split(/\r\n?|\n/).map(line => clean(line.replaceAll('\t', '    ')));
  const added = charactersOf(lines.join('\n')).slice(0, Math.max(0, longest - characters.length));
  return joined([...characters.slice(0, cursor), ...added], characters.slice(cursor));
};

const lineStart = (characters: readonly string[], at: number): number => characters.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (characters: readonly string[], at: number): number => {
  const end = characters.indexOf('\n', at);
  return end < 0 ? characters.length : end;
};
const startOf = (characters: readonly string[], at: number): number => (at === 0 ? 0 : lineStart(characters, at));
const wordStart = (characters: readonly string[], cursor: number): number => {
  let at = cursor;
  while (at > 0 && /\s/.test(characters[at - 1]!)) at--;
  while (at > 0 && !/\s/.test(characters[at - 1]!)) at--;
  return at;
};

type Place = (characters: readonly string[], cursor: number) => number;

const above: Place = (characters, cursor) => {
  const start = startOf(characters, cursor);
  if (start === 0) return 0;
  const before = startOf(characters, start - 1);
  return Math.min(before + cursor - start, start - 1);
};
const below: Place = (characters, cursor) => {
  const end = lineEnd(characters, cursor);
  if (end === characters.length) return end;
  return Math.min(end + 1 + cursor - startOf(characters, cursor), lineEnd(characters, end + 1));
};

const moves: Readonly<Record<string, Place>> = {
  left: (_, cursor) => cursor - 1,
  right: (_, cursor) => cursor + 1,
  up: above,
  down: below,
  home: startOf,
  'ctrl-a': startOf,
  end: lineEnd,
  'ctrl-e': lineEnd,
};
/** From where to where each key takes text away. */
const cuts: Readonly<Record<string, (characters: readonly string[], cursor: number) => readonly [number, number]>> = {
  backspace: (_, cursor) => [cursor - 1, cursor],
  delete: (_, cursor) => [cursor, cursor + 1],
  'ctrl-u': (characters, cursor) => [startOf(characters, cursor), cursor],
  'ctrl-k': (characters, cursor) => [cursor, lineEnd(characters, cursor)],
  'ctrl-w': (characters, cursor) => [wordStart(characters, cursor), cursor],
};

/** After one key; the same when the key means nothing here. */
export function editArea(area: TextArea, press: {readonly key: string; readonly text: string}): TextArea {
  if (press.text !== '') return insertText(area, press.text);
  const characters = charactersOf(area.text);
  const move = Object.hasOwn(moves, press.key) ? moves[press.key] : undefined;
  if (move) return {...area, cursor: Math.max(0, Math.min(characters.length, move(characters, area.cursor)))};
  const cut = Object.hasOwn(cuts, press.key) ? cuts[press.key]?.(characters, area.cursor) : undefined;
  return cut ? joined(characters.slice(0, Math.max(0, cut[0])), characters.slice(cut[1])) : area;
}

/** The text in rows of at most `width` cells, and where its cursor is: the row, and the character in it. */
export function areaRows(
  {text, cursor}: TextArea,
  width: number,
): {readonly rows: readonly string[][]; readonly row: number; readonly column: number} {
  const rows: string[][] = [[]];
  let used = 0;
  let place = {row: 0, column: 0};
  const begin = () => {
    rows.push([]);
    used = 0;
  };
  for (const [at, character] of charactersOf(text).entries()) {
    const cells = character === '\n' ? 0 : widthOf(character);
    // The last cell is the cursor's.
    if (used + cells > width - 1) begin();
    if (at === cursor) place = {row: rows.length - 1, column: rows.at(-1)!.length};
    if (character === '\n') begin();
    else {
      rows.at(-1)!.push(character);
      used += cells;
    }
  }
  if (cursor >= charactersOf(text).length) place = {row: rows.length - 1, column: rows.at(-1)!.length};
  return {rows, ...place};
}

import {charactersOf, clean} from './text.ts';

/** A line of text being written. The cursor stands before the character of that number. */
export interface TextField {
  readonly text: string;
  readonly cursor: number;
  /** Ours, not yet the user's: the first character written replaces it. */
  readonly suggested?: boolean;
}

const longest = 1000;
/** Of a field that takes a whole text. */
const longestText = 20_000;

export const fieldOf = (text: string): TextField => ({text, cursor: charactersOf(text).length});
export const suggestion = (text: string): TextField => ({...fieldOf(text), suggested: true});
export const emptyField: TextField = {text: '', cursor: 0};

const joined = (before: readonly string[], after: readonly string[]): TextField => ({
  text: [...before, ...after].join(''),
  cursor: before.length,
});

const put = (field: TextField, text: string, most: number): TextField => {
  const base = field.suggested ? emptyField : field;
  const characters = charactersOf(base.text);
  const added = charactersOf(text).slice(0, Math.max(0, most - characters.length));
  return joined([...characters.slice(0, base.cursor), ...added], characters.slice(base.cursor));
};

/** With text put in at the cursor; line breaks and control characters of a paste become spaces or nothing. */
export const insert = (field: TextField, text: string): TextField => put(field, clean(text), longest);

/** The same, with its line breaks. */
export const insertLines = (field: TextField, text: string): TextField =>
  put(
    field,
    text
      .split(/\r\n|\r|\n/)
      .map(clean)
      .join('\n'),
    longestText,
  );

const wordStart = (characters: readonly string[], cursor: number): number => {
  let at = cursor;
  while (at > 0 && characters[at - 1] === ' ') at--;
  while (at > 0 && characters[at - 1] !== ' ') at--;
  return at;
};

type Edit = (characters: readonly string[], cursor: number) => TextField;

const move =
  (to: (cursor: number, end: number) => number): Edit =>
  (characters, cursor) => ({
    text: characters.join(''),
    cursor: Math.max(0, Math.min(characters.length, to(cursor, characters.length))),
  });

const edits: Readonly<Record<string, Edit>> = {
  left: move(cursor => cursor - 1),
  right: move(cursor => cursor + 1),
  home: move(() => 0),
  'ctrl-a': move(() => 0),
  end: move((_cursor, end) => end),
  'ctrl-e': move((_cursor, end) => end),
  backspace: (characters, cursor) => joined(characters.slice(0, Math.max(0, cursor - 1)), characters.slice(cursor)),
  delete: (characters, cursor) => joined(characters.slice(0, cursor), characters.slice(cursor + 1)),
  'ctrl-u': (characters, cursor) => joined([], characters.slice(cursor)),
  'ctrl-k': (characters, cursor) => joined(characters.slice(0, cursor), []),
  'ctrl-w': (characters, cursor) =>
    joined(characters.slice(0, wordStart(characters, cursor)), characters.slice(cursor)),
};

/** After one key; the same field when the key means nothing here. `write`: how text is put in. */
export const edit = (
  field: TextField,
  press: {readonly key: string; readonly text: string},
  write: (field: TextField, text: string) => TextField = insert,
): TextField => {
  if (press.text !== '') return write(field, press.text);
  return edits[press.key]?.(charactersOf(field.text), field.cursor) ?? field;
};

import {type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument} from 'yaml';

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface PlacedEntry {
  readonly key: string;
  /** Of the key. */
  readonly at: Place;
  readonly value: Placed;
}

/** A value of a YAML text, with the place where it stands. */
export type Placed = {readonly at: Place} & (
  | {readonly is: 'map'; readonly entries: readonly PlacedEntry[]}
  | {readonly is: 'list'; readonly items: readonly Placed[]}
  /** `text`: as it is written, for numbers too: `1.10`. */
  | {readonly is: 'scalar'; readonly value: unknown; readonly text: string}
);

/** What is wrong at one place of a text. */
export class Misplaced extends Error {
  override readonly name = 'Misplaced';
  readonly at: Place;

  constructor(at: Place, message: string) {
    super(message);
    this.at = at;
  }
}

/** An alias may stand for what it is part of. */
const deepest = 40;
/** Aliases of aliases grow without end. */
const mostValues = 50_000;

function placer(document: Document, lines: LineCounter) {
  let left = mostValues;
  const placeOf = (node: {readonly range?: readonly number[] | null}): Place => {
    const {line, col} = lines.linePos(node.range?.[0] ?? 0);
    return {line, column: col};
  };
  const placed = (found: unknown, outer: Place, depth: number): Placed => {
    const node = found as Node | null;
    const at = node?.range ? placeOf(node) : outer;
    left -= 1;
    if (depth > deepest || left < 0) throw new Misplaced(at, 'there is too much of it, or an alias is part of itself');
    if (isAlias(node)) return {...placed(node.resolve(document), at, depth + 1), at};
    if (isMap(node)) {
      const entries = node.items.map(({key, value}) => {
        const name = isScalar(key) ? key : undefined;
        const keyAt = name ? placeOf(name) : at;
        if (!name) throw new Misplaced(keyAt, 'a name is needed in front of the colon');
        return {key: String(name.source ?? name.value), at: keyAt, value: placed(value, keyAt, depth + 1)};
      });
      return {at, is: 'map', entries};
    }
    if (isSeq(node)) return {at, is: 'list', items: node.items.map(item => placed(item, at, depth + 1))};
    const value = isScalar(node) ? node.value : null;
    return {at, is: 'scalar', value, text: isScalar(node) ? (node.source ?? String(value ?? '')) : ''};
  };
  return placed;
}

/** What stands under a key of the text's outermost map; undefined without it. Throws Misplaced for a text that is no YAML. */
export function sectionOf(text: string, key: string): PlacedEntry | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines});
  const [error] = document.errors;
  if (error) {
    const {line = 1, col = 1} = error.linePos?.[0] ?? {};
    const [reason = ''] = error.message.split(/ at line \d|\n/);
    throw new Misplaced({line, column: col}, reason);
  }
  const start: Place = {line: 1, column: 1};
  const whole = placer(document, lines)(document.contents, start, 0);
  return whole.is === 'map' ? whole.entries.find(entry => entry.key === key) : undefined;
}

/** Where the text of that key and its value lies in the whole, without what is behind it. */
export function sectionRange(text: string, key: string): {readonly from: number; readonly to: number} | undefined {
  const {contents} = parseDocument(text);
  const pair = isMap(contents) ? contents.items.find(item => isScalar(item.key) && item.key.value === key) : undefined;
  const from = (pair?.key as Node | undefined)?.range?.[0];
  const to = (pair?.value as Node | null | undefined)?.range?.[2];
  return from === undefined || to === undefined ? undefined : {from, to};
}

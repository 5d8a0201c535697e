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

export interface Problem {
  readonly at: Place;
  readonly message: string;
}

/** What is wrong in a text, in the order of its places. */
export class Misplaced extends Error {
  override readonly name = 'Misplaced';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({message}) => message).join('\n'));
    this.problems = problems;
  }
}

/** A list of a thousand mistakes helps nobody. */
const mostTold = 20;

/** As a person finds it: FILE:LINE:COLUMN in front of each, one a line. */
export function placesIn(file: string, {problems}: Misplaced): string {
  const lines = problems.slice(0, mostTold).map(({at, message}) => `${file}:${at.line}:${at.column}: ${message}`);
  return [...lines, ...(problems.length > mostTold ? [`and ${problems.length - mostTold} more`] : [])].join('\n');
}

export const misplacedAt = (at: Place, message: string): Misplaced => new Misplaced([{at, message}]);

/** An alias may stand for what it is part of. */
const deepest = 40;
/** Aliases of aliases grow without end. */
const mostValues = 50_000;

function placer(document: Document, lines: LineCounter, aliases: boolean) {
  let left = mostValues;
  const placeOf = (node: {readonly range?: readonly number[] | null}): Place => {
    const {line, col} = lines.linePos(node.range?.[0] ?? 0);
    return {line, column: col};
  };
  const placed = (found: unknown, outer: Place, depth: number): Placed => {
    const node = found as Node | null;
    const at = node?.range ? placeOf(node) : outer;
    left -= 1;
    if (depth > deepest || left < 0) throw misplacedAt(at, 'there is too much of it, or an alias is part of itself');
    if (isAlias(node) && !aliases) throw misplacedAt(at, 'an alias cannot stand here: write out what it stands for');
    if (isAlias(node)) return {...placed(node.resolve(document), at, depth + 1), at};
    if (isMap(node)) {
      const entries = node.items.map(({key, value}) => {
        const name = isScalar(key) ? key : undefined;
        const keyAt = name ? placeOf(name) : at;
        if (!name) throw misplacedAt(keyAt, 'a name is needed in front of the colon');
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

const start: Place = {line: 1, column: 1};

interface Taking {
  /** False: an alias is a mistake. To find what one stands for costs a look through the whole text. */
  readonly aliases?: boolean;
}

/** The parser calls itself for what is in brackets, and tells of the end of its stack as of any mistake. */
const isTooDeep = (message: string): boolean => message.startsWith('Maximum call stack');

/** What a text holds. Throws Misplaced for one that is no YAML. */
export function placedIn(text: string, {aliases = true}: Taking = {}): Placed {
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines});
  if (document.errors.some(({message}) => isTooDeep(message))) throw misplacedAt(start, 'it is nested too deeply');
  if (document.errors.length > 0) {
    throw new Misplaced(
      document.errors.map(({linePos, message}) => {
        const {line = 1, col = 1} = linePos?.[0] ?? {};
        const [reason = ''] = message.split(/ at line \d|\n/);
        return {at: {line, column: col}, message: reason};
      }),
    );
  }
  return placer(document, lines, aliases)(document.contents, start, 0);
}

/** What stands under a key of the text's outermost map; undefined without it. Throws Misplaced for a text that is no YAML. */
export function sectionOf(text: string, key: string): PlacedEntry | undefined {
  const whole = placedIn(text);
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

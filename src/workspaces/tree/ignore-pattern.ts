import type {RawName} from '../../lib/beneath.ts';

/** What matching may still cost, in steps. Whoever writes the rules chooses how many it takes: all of a walk share one amount. */
export interface Effort {
  left: number;
}

/** One line of a file of rules, as git reads it. Paths are from the directory of that file. */
export interface IgnorePattern {
  /** It takes back what lines before it ignore. */
  readonly negative: boolean;
  /** It is about directories only, not about files or links. */
  readonly onlyDirectories: boolean;
  /** Set when it is nothing but a name, or a path, without wildcards. */
  readonly literal: {readonly text: RawName; readonly of: 'name' | 'path'} | undefined;
  matches(path: RawName, name: RawName, effort: Effort): boolean;
}

/** A byte by its value, one of `sets` from `firstSet` on, or one of those below. */
type Token = number;
const any: Token = -1;
/** Any bytes but slashes. */
const star: Token = -2;
/** Any bytes. */
const globstar: Token = -3;
/** What follows, of two tokens, may be left out: a globstar and its slash. */
const optional: Token = -4;
const firstSet: Token = 256;

interface Glob {
  readonly tokens: readonly Token[];
  readonly sets: readonly Uint8Array[];
  /** What it ends with, if that is known: compared first, for it decides most. */
  readonly tail: string;
  /** How many bytes it needs, at least. */
  readonly least: number;
}

const slash = 47;
const longestTail = 256;
/** PATH_MAX. */
const longestPath = 4096;
/** Steps, for what comes before the first one. */
const beginning = 10;
const special = /[*?[\\]/;

// git's own, ASCII in every locale.
const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** The bytes that `[...]` at this place stands for; undefined when git would say that it matches nothing. */
function bracketAt(text: string, start: number): {bytes: Uint8Array; end: number} | undefined {
  const bytes = new Uint8Array(256);
  const negated = text[start + 1] === '!' || text[start + 1] === '^';
  let at = start + (negated ? 2 : 1);
  // What a dash would make a range from.
  let before: number | undefined;
  for (let first = true; first || text[at] !== ']'; first = false, at++) {
    const named = text[at] === '[' && text[at + 1] === ':' ? classAt(text, at) : undefined;
    if (at >= text.length || named === 'unknown') return undefined;
    if (text[at] === '-' && before !== undefined && at + 1 < text.length && text[at + 1] !== ']') {
      at += text[at + 1] === '\\' ? 2 : 1;
      if (at >= text.length) return undefined;
      for (let byte = before; byte <= text.charCodeAt(at); byte++) bytes[byte] = 1;
      before = undefined;
    } else if (named) {
      for (let byte = 0; byte < 256; byte++) if (named.of.test(String.fromCharCode(byte))) bytes[byte] = 1;
      at = named.end;
      before = undefined;
    } else {
      if (text[at] === '\\' && ++at >= text.length) return undefined;
      before = text.charCodeAt(at);
      bytes[before] = 1;
    }
  }
  if (negated) for (let byte = 0; byte < 256; byte++) bytes[byte] = bytes[byte] ? 0 : 1;
  bytes[slash] = 0;
  return {bytes, end: at};
}

function classAt(text: string, start: number): {of: RegExp; end: number} | 'unknown' | undefined {
  const end = text.indexOf(']', start + 2);
  if (end === -1) return 'unknown';
  if (end - start < 3 || text[end - 1] !== ':') return undefined;
  const name = text.slice(start + 2, end - 1);
  const of = Object.hasOwn(classes, name) ? classes[name] : undefined;
  return of ? {of, end} : 'unknown';
}

/** Undefined for what can match nothing. */
function globOf(text: string): Glob | undefined {
  const tokens: Token[] = [];
  const sets: Uint8Array[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === '*') {
      const start = at;
      while (text[at + 1] === '*') at++;
      const rest = text.slice(at + 1, at + 3);
      const whole = (start === 0 || text[start - 1] === '/') && (rest === '' || rest[0] === '/' || rest === '\\/');
      if (at === start || !whole) tokens.push(star);
      else if (rest[0] === '/') {
        // Two of them mean the same as one.
        if (tokens.at(-3) !== optional) tokens.push(optional, globstar, slash);
        at++;
      } else tokens.push(globstar);
    } else if (sign === '?') tokens.push(any);
    else if (sign === '[') {
      const bracket = bracketAt(text, at);
      if (!bracket) return undefined;
      tokens.push(firstSet + sets.push(bracket.bytes) - 1);
      at = bracket.end;
    } else {
      if (sign === '\\' && ++at >= text.length) return undefined;
      tokens.push(text.charCodeAt(at));
    }
  }
  const wild = tokens.findLastIndex(token => token < 0 || token >= firstSet);
  // The slash behind a globstar may be left out with it.
  const fixed = tokens.slice(tokens[wild - 1] === optional ? wild + 2 : wild + 1);
  const least = tokens.filter((token, at) => token >= any && tokens[at - 2] !== optional).length;
  if (least > longestPath) return undefined;
  return {tokens, sets, tail: String.fromCharCode(...fixed.slice(-longestTail)), least};
}

// Where in the tokens the bytes so far, and those with the next one, may have led. A byte takes at most four tokens.
const places = [new Uint8Array(4 * longestPath + 8), new Uint8Array(4 * longestPath + 8)] as const;

/** All ways at once, byte by byte: no pattern makes it take longer than its length times that of the path. */
function globMatches({tokens, sets, tail, least}: Glob, text: RawName, effort: Effort): boolean {
  if (text.length < least || !text.endsWith(tail)) return false;
  const end = tokens.length;
  let [now, next] = places;
  now.fill(0, 0, end + 4);
  next.fill(0, 0, end + 4);
  effort.left -= beginning + end / 16;
  now[0] = 1;
  for (let low = 0, high = 0, at = 0; at <= text.length; at++) {
    const byte = at < text.length ? text.charCodeAt(at) : -1;
    let nextLow = end + 1;
    let nextHigh = -1;
    const reach = (place: number) => {
      next[place] = 1;
      if (place < nextLow) nextLow = place;
      if (place > nextHigh) nextHigh = place;
    };
    for (let place = low; place <= high && place < end; place++) {
      if (!now[place]) continue;
      const token = tokens[place]!;
      if (token === optional) now[place + 3] = 1;
      if (token <= star) {
        now[place + 1] = 1;
        high = Math.max(high, token === optional ? place + 3 : place + 1);
        if (token === globstar || (token === star && byte !== slash)) reach(place);
      } else if (token === any ? byte !== slash : token < firstSet ? token === byte : sets[token - firstSet]![byte]) {
        reach(place + 1);
      }
    }
    if (byte === -1) return now[end] === 1;
    effort.left -= high - low + 1;
    if (nextHigh === -1 || effort.left < 0) return false;
    now.fill(0, low, high + 1);
    [now, next] = [next, now];
    low = nextLow;
    high = nextHigh;
  }
  return false;
}

/** Undefined for a line that ignores nothing: an empty one, a comment, or what git finds broken. */
export function ignorePattern(line: string): IgnorePattern | undefined {
  if (line.startsWith('#')) return undefined;
  const negative = line.startsWith('!');
  const given = negative ? line.slice(1) : line;
  const onlyDirectories = given.endsWith('/');
  const pattern = onlyDirectories ? given.slice(0, -1) : given;
  const of = pattern.includes('/') ? 'path' : 'name';
  const text = pattern.startsWith('/') ? pattern.slice(1) : pattern;
  if (text === '') return undefined;
  const wild = text.search(special);
  if (wild === -1) {
    const matches = (path: RawName, name: RawName) => (of === 'name' ? name : path) === text;
    return {negative, onlyDirectories, literal: {text, of}, matches};
  }
  const common = {negative, onlyDirectories, literal: undefined};
  const tail = text.slice(1);
  if (of === 'name' && wild === 0 && text[0] === '*' && !special.test(tail)) {
    return {...common, matches: (_, name) => name.endsWith(tail)};
  }
  // git compares what is before the first wildcard by itself, so that stars right behind it count as a whole part of a path.
  const start = of === 'path' ? text.slice(0, wild) : '';
  const glob = globOf(text.slice(start.length));
  if (!glob) return undefined;
  return {
    ...common,
    matches: (path, name, effort) => {
      if (of === 'name') return globMatches(glob, name, effort);
      return path.startsWith(start) && globMatches(glob, path.slice(start.length), effort);
    },
  };
}

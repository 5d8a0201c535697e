/** What the detector may see of a screen when it looks. */
export interface ScreenSample {
  /** Plain text, from the top, without trailing spaces. */
  readonly rows: readonly string[];
  /** The agent is within a picture (synchronized output): what is on the screen is half of it. */
  readonly drawing: boolean;
  /** The colour of a row's first character, as `e06c75` or a palette's number; "-" for the default one. */
  colour(row: number): string;
}

/** The lower part of one picture, in the forms that rules look at: so many rows of it, counted from below. */
export interface Foot {
  /** As they stand, blank ones in a row being one. */
  rows(count: number): string;
  /** As running text, without frames. */
  running(count: number): string;
  /** With the colour of each row's first character before it. */
  coloured(count: number): string;
}

/** No rule looks further up. */
export const mostRows = 40;
/** Of a higher terminal only so much is looked through. */
const mostLooked = 300;
/** A wide terminal's row may be long; what tells is at its beginning. */
const longestRow = 300;
/** A scrollbar stands no further left. */
const narrowest = 20;

const bars = '│┃█▐║';
const drawn = new Set('│┃║|▎▌▐╎─━═╌╍┄┈▀▄▔▁╭╮╰╯┌┐└┘├┤┏┓┗┛╔╗╚╝╹╻█');
const frames = new Set('│┃║|▎▌▐╎');
/** A blank of another kind, and what says how a character is to be drawn. */
const odd = /\u00a0|\ufe0e|\ufe0f|\u200b/g;

function plainRow(row: string): string {
  const short = row.length > longestRow ? row.slice(0, longestRow) : row;
  return short.replace(odd, found => (found === '\u00a0' ? ' ' : '')).trimEnd();
}

/** The words of a row, without the frame around them; "" for a row that only draws. */
export function wordsOf(row: string): string {
  const outside = (letter: string) => letter === ' ' || frames.has(letter);
  let from = 0;
  let to = row.length;
  while (from < to && outside(row[from]!)) from++;
  while (to > from && outside(row[to - 1]!)) to--;
  let words = false;
  for (let at = from; at < to && !words; at++) words = row[at] !== ' ' && !drawn.has(row[at]!);
  return words ? row.slice(from, to).replace(/ {2,}/g, ' ') : '';
}

interface Kept {
  readonly row: string;
  readonly plain: string;
  words?: string;
}

/** Reads pictures one after the other: most rows are the same as in the one before. */
export function createFootReader(): (sample: Pick<ScreenSample, 'rows' | 'colour'>) => Foot {
  let before: readonly Kept[] = [];
  return ({rows: screen, colour}) => {
    const above = Math.max(0, screen.length - mostLooked);
    const rows = above === 0 ? screen : screen.slice(above);
    const edge = rows.reduce((most, row) => Math.max(most, row.length), 0) - 1;
    // A scrollbar at the right edge is not part of the rows it stands beside.
    const withBar = (row: string) => edge >= narrowest && row.length === edge + 1 && bars.includes(row[edge]!);
    const all = rows.map((row, at): Kept => {
      const bare = withBar(row) ? row.slice(0, edge).trimEnd() : row;
      const known = before[at];
      return known?.row === bare ? known : {row: bare, plain: plainRow(bare)};
    });
    before = all;
    const kept: number[] = [];
    let blank = true;
    for (let at = all.length - 1; at >= 0 && kept.length < mostRows; at--) {
      const empty = all[at]!.plain === '';
      if (!empty || !blank) kept.push(at);
      blank = empty;
    }
    kept.reverse();
    const texts = new Map<string, string>();
    const once = (form: string, count: number, make: (at: number) => string, between: string): string => {
      const key = `${form}${count}`;
      let text = texts.get(key);
      if (text === undefined) {
        const lines = kept.slice(-count).map(make);
        text = (between === ' ' ? lines.filter(line => line !== '') : lines).join(between);
        texts.set(key, text);
      }
      return text;
    };
    const words = (at: number): string => {
      const one = all[at]!;
      one.words ??= wordsOf(one.plain);
      return one.words;
    };
    return {
      rows: count => once('rows', count, at => all[at]!.plain, '\n'),
      running: count => once('running', count, words, ' '),
      coloured: count =>
        once('coloured', count, at => (all[at]!.plain === '' ? '' : `${colour(above + at)} ${all[at]!.plain}`), '\n'),
    };
  };
}

/** Blanks, and the frames that programs draw around their input: they differ with the width and say nothing. */
const ornament = /[\s\u2500-\u259f|]+/gu;
/** What agents show in place of a long paste, without blanks. */
const placeholder = /\[pasted[^\]]{1,60}\]/giu;
/** Of the end of a text, enough to know it again. */
const tailCharacters = 24;

const bare = (text: string): string => text.replace(ornament, '');
const used = (rows: readonly string[]): readonly string[] => rows.slice(0, rows.findLastIndex(row => row !== '') + 1);

/** The end of a text as a screen would show it; "" when nothing of it can be seen. */
export const tailOf = (text: string): string =>
  [...bare(text.slice(-4 * tailCharacters))].slice(-tailCharacters).join('');

/** The ends of each place where something like this stands: the row, and that row up to there, bare. */
function placesOf(rows: readonly string[], what: RegExp | string): readonly {row: number; until: string}[] {
  const flat = rows.map(bare);
  const starts: number[] = [];
  let length = 0;
  for (const text of flat) {
    starts.push(length);
    length += text.length;
  }
  const whole = flat.join('');
  const ends: number[] = [];
  if (typeof what !== 'string') for (const match of whole.matchAll(what)) ends.push(match.index + match[0].length);
  else
    for (let at = whole.indexOf(what); what !== '' && at >= 0; at = whole.indexOf(what, at + what.length))
      ends.push(at + what.length);
  return ends.map(end => {
    const row = starts.findLastIndex(start => start < end);
    return {row, until: flat[row]!.slice(0, end - starts[row]!)};
  });
}

/** Where a text stands that was just put into a program's input. */
export interface InputBox {
  /** The row its end is in, bare, up to that end. */
  readonly until: string;
  /** The rows below that one. */
  readonly below: readonly string[];
  /** The box as it was before, with all below it. */
  readonly empty: readonly string[];
}

/** In front of it stands what this row began with before. */
const isBehindSign = (was: string, until: string, what: RegExp | string): boolean => {
  const sign = typeof what === 'string' && until.endsWith(what) ? until.slice(0, -what.length) : '';
  return sign !== '' && was.startsWith(sign);
};

/** Finds the text, or what stands for it, among what a paste has changed on the screen. Undefined while it is not to be seen. */
export function findInput(before: readonly string[], after: readonly string[], text: string): InputBox | undefined {
  const now = used(after);
  const changed = now.findIndex((row, at) => row !== before[at]);
  if (changed < 0) return undefined;
  for (const what of [tailOf(text), placeholder]) {
    const places = placesOf(now, what);
    const fresh = places.filter(({row}) => now[row] !== before[row]);
    // A menu that opens beside it may repeat it; the input is what stands behind the sign that was there before.
    const behind = fresh.find(({row, until}) => isBehindSign(bare(before[row] ?? ''), until, what));
    const more = places.length > placesOf(before, what).length;
    const place = behind ?? (more ? fresh.at(-1) : undefined);
    if (place) return {until: place.until, below: now.slice(place.row + 1), empty: used(before).slice(changed)};
  }
  return undefined;
}

/** What an agent puts in front of an input is a sign or two; with words behind that it is somebody's text. */
const otherText = /^[^\p{L}\p{N}]{1,3}\p{L}.{5,}$/su;

/** The text came behind another one that stood in the input before, as a prompt does that was given back at Esc. */
export function standsBehindOther(before: readonly string[], after: readonly string[], text: string): boolean {
  const head = [...bare(text.slice(0, 4 * tailCharacters))].slice(0, tailCharacters).join('');
  return after.some((row, at) => {
    const was = bare(before[at] ?? '');
    return (
      otherText.test(was) &&
      bare(row).startsWith(was) &&
      head !== '' &&
      bare(row).slice(was.length).startsWith(head.slice(0, 8))
    );
  });
}

const endsWith = (rows: readonly string[], end: readonly string[]): boolean =>
  end.length > 0 && end.length <= rows.length && end.every((row, at) => row === rows[rows.length - end.length + at]);

/** The rows end with what was below the text, and between the two is nothing: Enter was taken for one more line of it. */
function grew({below}: InputBox, rows: readonly string[], at: number): boolean {
  const first = rows.length - below.length;
  return (
    below.length > 0 && at < first && endsWith(rows, below) && rows.slice(at + 1, first).every(row => bare(row) === '')
  );
}

/** The input is as it was before the text came. */
export const isEmptyAgain = ({empty}: InputBox, rows: readonly string[]): boolean => endsWith(used(rows), empty);

/** The text has not left the input: it stands where it stood, and not with something new below it, as in a transcript. */
export function stillInInput(box: InputBox, rows: readonly string[]): boolean {
  if (isEmptyAgain(box, rows)) return false;
  const now = used(rows);
  return now.some(
    (row, at) => (now.length - 1 - at <= box.below.length || grew(box, now, at)) && bare(row).startsWith(box.until),
  );
}

/** Rows from the bottom in which an input may stand. */
const lowRows = 10;

/** The lower part of the screen, where programs have their input. */
export const lowPart = (rows: readonly string[]): readonly string[] => used(rows).slice(-lowRows);

/** The end of this text is in the lower part of the screen: it may stand in the input. */
export const mayBeInInput = (rows: readonly string[], text: string): boolean =>
  [tailOf(text), placeholder].some(what => placesOf(lowPart(rows), what).length > 0);

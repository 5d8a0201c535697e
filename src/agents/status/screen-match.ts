import type {ScreenRule} from './rules.ts';

/** What the detector may see of a screen when it looks. */
export interface ScreenSample {
  /** Plain text, from the top, without trailing spaces. */
  readonly rows: readonly string[];
  /** The agent is within a picture (synchronized output): what is on the screen is half of it. */
  readonly drawing: boolean;
  /** The colour of each row's first character, as `e06c75` or a palette's number; "-" for the default one. */
  colours(): readonly string[];
}

export interface ScreenMatch {
  readonly rule: ScreenRule;
  readonly detail: string;
}

const usualRows = 15;
/** No rule looks further up. */
export const mostRows = 40;
/** A wide terminal's row may be long; what tells is at its beginning. */
const longestRow = 300;

const frame = /^[\s│┃║|▎▌▐╎]+|[\s│┃║|▎▌▐╎]+$/g;
/** A row that only draws: no letter, digit or mark that is read. */
const onlyDrawn = /^[\s─━═╌╍┄┈▀▄▔▁╭╮╰╯┌┐└┘├┤┏┓┗┛╔╗╚╝╹╻┃│║|▎▌▐█]*$/;
/** What stands far to the right of a text: a column beside the conversation. */
const besides = /\s{8,}\S.*$/;
const invisible = /[\ufe0e\ufe0f\u200b]/g;

const bars = '│┃█▐║';
/** A scrollbar at the right edge is not part of the rows it stands beside. */
function withoutScrollbar(rows: readonly string[]): readonly string[] {
  const edge = Math.max(0, ...rows.map(row => row.length)) - 1;
  if (edge < usualRows) return rows;
  return rows.map(row => (row.length === edge + 1 && bars.includes(row[edge]!) ? row.slice(0, edge).trimEnd() : row));
}

/** The lower rows, blank ones in a row being one: how high the terminal is makes no difference. */
function lowerRows(rows: readonly string[]): readonly number[] {
  const kept: number[] = [];
  let blank = true;
  for (let at = rows.length - 1; at >= 0 && kept.length < mostRows; at--) {
    const empty = rows[at]!.trim() === '';
    if (!empty || !blank) kept.push(at);
    blank = empty;
  }
  return kept.reverse();
}

/** The lower part of one picture, in the forms that rules look at; each is made when the first rule asks for it. */
function createFoot({rows: all, colours}: Pick<ScreenSample, 'rows' | 'colours'>) {
  const rows = withoutScrollbar(all);
  const kept = lowerRows(rows);
  const lines = kept.map(at =>
    rows[at]!.slice(0, longestRow).replaceAll('\u00a0', ' ').replace(invisible, '').trimEnd(),
  );
  const texts = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const made = make();
    texts.set(key, made);
    return made;
  };
  return {
    rows: (count: number) => once(`rows ${count}`, () => lines.slice(-count).join('\n')),
    running: (count: number) =>
      once(`running ${count}`, () =>
        lines
          .slice(-count)
          .filter(line => !onlyDrawn.test(line))
          .map(line => line.replace(frame, ''))
          .join(' ')
          .replace(/\s+/g, ' '),
      ),
    coloured: (count: number) =>
      once(`coloured ${count}`, () => {
        const known = colours();
        const from = Math.max(0, lines.length - count);
        return lines
          .slice(from)
          .map((line, index) => (line === '' ? '' : `${known[kept[from + index]!] ?? '-'} ${line}`))
          .join('\n');
      }),
  };
}

const rowsOf = ({rows = usualRows}: ScreenRule): number => Math.min(rows, mostRows);

/**
 * A pattern that begins with all there is finds the last place. Tried from anywhere but the beginning it finds none that it did not find
 * from there, and takes seconds for it on a screen that is made to.
 */
const fromStart = (pattern: RegExp): RegExp =>
  pattern.source.startsWith('[\\s\\S]*') ? new RegExp(pattern.source, `${pattern.flags}y`) : pattern;

/** What a rule that applies says more, from the rows that it looked at. */
export function detailOf({detail}: ScreenRule, text: string): string {
  const [, found = ''] = (detail && fromStart(detail).exec(text)) ?? [];
  const lines = found.split('\n').map(line => line.replace(besides, '').replace(frame, ''));
  return lines.filter(line => line !== '').join(' ');
}

/** The first rule whose picture is on the screen. */
export function matchScreen(
  rules: readonly ScreenRule[],
  sample: Pick<ScreenSample, 'rows' | 'colours'>,
): ScreenMatch | undefined {
  const foot = createFoot(sample);
  const rule = rules.find(one => {
    const {all = [], says = [], none = [], coloured = []} = one;
    const count = rowsOf(one);
    return (
      all.every(pattern => pattern.test(foot.rows(count))) &&
      says.every(pattern => pattern.test(foot.running(count))) &&
      !none.some(pattern => pattern.test(foot.rows(count))) &&
      (coloured.length === 0 || coloured.every(pattern => pattern.test(foot.coloured(count))))
    );
  });
  return rule && {rule, detail: detailOf(rule, foot.rows(rowsOf(rule)))};
}

import {type Foot, mostRows, wordsOf} from './foot.ts';
import type {ScreenRule} from './rules.ts';

export interface ScreenMatch {
  readonly rule: ScreenRule;
  readonly detail: string;
}

const usualRows = 15;

/** What stands far to the right of a text: a column beside the conversation. */
const besides = / {8,}\S.*$/;

const rowsOf = ({rows = usualRows}: ScreenRule): number => Math.min(rows, mostRows);

/**
 * A pattern that begins with all there is finds the last place. Tried from anywhere but the beginning it finds none that it did not find
 * from there, and takes seconds for it on a screen that is made to.
 */
const fromStart = new WeakMap<RegExp, RegExp>();
function sticky(pattern: RegExp): RegExp {
  if (!pattern.source.startsWith('[\\s\\S]*')) return pattern;
  const known = fromStart.get(pattern) ?? new RegExp(pattern.source, `${pattern.flags}y`);
  fromStart.set(pattern, known);
  known.lastIndex = 0;
  return known;
}

/** What a rule that applies says more, from the rows that it looked at. */
export function detailOf({detail}: ScreenRule, text: string): string {
  const [, found = ''] = (detail && sticky(detail).exec(text)) ?? [];
  const lines = found.split('\n').map(line => wordsOf(line.replace(besides, '')));
  return lines.filter(line => line !== '').join(' ');
}

/** The first rule whose picture is on the screen. */
export function matchScreen(rules: readonly ScreenRule[], foot: Foot): ScreenMatch | undefined {
  // Rules share patterns: an input box is looked for once.
  const known = new Map<RegExp, Map<number, boolean>>();
  const inRows = (pattern: RegExp, count: number): boolean => {
    const answers = known.get(pattern) ?? new Map<number, boolean>();
    known.set(pattern, answers);
    const answer = answers.get(count) ?? pattern.test(foot.rows(count));
    answers.set(count, answer);
    return answer;
  };
  const rule = rules.find(one => {
    const {all = [], says = [], none = [], coloured = []} = one;
    const count = rowsOf(one);
    return (
      !none.some(pattern => inRows(pattern, count)) &&
      all.every(pattern => inRows(pattern, count)) &&
      says.every(pattern => pattern.test(foot.running(count))) &&
      coloured.every(pattern => pattern.test(foot.coloured(count)))
    );
  });
  return rule && {rule, detail: detailOf(rule, foot.rows(rowsOf(rule)))};
}

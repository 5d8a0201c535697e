import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {createFootReader, mostRows} from '../../../src/agents/status/foot.ts';
import type {ScreenRule} from '../../../src/agents/status/rules.ts';
import {detailOf, matchScreen} from '../../../src/agents/status/screen-match.ts';

const columns = 500;
/** Far more than any of them takes, and far less than one that grows with the square of the screen. */
const mostMs = 1000;

const patternsOf = ({all = [], says = [], none = [], coloured = [], detail}: ScreenRule): readonly RegExp[] => [
  ...[...all, ...says, ...none, ...coloured],
  ...(detail ? [detail] : []),
];

/** What a rule looks for, and what there is most of on a screen: again and again, so that it begins to match everywhere. */
function hostileScreens(rule: ScreenRule): readonly (readonly string[])[] {
  const words = patternsOf(rule).flatMap(
    ({source}) => source.replace(/\\./g, ' ').match(/[^\\^$.*+?()[\]{}|]{2,}|[^\x00-\x7f]/gu) ?? [],
  );
  return [' ', 'a', '1', '│ ', ...new Set(words)].flatMap(word => {
    const rows = [word.repeat(columns), `${word} `.repeat(columns), `${word}${'a'.repeat(columns)}`, word];
    return rows.map(row => Array<string>(200).fill(row.slice(0, columns)));
  });
}

/** The quickest of three: this machine may be busy. */
function timeOf(work: () => void): number {
  const times: number[] = [];
  while (times.length < 3 && (times.length === 0 || Math.min(...times) >= mostMs)) {
    const began = performance.now();
    work();
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}

test.each(
  builtIn.all.map(agent => [agent.name, agent.status.screen] as const),
)('no screen that is made for it keeps the rules of %s busy', (_, rules) => {
  const slow = rules.flatMap(rule =>
    hostileScreens(rule).flatMap(rows => {
      const text = rows.map(row => row.slice(0, 300)).slice(-Math.min(rule.rows ?? 15, mostRows));
      const ms = timeOf(() => {
        matchScreen([rule], createFootReader()({rows, colour: () => '-'}));
        detailOf(rule, text.join('\n'));
      });
      return ms < mostMs ? [] : [`${rule.id}: ${Math.round(ms)} ms for ${rows[0]?.slice(0, 20)}`];
    }),
  );
  expect(slow).toEqual([]);
});

import {expect, test} from 'vitest';
import {patternOf} from '../../src/agents/custom/patterns.ts';
import {canBeKeptBusy} from '../../src/agents/custom/slow-patterns.ts';
import {builtIn} from '../../src/agents/registry.ts';

test.each(['(a|aa)+$', '.*foo.*bar', '(?:x|xx)*y'])('%s is refused: a screen can be made for it', source => {
  expect(() => patternOf(source)).toThrow(/takes seconds/);
});

test.each(['^> $', 'foo.*bar', '(?:one|two) of (\\d+)', '^\\s*│ .* │$', '[⠋⠙] \\S+… \\(esc'])('%s is taken', source => {
  expect(patternOf(source)).toEqual(new RegExp(source, 'mu'));
});

test('what the built-in rules look for is quick by the same measure', () => {
  const patterns = builtIn.all.flatMap(({status}) =>
    status.screen.flatMap(({all = [], says = []}) => [...all, ...says]),
  );
  expect(patterns.filter(canBeKeptBusy).map(({source}) => source)).toEqual([]);
});

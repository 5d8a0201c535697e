import {expect, test} from 'vitest';
import {overlap} from '../../../src/providers/podman/docker-terminal.ts';
import {splitAt} from '../../../src/providers/split-at.ts';

test('live bytes are cut at positions', () => {
  const pieces = splitAt(Buffer.from('abcdef'), 10, [5, 12, 13, 16, 20]).map(piece => Buffer.from(piece).toString());
  expect(pieces).toEqual(['ab', 'c', 'def']);
});

test.each([
  ['abc', 'cde', 1],
  ['abc', 'abc', 3],
  ['abc', 'bcd', 2],
  ['abc', 'xyz', 0],
  ['', 'abc', 0],
  ['abc', '', 0],
  ['xabab', 'ababc', 4],
])('of %j and %j both have %i', (record, live, length) => {
  expect(overlap(Buffer.from(record), Buffer.from(live))).toBe(length);
});

import {expect, test} from 'vitest';
import {unenforcedOf} from '../../../src/sessions/fleet/unenforced.ts';

const limits = {memoryBytes: 2 ** 28, cpus: 1.5, pids: 128};
const none = Number.POSITIVE_INFINITY;

test('what is held to more than was asked for, or to nothing, is not enforced', () => {
  expect(unenforcedOf(limits, limits, false)).toEqual([]);
  expect(unenforcedOf(limits, {memoryBytes: 2 ** 28 + 4096, cpus: 1, pids: 64}, false)).toEqual([]);
  expect(unenforcedOf(limits, {memoryBytes: 2 ** 29, cpus: 1.5, pids: 128}, false)).toEqual(['memory']);
  expect(unenforcedOf(limits, {memoryBytes: none, cpus: none, pids: none}, false)).toEqual(['memory', 'cpus', 'pids']);
});

test('a disk that nobody bounds is said so, where it was to be bounded', () => {
  const withDisk = {...limits, diskBytes: 2 ** 30};
  expect(unenforcedOf(withDisk, limits, false)).toEqual(['disk']);
  expect(unenforcedOf(withDisk, limits, true)).toEqual([]);
});

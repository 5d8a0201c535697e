import {expect, test} from 'vitest';
import type {EnvironmentId} from '../../../src/providers/provider.ts';
import {fits, holdsRoom, mayStart, placeOf, queueOf} from '../../../src/sessions/fleet/budget.ts';
import type {SessionRecord} from '../../../src/sessions/record.ts';
import {sampleRecord} from '../../support/sample-record.ts';

const gigabyte = 2 ** 30;
const one = (id: string, over: Partial<SessionRecord> = {}) =>
  sampleRecord({
    ...{id, name: id, environment: `c-${id}` as EnvironmentId},
    limits: {memoryBytes: gigabyte, cpus: 1, pids: 64},
    ...over,
  });
const queued = (id: string, queuedAt: number, over: Partial<SessionRecord> = {}) =>
  one(id, {phase: 'stopped', queuedAt, ...over});
const of = (maxRunning: number, gigabytes = 0) => ({maxRunning, memoryBytes: gigabytes * gigabyte});

test('what takes room', () => {
  const cases: readonly [string, Partial<SessionRecord>, boolean][] = [
    ['runs', {phase: 'running'}, true],
    ['is paused, with all its memory', {phase: 'running', asleep: 'paused'}, true],
    ['is being stopped', {phase: 'stopping'}, true],
    ['is being made, to start at once', {phase: 'creating', environment: null}, true],
    ['is being made for the queue', {phase: 'creating', environment: null, queuedAt: 5}, false],
    ['starts at its turn', {phase: 'creating', queuedAt: 5}, true],
    ['waits', {phase: 'stopped', queuedAt: 5}, false],
    ['is between the two runs of a restart', {phase: 'stopped', queuedAt: 0, worker: '1 2'}, true],
    ['was put to sleep by a stop', {phase: 'stopped', asleep: 'stopped'}, false],
    ['is stopped', {phase: 'stopped'}, false],
    ['has failed', {phase: 'failed'}, false],
    ['is lost', {phase: 'lost'}, false],
  ];
  expect(cases.map(([what, over]) => [what, holdsRoom(one('a', over))])).toEqual(
    cases.map(([what, , holds]) => [what, holds]),
  );
});

test('a bound of 0 is none; others are for all together', () => {
  const running = [one('a'), one('b')];
  const next = one('c', {phase: 'stopped'});
  expect(fits(running, next, of(0))).toBe(true);
  expect(fits(running, next, of(3))).toBe(true);
  expect(fits(running, next, of(2))).toBe(false);
  expect(fits(running, next, of(0, 3))).toBe(true);
  expect(fits(running, next, of(9, 2.5))).toBe(false);
  // One that runs does not stand in its own way.
  expect(fits(running, running[0] ?? next, of(2, 2))).toBe(true);
});

test('the queue is in the order of the asking, without those that are being removed', () => {
  const all = [queued('late', 9), queued('gone', 1, {removing: true}), queued('early', 2), one('runs')];
  expect(queueOf(all).map(({id}) => id)).toEqual(['early', 'late']);
  expect(all.map(({id}) => placeOf(all, id))).toEqual([2, null, 1, null]);
});

test('nobody is overtaken, though it be small; without bounds nobody waits', () => {
  const all = [one('runs'), queued('big', 2, {limits: {memoryBytes: 3 * gigabyte, cpus: 1, pids: 64}})];
  const small = one('small', {phase: 'creating', environment: null});
  expect(fits(all, small, of(0, 3))).toBe(true);
  expect(mayStart(all, small, of(0, 3))).toBe(false);
  expect(mayStart(all, small, of(0))).toBe(true);
  const restarting = queued('restarting', 0, {worker: '1 2'});
  expect(mayStart([...all, restarting], restarting, of(2))).toBe(true);
});

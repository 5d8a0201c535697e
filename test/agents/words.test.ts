import {expect, test} from 'vitest';
import {type Kind, kinds, statuses} from '../../src/agents/status/verdict.ts';
import {briefWords, retries, verdictWords} from '../../src/agents/status/words.ts';

test('every status has words, with every kind', () => {
  for (const status of statuses)
    for (const kind of kinds) expect(verdictWords({status, kind}), `${status} ${kind}`).toMatch(/^[a-z]/);
});

test('a kind is told only where it says something', () => {
  expect(verdictWords({status: 'waiting', kind: 'permission'})).toBe('waits for permission');
  expect(briefWords({status: 'waiting', kind: 'permission'})).toBe('allow?');
  expect(verdictWords({status: 'ready', kind: 'permission'})).toBe('is ready');
  expect(briefWords({status: 'error', kind: 'auth'})).toBe('');
  expect([retries({status: 'working', kind: 'retry'}), retries({status: 'waiting', kind: 'retry'})]).toEqual([
    true,
    false,
  ]);
});

test('of a kind that is not known there is nothing to tell', () => {
  for (const kind of ['constructor', 'toString', 'new'] as unknown as Kind[]) {
    expect(verdictWords({status: 'waiting', kind})).toBe('waits for you');
    expect(briefWords({status: 'waiting', kind})).toBe('');
  }
});

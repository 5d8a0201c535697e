import {expect, test} from 'vitest';
import type {Status} from '../../src/agents/status/verdict.ts';
import {createUnseen} from '../../src/sessions/terminals/unseen.ts';

const after = (...statuses: readonly Status[]) => {
  const unseen = createUnseen();
  for (const status of statuses) unseen.note(status, false);
  return unseen;
};

test.each(['ready', 'waiting', 'error'] as const)('what it came to from its work is unseen: %s', status => {
  expect(after('ready', 'working', status).attention === 'unseen').toBe(true);
  expect(after('thinking', 'unknown', status).attention === 'unseen').toBe(true);
});

test('an agent that never worked has nothing to show', () => {
  expect(after('starting', 'waiting').attention === 'unseen').toBe(false);
  expect(after('starting', 'ready').attention === 'unseen').toBe(false);
  expect(after('working', 'unknown').attention === 'unseen').toBe(false);
});

test('looking at it, or its next work, makes it seen', () => {
  const unseen = after('working', 'waiting');
  expect([unseen.seen(), unseen.attention === 'unseen', unseen.seen()]).toEqual([true, false, false]);
  unseen.note('ready', false);
  expect(unseen.attention === 'unseen').toBe(false);
  expect(after('working', 'waiting', 'working').attention === 'unseen').toBe(false);
});

test('whoever has its terminal before them has seen it', () => {
  const unseen = createUnseen();
  unseen.note('working', true);
  unseen.note('waiting', true);
  expect(unseen.attention === 'unseen').toBe(false);
});

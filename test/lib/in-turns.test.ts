import {expect, test, vi} from 'vitest';
import {inTurns} from '../../src/lib/in-turns.ts';

test('work is done in its order, with turns of others in between', async () => {
  const seen: string[] = [];
  let goOn = true;
  const turns = inTurns();
  turns.add(
    (function* () {
      // Until somebody else has had a turn.
      while (goOn) yield;
      seen.push('first');
    })(),
  );
  turns.add(
    (function* () {
      yield;
      seen.push('second');
    })(),
  );
  expect(turns.busy).toBe(true);
  setImmediate(() => (goOn = false));
  await vi.waitFor(() => expect(turns.busy).toBe(false));
  expect(seen).toEqual(['first', 'second']);
});

test('what is given up ends in order and goes no further', async () => {
  const seen: string[] = [];
  const turns = inTurns();
  turns.add(
    (function* () {
      try {
        for (;;) yield void seen.push('step');
      } finally {
        seen.push('end');
      }
    })(),
  );
  await vi.waitFor(() => expect(seen).not.toEqual([]));
  turns.clear();
  expect(turns.busy).toBe(false);
  const {length} = seen;
  expect(seen.at(-1)).toBe('end');
  await new Promise(setImmediate);
  expect(seen).toHaveLength(length);
});

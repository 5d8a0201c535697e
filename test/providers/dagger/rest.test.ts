import {expect, test} from 'vitest';
import {whenAtRest} from '../../../src/providers/dagger/environments/rest.ts';
import {manualClock} from '../../support/manual-clock.ts';

test('a rest is told once behind each stretch of output, and none while it goes on', () => {
  const clock = manualClock();
  let end = 10;
  let rests = 0;
  const stop = whenAtRest(
    clock,
    () => end,
    () => {
      rests += 1;
    },
  );
  clock.pass(60_000);
  expect(rests).toBe(0);
  for (let second = 0; second < 10; second += 1) {
    end += 1;
    clock.pass(1000);
  }
  expect(rests).toBe(0);
  clock.pass(60_000);
  expect(rests).toBe(1);
  end += 1;
  clock.pass(60_000);
  expect(rests).toBe(2);
  stop();
  end += 1;
  clock.pass(60_000);
  expect(rests).toBe(2);
});

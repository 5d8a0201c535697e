import {expect, test} from 'vitest';
import {nowAndThen} from '../../src/lib/now-and-then.ts';
import {manualClock} from '../support/manual-clock.ts';

test('what is asked for at once is done at once, and the rest in one', () => {
  const clock = manualClock();
  let calls = 0;
  const keeping = nowAndThen(clock, 1000, () => {
    calls += 1;
  });
  for (let asked = 0; asked < 5000; asked++) keeping.ask();
  expect(calls).toBe(1);
  clock.pass(999);
  expect(calls).toBe(1);
  clock.pass(1);
  expect(calls).toBe(2);
  clock.pass(5000);
  expect(calls).toBe(2);
  keeping.ask();
  keeping.ask();
  expect(calls).toBe(3);
  keeping.close();
  clock.pass(5000);
  expect(calls).toBe(3);
});

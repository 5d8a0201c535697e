import {expect, test, vi} from 'vitest';
import {systemClock} from '../../src/lib/clock.ts';

test('a month is no shorter than what a timer can count to', () => {
  const timer = vi.spyOn(globalThis, 'setTimeout');
  systemClock.after(30 * 86_400_000, () => {})();
  expect(timer).toHaveBeenCalledWith(expect.any(Function), 2 ** 31 - 1);
  timer.mockRestore();
});

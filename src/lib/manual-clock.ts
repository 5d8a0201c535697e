import type {Clock} from './clock.ts';

/** A clock that stands until it is moved: for tests, and for what was recorded without times. */
export function manualClock(start = 1_700_000_000_000) {
  let now = start;
  let timers: {at: number; call: () => void}[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, call) {
      const timer = {at: now + ms, call};
      timers.push(timer);
      return () => {
        timers = timers.filter(other => other !== timer);
      };
    },
  };
  return {
    ...clock,
    /** Moves on, running what falls due, in order. */
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = timers.filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter(timer => timer !== next);
        now = Math.max(now, next.at);
        next.call();
      }
      now = end;
    },
    get pending() {
      return timers.length;
    },
  };
}

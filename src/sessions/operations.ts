import {type Clock, elapsed} from '../lib/clock.ts';

/** A little more than a stop takes: an engine that hangs must not keep a leaving user. */
const patienceMs = 6000;

/** What is under way in this process, so that leaving lets it end. */
export interface Operations {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when all of it has ended, or has had its time. */
  settled(): Promise<void>;
}

export function createOperations(clock: Clock): Operations {
  const running = new Set<Promise<unknown>>();
  return {
    run<T>(work: () => Promise<T>): Promise<T> {
      const one = work();
      running.add(one);
      const done = () => void running.delete(one);
      one.then(done, done);
      return one;
    },
    async settled(): Promise<void> {
      if (running.size === 0) return;
      const patience = new AbortController();
      await Promise.race([Promise.allSettled(running), elapsed(clock, patienceMs, patience.signal)]);
      patience.abort();
    },
  };
}

import type {Clock} from '../../lib/clock.ts';
import {openThread, type Thread} from './threads.ts';

/** Threads for work that comes now and then: one that has nothing to do is taken before another is started. */
export interface ThreadPool {
  /** The thread is the caller's until the work ends. */
  use<T>(work: (thread: Thread) => Promise<T>): Promise<T>;
  close(): void;
}

/** To start one takes a while, to keep one some megabytes. */
const restMs = 30_000;

export function createThreadPool(clock: Clock): ThreadPool {
  const all = new Set<Thread>();
  const free: {readonly thread: Thread; readonly stay: () => void}[] = [];
  const end = (thread: Thread) => {
    all.delete(thread);
    thread.close();
  };
  return {
    async use(work) {
      const waiting = free.pop();
      waiting?.stay();
      const thread = waiting?.thread ?? openThread();
      all.add(thread);
      try {
        return await work(thread);
      } finally {
        const stay = clock.after(restMs, () => {
          free.splice(free.indexOf(one), 1);
          end(thread);
        });
        const one = {thread, stay};
        free.push(one);
      }
    },
    close() {
      for (const {stay} of free.splice(0)) stay();
      for (const thread of [...all]) end(thread);
    },
  };
}

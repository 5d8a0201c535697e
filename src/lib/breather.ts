import {setImmediate} from 'node:timers/promises';

/** Milliseconds; what else goes on waits no longer than this and one step. */
const turn = 4;

/** For long work in steps: awaited between two of them, it lets go of the event loop when that was held long enough. */
export function createBreather(): () => Promise<void> {
  let until = performance.now() + turn;
  return async () => {
    if (performance.now() < until) return;
    await setImmediate();
    until = performance.now() + turn;
  };
}

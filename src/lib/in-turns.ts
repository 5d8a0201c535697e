/** Milliseconds; what else goes on waits no longer than this and one step. */
const turn = 4;

/** Work that would hold up the event loop, done step by step in short turns of it. */
export interface Turns {
  /** There is work left. */
  readonly busy: boolean;
  /** Behind what there is. A step that throws ends the process like any other bug. */
  add(work: Iterator<void>): void;
  /** Gives up what is left; the `finally` of what has begun is run. */
  clear(): void;
}

export function inTurns(): Turns {
  const waiting = new Set<Iterator<void>>();
  let expected = false;
  const run = () => {
    expected = false;
    for (const until = performance.now() + turn; performance.now() < until; ) {
      const [work] = waiting;
      if (!work) return;
      if (work.next().done) waiting.delete(work);
    }
    expect();
  };
  const expect = () => {
    if (!expected) setImmediate(run);
    expected = true;
  };
  return {
    get busy() {
      return waiting.size > 0;
    },
    add: work => {
      waiting.add(work);
      expect();
    },
    clear: () => {
      for (const work of waiting) work.return?.();
      waiting.clear();
    },
  };
}

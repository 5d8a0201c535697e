import {pause} from '../../src/lib/clock.ts';

/** Something that must never be was seen. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Longer than anything may take on a loaded machine: whoever waits longer hangs. */
export const hangMs = 45_000;

/** What was done, when, and how it went; the first violation ends the run. */
export interface History {
  note(what: string): void;
  readonly lines: readonly string[];
  /** Aborts at the first violation, whose reason it is. */
  readonly broken: AbortSignal;
  fail(error: unknown): void;
  /** The same, unless it takes longer than anything may. */
  within<T>(what: string, work: Promise<T>): Promise<T>;
}

export function createHistory(): History {
  const begun = performance.now();
  const lines: string[] = [];
  const broken = new AbortController();
  const note = (what: string) => {
    lines.push(`${((performance.now() - begun) / 1000).toFixed(2).padStart(7)}  ${what}`);
  };
  return {
    lines,
    note,
    broken: broken.signal,
    fail(error) {
      if (broken.signal.aborted) return;
      note(`VIOLATION: ${(error as Error).message}`);
      broken.abort(error);
    },
    async within(what, work) {
      const over = new AbortController();
      const late = pause(hangMs, AbortSignal.any([over.signal, broken.signal])).then(() => {
        throw new Violation(`${what} hangs: no answer in ${hangMs / 1000} s`);
      });
      try {
        return await Promise.race([work, late]);
      } finally {
        over.abort();
        late.catch(() => {});
      }
    },
  };
}

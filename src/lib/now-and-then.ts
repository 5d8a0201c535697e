import type {Clock} from './clock.ts';

export interface NowAndThen {
  /** At once, unless that was lately: then once, when that is over. */
  ask(): void;
  /** What is still to come does not. */
  close(): void;
}

/** Calls when it is asked to, but no more often than every `ms`. */
export function nowAndThen(clock: Clock, ms: number, call: () => void): NowAndThen {
  let last = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  const now = () => {
    cancel = undefined;
    last = clock.now();
    call();
  };
  return {
    ask() {
      if (cancel) return;
      const rest = last + ms - clock.now();
      if (rest <= 0) now();
      else cancel = clock.after(rest, now);
    },
    close() {
      cancel?.();
      cancel = undefined;
    },
  };
}

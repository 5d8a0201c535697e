import type {Clock} from '../lib/clock.ts';

export interface IdleOptions {
  readonly clock: Clock;
  readonly ms: number;
  isIdle(): boolean;
  /** Called once, after being idle for all of `ms`. */
  onExpired(): void;
}

export interface Idle {
  /** Something changed that `isIdle` looks at. */
  changed(): void;
  close(): void;
}

/** Ten minutes without a client and without work; tests set TRAILS_IDLE_EXIT, in seconds. */
export function idleMs(env: Readonly<Record<string, string | undefined>>): number {
  const seconds = Number(env.TRAILS_IDLE_EXIT || Number.NaN);
  return seconds > 0 ? seconds * 1000 : 600_000;
}

export function watchIdle({clock, ms, isIdle, onExpired}: IdleOptions): Idle {
  let cancel: (() => void) | undefined;
  let closed = false;
  const close = () => {
    closed = true;
    cancel?.();
    cancel = undefined;
  };
  const changed = () => {
    if (closed) return;
    if (!isIdle()) {
      cancel?.();
      cancel = undefined;
      return;
    }
    cancel ??= clock.after(ms, () => {
      cancel = undefined;
      // Nobody may have said that it is not.
      if (closed || !isIdle()) return;
      close();
      onExpired();
    });
  };
  changed();
  return {changed, close};
}

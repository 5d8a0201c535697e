import type {Clock} from '../../../lib/clock.ts';

/** Behind the end of one checkpoint the next begins after so long: with what it takes itself, 30 s is the most that can be lost. */
export const betweenMs = 20_000;
/** Commits and notices come in bursts. */
const gatherMs = 50;

export interface Rounds {
  /** One that begins from now on is whole; joined by everybody who asks until it begins. Rejects as `take` does. */
  now(): Promise<void>;
  /** Something happened that should not wait for its turn. */
  soon(): void;
  /** Begins no more; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Takes checkpoints one after the other: in turn, when something asks for one, and never two at once. */
export function createRounds(
  clock: Clock,
  take: () => Promise<void>,
  onFailed: (error: unknown) => void,
  {every = betweenMs}: {readonly every?: number} = {},
): Rounds {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let cancel = () => {};
  let cancelSoon: (() => void) | undefined;
  let stopped = false;

  const begin = (): Promise<void> => {
    cancel();
    cancelSoon?.();
    cancelSoon = undefined;
    const mine = take().finally(() => {
      running = undefined;
      if (!stopped) cancel = clock.after(every, () => void now().catch(onFailed));
    });
    running = mine;
    return mine;
  };
  const now = (): Promise<void> => {
    if (stopped) return Promise.resolve(running);
    if (!running) return begin();
    // What is under way may have looked already where something has changed since.
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return stopped ? undefined : begin();
      });
    return next;
  };
  cancel = clock.after(every, () => void now().catch(onFailed));
  return {
    now,
    soon() {
      if (stopped || cancelSoon) return;
      cancelSoon = clock.after(gatherMs, () => {
        cancelSoon = undefined;
        now().catch(onFailed);
      });
    },
    async stop() {
      stopped = true;
      cancel();
      cancelSoon?.();
      await Promise.allSettled([running, next]);
    },
  };
}

import type {DaggerEngine} from '../connection/engine.ts';

export interface SessionUse {
  /** While this goes on the session stays. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Lets the session go when nobody uses it and nothing runs in it. Never throws: at the next end it is tried again. */
  done(): Promise<void>;
}

/** Ends the engine's session behind the last environment, and not under the hands of one that is just being made. */
export function createSessionUse(engine: Pick<DaggerEngine, 'release'>, isEmpty: () => boolean): SessionUse {
  let users = 0;
  let releasing: Promise<void> | undefined;
  const done = async () => {
    if (users > 0 || !isEmpty()) return;
    releasing ??= engine
      .release()
      .catch(() => {})
      .finally(() => {
        releasing = undefined;
      });
    await releasing;
  };
  return {
    async during(work) {
      users += 1;
      try {
        await releasing;
        return await work();
      } finally {
        users -= 1;
      }
    },
    done,
  };
}

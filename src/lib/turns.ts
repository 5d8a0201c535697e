/** Work under one key is done one after another; under another key it goes on beside it. */
export interface Turns {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const mine = (last.get(key) ?? Promise.resolve()).then(work);
      const done = mine
        .catch(() => {})
        .then(() => {
          if (last.get(key) === done) last.delete(key);
        });
      last.set(key, done);
      return mine;
    },
  };
}

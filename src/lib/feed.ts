/** Values pushed by one side and read by another, in order. What is not read yet waits in memory: the caller bounds it. */
export interface Feed<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** Resolves when the reader has taken what was pushed, or is not there any more. */
  taken(): Promise<void>;
  /** Behind what was pushed before. With an error the reader gets it thrown. */
  end(error?: unknown): void;
}

/** For one reader. */
export function createFeed<T>(): Feed<T> {
  const values: T[] = [];
  let over: {readonly error: unknown} | undefined;
  let wake = () => {};
  let tellTaken: (() => void)[] = [];
  const allTaken = () => {
    for (const tell of tellTaken) tell();
    tellTaken = [];
  };
  return {
    push(value) {
      if (over) return;
      values.push(value);
      wake();
    },
    end(error) {
      over ??= {error};
      wake();
      allTaken();
    },
    taken: () =>
      values.length === 0 || over
        ? Promise.resolve()
        : new Promise(resolve => {
            tellTaken.push(resolve);
          }),
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const value = values.shift();
          if (value !== undefined) {
            yield value;
            if (values.length === 0) allTaken();
          } else if (over) {
            if (over.error !== undefined) throw over.error;
            return;
          } else
            await new Promise<void>(resolve => {
              wake = resolve;
            });
        }
      } finally {
        over ??= {error: undefined};
        allTaken();
      }
    },
  };
}

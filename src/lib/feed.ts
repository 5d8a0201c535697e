/** Values pushed by one side and read by another, in order. What is not read yet waits in memory: the caller bounds it. */
export interface Feed<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** Behind what was pushed before. With an error the reader gets it thrown. */
  end(error?: unknown): void;
}

/** For one reader. */
export function createFeed<T>(): Feed<T> {
  const values: T[] = [];
  let over: {readonly error: unknown} | undefined;
  let wake = () => {};
  return {
    push(value) {
      if (over) return;
      values.push(value);
      wake();
    },
    end(error) {
      over ??= {error};
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (values.length > 0) yield* values.splice(0);
        else if (over) {
          if (over.error !== undefined) throw over.error;
          return;
        } else
          await new Promise<void>(resolve => {
            wake = resolve;
          });
      }
    },
  };
}

/** Values for whoever reads them, as they come; ends with the signal. */
export function feed<T>() {
  const readers = new Set<(value: T) => void>();
  return {
    readers,
    push(value: T) {
      for (const reader of [...readers]) reader(value);
    },
    async *read(signal: AbortSignal, first: readonly T[] = []): AsyncIterable<T> {
      const queue = [...first];
      let wake = () => {};
      const reader = (value: T) => {
        queue.push(value);
        wake();
      };
      readers.add(reader);
      signal.addEventListener('abort', () => wake(), {once: true});
      try {
        while (!signal.aborted) {
          const next = queue.shift();
          if (next !== undefined) yield next;
          else
            await new Promise<void>(resolve => {
              wake = resolve;
              if (signal.aborted) resolve();
            });
        }
      } finally {
        readers.delete(reader);
      }
    },
  };
}

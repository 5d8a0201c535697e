/** Tells any number of watchers that something changed. A slow watcher sees several changes as one. */
export interface Changes {
  tell(): void;
  /** Runs at each change, at once. The returned function ends it. */
  listen(listener: () => void): () => void;
  /** A look now and one after each change, none of which is missed in between; until the signal, or until its reader leaves. */
  looks(signal: AbortSignal): AsyncIterable<void>;
}

export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  const listen = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    tell: () => {
      for (const listener of [...listeners]) listener();
    },
    listen,
    async *looks(signal) {
      let pending = true;
      let wake = () => {};
      const note = () => {
        pending = true;
        wake();
      };
      const end = listen(note);
      signal.addEventListener('abort', note, {once: true});
      try {
        while (!signal.aborted) {
          if (!pending)
            await new Promise<void>(resolve => {
              wake = resolve;
            });
          pending = false;
          if (!signal.aborted) yield;
        }
      } finally {
        end();
        signal.removeEventListener('abort', note);
      }
    },
  };
}

import type {EnvironmentEvent} from './provider.ts';

/** What happens to the environments of a provider of which this process alone knows it. */
export function createEvents() {
  const listeners = new Set<(event: EnvironmentEvent) => void>();
  return {
    tell(event: EnvironmentEvent): void {
      for (const listener of [...listeners]) listener(event);
    },
    async *watch(labels: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<EnvironmentEvent> {
      const pending: EnvironmentEvent[] = [];
      let wake = () => {};
      const listen = (event: EnvironmentEvent) => {
        if (!Object.entries(labels).every(([key, value]) => event.labels[key] === value)) return;
        pending.push(event);
        wake();
      };
      const stop = () => wake();
      listeners.add(listen);
      signal.addEventListener('abort', stop, {once: true});
      try {
        while (!signal.aborted) {
          const event = pending.shift();
          if (event) yield event;
          else
            await new Promise<void>(resolve => {
              wake = resolve;
            });
        }
      } finally {
        listeners.delete(listen);
        signal.removeEventListener('abort', stop);
      }
    },
  };
}

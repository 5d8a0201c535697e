import {AppError} from '../../errors.ts';
import type {EnvironmentEvent} from '../provider.ts';
import type {Flavor} from './engine.ts';
import type {EventHub, HubMessage} from './events.ts';

/** What happens to environments with these labels, until the signal. Throws ENGINE_UNREACHABLE when the events break off. */
export async function* watchEvents(
  {hub, flavor}: {readonly hub: EventHub; readonly flavor: Flavor},
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncIterable<EnvironmentEvent> {
  const pending: HubMessage[] = [];
  let wake = () => {};
  const end = await hub.listen(message => {
    pending.push(message);
    wake();
  });
  const stop = () => wake();
  signal.addEventListener('abort', stop, {once: true});
  const mine = (event: EnvironmentEvent) => Object.entries(labels).every(([key, value]) => event.labels[key] === value);
  try {
    while (!signal.aborted) {
      const message = pending.shift();
      if (message === undefined) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      } else if (message.type === 'broken' || (message.type === 'gap' && flavor === 'docker')) {
        // Podman's events are a file, and read again from where they broke off; a new Docker daemon has forgotten them.
        throw new AppError('ENGINE_UNREACHABLE', `${flavor}'s events broke off`);
      } else if (message.type !== 'gap' && mine(message)) yield message;
    }
  } finally {
    end();
    signal.removeEventListener('abort', stop);
  }
}

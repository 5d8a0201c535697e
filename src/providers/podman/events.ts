import type {IncomingMessage} from 'node:http';
import {type Clock, pause} from '../../lib/clock.ts';
import type {EnvironmentEvent} from '../provider.ts';
import {compat, type Engine} from './engine.ts';
import {type EventJson, eventOf} from './translate.ts';

const retryMs = 200;
/** Give up on an engine that stays away this long: whoever watches tells it and tries anew. */
const retries = 10;

/** `gap`: events may have been missed, look for yourself. `broken`: the engine is gone. */
export type HubMessage = EnvironmentEvent | {readonly type: 'gap'} | {readonly type: 'broken'; readonly error: Error};
export type HubListener = (message: HubMessage) => void;

/** One stream of the engine's events for everybody here who needs it; open only while somebody does. */
export interface EventHub {
  /** Resolves once events flow. The returned function ends the listening. */
  listen(listener: HubListener): Promise<() => void>;
  close(): void;
}

async function* jsonLines(message: IncomingMessage): AsyncIterable<EventJson> {
  let rest = '';
  message.setEncoding('utf8');
  for await (const piece of message) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as EventJson;
  }
}

export function createEventHub(engine: Engine, clock: Clock): EventHub {
  const listeners = new Set<HubListener>();
  let current: {readonly stop: AbortController; readonly flowing: Promise<void>} | undefined;

  const tell = (message: HubMessage) => {
    for (const listener of [...listeners]) listener(message);
  };
  const filters = encodeURIComponent(JSON.stringify({type: ['container']}));
  // With a time to begin at, nothing falls between the asking and the engine's first look.
  let since = clock.now();
  const path = () => `${compat}/events?since=${(since / 1000).toFixed(3)}&filters=${filters}`;
  /** The engine sends no headers before its first event: the request counts as under way once it is written. */
  const follow = async (signal: AbortSignal) => {
    for (let failures = 0; !signal.aborted && failures < retries; failures++) {
      try {
        const message = await engine.stream('GET', path(), {signal});
        failures = 0;
        for await (const json of jsonLines(message)) {
          if (json.timeNano) since = Math.max(since, json.timeNano / 1e6 + 1);
          const event = eventOf(json);
          if (event) tell(event);
        }
        if (signal.aborted) return;
        throw new Error('the engine ended its events');
      } catch (error) {
        if (signal.aborted) return;
        if (failures === retries - 1) return tell({type: 'broken', error: error as Error});
        await pause(retryMs, signal).catch(() => {});
        tell({type: 'gap'});
      }
    }
  };
  const start = () => {
    const stop = new AbortController();
    since = clock.now();
    // An answer proves that the service is up, so that the stream's request meets a living one. Not /version: Podman runs every
    // program of its set-up for that, half a second long.
    const flowing = engine.ask('GET', '/_ping').then(() => {
      void follow(stop.signal).finally(() => {
        if (current?.stop === stop) current = undefined;
      });
    });
    flowing.catch(() => {
      if (current?.stop === stop) current = undefined;
    });
    return {stop, flowing};
  };
  return {
    async listen(listener) {
      listeners.add(listener);
      current ??= start();
      const end = () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        current?.stop.abort();
        current = undefined;
      };
      try {
        await current.flowing;
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
    close() {
      listeners.clear();
      current?.stop.abort();
      current = undefined;
    },
  };
}

import type {Clock} from '../lib/clock.ts';
import {nowAndThen} from '../lib/now-and-then.ts';
import type {Egress, EgressState} from './egress.ts';
import {createGate, type Gate} from './gate.ts';
import {type Outside, theInternet} from './outside.ts';
import {createProxyServer} from './proxy/server.ts';
import {listenIn} from './socket-directory.ts';

/** However often a session asks, whoever looks is told as often as a person can see. */
const toldEveryMs = 100;

const nothing: EgressState = {attempts: [], routes: []};

interface Served {
  readonly directory: string;
  readonly gate: Gate;
  /** Rejects where the socket could not be made. */
  readonly listening: Promise<() => void>;
  end(): Promise<void>;
}

/** Egress in this very process: it ends with it. */
export function createEgress({
  clock,
  outside = theInternet,
}: {
  readonly clock: Clock;
  readonly outside?: Outside;
}): Egress {
  const served = new Map<string, Served>();
  const listeners = new Set<(id: string) => void>();

  const begin = (id: string, directory: string, policy: Parameters<Egress['serve']>[2]): Served => {
    const tell = nowAndThen(clock, toldEveryMs, () => {
      for (const listener of listeners) listener(id);
    });
    const gate = createGate(clock, policy, tell.ask);
    const {server, cut} = createProxyServer({session: id, gate, outside, clock});
    const listening = listenIn(directory, server);
    return {
      ...{directory, gate, listening},
      async end() {
        const close = await listening.catch(() => () => {});
        close();
        cut();
        tell.close();
      },
    };
  };
  const end = async (id: string) => {
    const one = served.get(id);
    served.delete(id);
    await one?.end();
  };
  return {
    async serve(id, directory, policy) {
      const before = served.get(id);
      if (before?.directory === directory) {
        before.gate.change(policy);
        await before.listening;
        return;
      }
      await end(id);
      const one = begin(id, directory, policy);
      served.set(id, one);
      try {
        await one.listening;
      } catch (error) {
        if (served.get(id) === one) served.delete(id);
        throw error;
      }
    },
    async once(id, host) {
      served.get(id)?.gate.once(host);
    },
    end,
    state: id => served.get(id)?.gate.state() ?? nothing,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await Promise.all([...served.keys()].map(end));
    },
  };
}

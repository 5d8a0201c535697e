import type {Clock} from '../lib/clock.ts';
import {nowAndThen} from '../lib/now-and-then.ts';
import type {Egress, EgressState} from './egress.ts';
import {createGate, type Gate} from './gate.ts';
import {type Outside, theInternet} from './outside.ts';
import {createProxyServer, type ProxyServer} from './proxy/server.ts';
import {listenIn} from './socket-directory.ts';

/** However often a session asks, whoever looks is told as often as a person can see. */
const toldEveryMs = 250;

const nothing: EgressState = {attempts: [], routes: []};

interface Served {
  readonly directory: string;
  readonly gate: Gate;
  readonly proxy: ProxyServer;
  /** Rejects where the socket could not be made. */
  readonly listening: Promise<void>;
  end(): Promise<void>;
}

/** Egress that can go out of service. */
export interface LocalEgress extends Egress {
  /** Takes no more connections, gives its sockets up, and resolves when what is open is over. */
  retire(): Promise<void>;
}

/** Egress in this very process: it ends with it. */
export function createEgress({
  clock,
  outside = theInternet,
}: {
  readonly clock: Clock;
  readonly outside?: Outside;
}): LocalEgress {
  const served = new Map<string, Served>();
  const listeners = new Set<(id: string) => void>();

  const begin = (id: string, directory: string, policy: Parameters<Egress['serve']>[2]): Served => {
    const tell = nowAndThen(clock, toldEveryMs, () => {
      for (const listener of listeners) listener(id);
    });
    const gate = createGate(clock, policy, tell.ask);
    const proxy = createProxyServer({session: id, gate, outside, clock});
    const listening = listenIn(directory, proxy.server);
    return {
      ...{directory, gate, proxy, listening},
      async end() {
        await listening.catch(() => {});
        await proxy.retire(true);
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
    async retire() {
      await Promise.all([...served.values()].map(({proxy}) => proxy.retire(false)));
    },
    async close() {
      await Promise.all([...served.keys()].map(end));
    },
  };
}

import type {Attempt, RouteCount} from './egress.ts';

const mostDestinations = 200;

/** What happened to one request. */
export type Outcome = Pick<Attempt, 'host' | 'port' | 'outcome' | 'reason'>;

/** What a session asked for: each destination once, however often it asks. */
export interface Attempts {
  note(outcome: Outcome, at: number): void;
  /** The newest first. */
  list(): readonly Attempt[];
}

export function createAttempts(): Attempts {
  // In the order of their last time: the first is the one that was quiet for longest.
  const byDestination = new Map<string, Attempt>();
  return {
    note(outcome, at) {
      const key = `${outcome.host}:${outcome.port}`;
      const before = byDestination.get(key);
      byDestination.delete(key);
      byDestination.set(key, {
        ...outcome,
        count: (before?.count ?? 0) + 1,
        firstAt: before?.firstAt ?? at,
        lastAt: at,
      });
      const [oldest] = byDestination.keys();
      if (byDestination.size > mostDestinations && oldest !== undefined) byDestination.delete(oldest);
    },
    list: () => [...byDestination.values()].reverse(),
  };
}

/** How often each route of a broker was asked. */
export interface RouteCounts {
  add(name: string, failed: boolean): void;
  list(): readonly RouteCount[];
}

export function createRouteCounts(): RouteCounts {
  const byName = new Map<string, RouteCount>();
  return {
    add(name, failed) {
      const {requests, failed: before} = byName.get(name) ?? {requests: 0, failed: 0};
      byName.set(name, {name, requests: requests + 1, failed: before + (failed ? 1 : 0)});
    },
    list: () => [...byName.values()],
  };
}

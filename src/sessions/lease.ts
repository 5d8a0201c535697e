import {isAlive, type Worker} from '../lib/worker.ts';
import type {Store} from './store.ts';

/** Who answers the queries of one session's terminal: one process at a time, or the agent would hear several answers. */
export interface Lease {
  /** This process has it. With `claim` it takes one that nobody alive has. */
  mine(claim: boolean): boolean;
  /** Takes it from whoever has it. */
  take(): void;
  release(): void;
}

export function leaseOf(store: Store, session: string, worker: Worker): Lease {
  const free = (holder: Worker | undefined) => holder === undefined || !isAlive(holder);
  return {
    mine(claim) {
      const holder = store.lease(session);
      if (holder === worker) return true;
      if (!claim || !free(holder)) return false;
      return store.exclusively(() => {
        const now = store.lease(session);
        if (!free(now)) return now === worker;
        store.setLease(session, worker);
        return true;
      });
    },
    take: () => store.setLease(session, worker),
    release() {
      if (store.lease(session) === worker) store.setLease(session, undefined);
    },
  };
}

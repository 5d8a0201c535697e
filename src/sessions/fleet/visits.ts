import type {Clock} from '../../lib/clock.ts';

/** Who works in sessions beside their agents: shells and other commands. */
export interface Visits {
  /** Until `ended` settles. */
  during(session: string, ended: Promise<unknown>): void;
  present(session: string): boolean;
  /** When the last one left, in milliseconds since the epoch; 0: nobody has been there. */
  leftAt(session: string): number;
}

export function createVisits(clock: Clock): Visits {
  const present = new Map<string, number>();
  const left = new Map<string, number>();
  const count = (session: string, more: number) => {
    const now = (present.get(session) ?? 0) + more;
    if (now > 0) present.set(session, now);
    else present.delete(session);
  };
  return {
    during(session, ended) {
      count(session, 1);
      const leave = () => {
        count(session, -1);
        left.set(session, clock.now());
      };
      ended.then(leave, leave);
    },
    present: session => present.has(session),
    leftAt: session => left.get(session) ?? 0,
  };
}

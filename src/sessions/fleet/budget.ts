import type {Limits} from '../port.ts';
import type {SessionRecord} from '../record.ts';

/** What all that run may take together; 0: no bound. */
export interface Budget {
  readonly maxRunning: number;
  /** Of their limits' sum. */
  readonly memoryBytes: number;
}

/** What of a row decides over room. */
export type Claim = Pick<
  SessionRecord,
  'id' | 'phase' | 'queuedAt' | 'environment' | 'worker' | 'removing' | 'createdAt'
> & {
  readonly limits: Limits;
};

/**
 * It takes room. One that is paused keeps its memory, and its room. One that is being made for the queue takes none yet; one between the
 * two runs of a restart keeps its own: its row stands first in the queue, and somebody works on it.
 */
export function holdsRoom({phase, queuedAt, environment, worker}: Claim): boolean {
  if (phase === 'creating') return queuedAt === null || environment !== null;
  if (phase === 'stopped') return queuedAt !== null && worker !== null;
  return phase === 'running' || phase === 'stopping';
}

/** It stands in the queue, or is being made for it. */
export const waitsForRoom = (claim: Claim): boolean =>
  claim.queuedAt !== null && !claim.removing && !holdsRoom(claim) && ['stopped', 'creating'].includes(claim.phase);

/** The order of the queue. */
const earlier = (a: Claim, b: Claim): number =>
  (a.queuedAt ?? Number.POSITIVE_INFINITY) - (b.queuedAt ?? Number.POSITIVE_INFINITY) ||
  a.createdAt - b.createdAt ||
  (a.id < b.id ? -1 : 1);

export const queueOf = <T extends Claim>(claims: readonly T[]): readonly T[] =>
  claims.filter(waitsForRoom).sort(earlier);

/** When one that is asked for now counts as asked for: behind all others, also those of the same moment. */
export const queuedNow = (claims: readonly Claim[], now: number): number =>
  queueOf(claims).reduce((latest, {queuedAt}) => Math.max(latest, (queuedAt ?? 0) + 1), now);

/** Its place in the queue, from 1; null when it does not wait. */
export function placeOf(claims: readonly Claim[], id: string): number | null {
  const index = queueOf(claims).findIndex(one => one.id === id);
  return index < 0 ? null : index + 1;
}

/** With this one running, too, all stay within the budget. */
export function fits(claims: readonly Claim[], one: Claim, {maxRunning, memoryBytes}: Budget): boolean {
  const others = claims.filter(other => other.id !== one.id && holdsRoom(other));
  const memory = others.reduce((sum, {limits}) => sum + limits.memoryBytes, one.limits.memoryBytes);
  return (maxRunning === 0 || others.length < maxRunning) && (memoryBytes === 0 || memory <= memoryBytes);
}

/** It fits, and takes nobody's turn: whoever waits longer comes first. */
export function mayStart(claims: readonly Claim[], one: Claim, budget: Budget): boolean {
  if (budget.maxRunning === 0 && budget.memoryBytes === 0) return true;
  const before = queueOf(claims).some(other => other.id !== one.id && earlier(other, one) < 0);
  return !before && fits(claims, one, budget);
}

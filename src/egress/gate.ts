import type {Clock} from '../lib/clock.ts';
import {createAttempts, createRouteCounts, type Outcome} from './attempts.ts';
import type {EgressPolicy, EgressState} from './egress.ts';
import {decide, refusals} from './policy/decide.ts';

const onceWithinMs = 60_000;

/** What one session may, did, and has open. */
export interface Gate {
  readonly policy: EgressPolicy;
  /** Undefined where the host is let through, else why not, in words. Uses up what was allowed once. */
  refusal(host: string): string | undefined;
  note(outcome: Outcome): void;
  count(route: string, failed: boolean): void;
  /** Something open to a host: `cut` is called when that host is no longer allowed. The returned function says that it is over. */
  opened(host: string, cut: () => void): () => void;
  once(host: string): void;
  change(policy: EgressPolicy): void;
  state(): EgressState;
}

export function createGate(clock: Clock, first: EgressPolicy, onChange: () => void): Gate {
  let policy = first;
  const attempts = createAttempts();
  const counts = createRouteCounts();
  const onceUntil = new Map<string, number>();
  const open = new Set<{readonly host: string; readonly cut: () => void}>();

  const takeOnce = (host: string): boolean => {
    const until = onceUntil.get(host) ?? 0;
    onceUntil.delete(host);
    return clock.now() < until;
  };
  return {
    get policy() {
      return policy;
    },
    refusal(host) {
      const said = decide(policy.rules, host);
      // A person said so just now, whatever was said before.
      if (said === 'allow' || takeOnce(host)) return undefined;
      return refusals[said];
    },
    note(outcome) {
      attempts.note(outcome, clock.now());
      onChange();
    },
    count(route, failed) {
      counts.add(route, failed);
      onChange();
    },
    opened(host, cut) {
      const one = {host, cut};
      open.add(one);
      return () => void open.delete(one);
    },
    once: host => void onceUntil.set(host, clock.now() + onceWithinMs),
    change(next) {
      const wasAllowed = (host: string) => decide(policy.rules, host) === 'allow';
      const isAllowed = (host: string) => decide(next.rules, host) === 'allow';
      const gone = [...open].filter(({host}) =>
        wasAllowed(host) ? !isAllowed(host) : decide(next.rules, host) === 'block',
      );
      policy = next.token === '' ? {...next, token: policy.token, routes: policy.routes} : next;
      for (const {cut} of gone) cut();
    },
    state: () => ({attempts: attempts.list(), routes: counts.list()}),
  };
}

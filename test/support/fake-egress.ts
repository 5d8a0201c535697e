import type {Attempt, Egress, EgressPolicy, EgressState} from '../../src/egress/egress.ts';
import {decide, refusals} from '../../src/egress/policy/decide.ts';

export interface Served {
  readonly directory: string;
  readonly policy: EgressPolicy;
}

/** Lets nobody out: what is served is written down, and a test says what was tried. */
export function fakeEgress(now: () => number = () => 0) {
  const served = new Map<string, Served>();
  const states = new Map<string, EgressState>();
  const calls: string[] = [];
  const listeners = new Set<(id: string) => void>();
  let failure: Error | undefined;
  const waiting = new Map<string, () => void>();
  const called = (call: string) => {
    calls.push(call);
    waiting.get(call)?.();
    if (failure) throw failure;
  };
  const nothing: EgressState = {attempts: [], routes: []};
  const egress: Egress = {
    async serve(id, directory, policy) {
      called(`serve ${id}`);
      served.set(id, {directory, policy});
    },
    async once(id, host) {
      called(`once ${id} ${host}`);
    },
    async end(id) {
      called(`end ${id}`);
      served.delete(id);
      states.delete(id);
    },
    state: id => states.get(id) ?? nothing,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      calls.push('close');
    },
  };
  return {
    egress,
    served,
    calls,
    /** Resolves at the next such call. */
    next: (call: string) => new Promise<void>(resolve => waiting.set(call, resolve)),
    failWith(error: Error | undefined) {
      failure = error;
    },
    /** A session asks for a host, and gets what its rules say. */
    attempt(id: string, host: string, port = 443) {
      const said = decide(served.get(id)?.policy.rules ?? [], host);
      const outcome = said === 'allow' ? 'allowed' : 'denied';
      const {attempts} = states.get(id) ?? nothing;
      const before = attempts.find(one => one.host === host && one.port === port);
      const next: Attempt = {
        ...{host, port, outcome, reason: said === 'allow' ? '' : refusals[said]},
        ...{count: (before?.count ?? 0) + 1, firstAt: before?.firstAt ?? now(), lastAt: now()},
      };
      states.set(id, {attempts: [next, ...attempts.filter(one => one !== before)], routes: []});
      for (const listener of listeners) listener(id);
    },
  };
}

export type FakeEgress = ReturnType<typeof fakeEgress>;

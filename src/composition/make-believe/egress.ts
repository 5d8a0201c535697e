import type {Attempt, Egress, EgressPolicy, EgressState} from '../../egress/egress.ts';
import {decide, refusals} from '../../egress/policy/decide.ts';
import type {Clock} from '../../lib/clock.ts';

/** A host that a make-believe agent asks for again and again. */
export interface Visit {
  readonly host: string;
  /** From the beginning of its run. */
  readonly firstMs: number;
  readonly everyMs: number;
}

/** What the inhabitants of `--dev` try to reach: their model, packages, and here and there what nobody has allowed. */
const visits: Readonly<Record<string, readonly Visit[]>> = {
  'token-refresh': [
    {host: 'api.anthropic.com', firstMs: 400, everyMs: 6000},
    {host: 'registry.npmjs.org', firstMs: 1500, everyMs: 45_000},
    {host: 'cdn.playwright.dev', firstMs: 4000, everyMs: 30_000},
    {host: 'o4506.ingest.sentry.io', firstMs: 9000, everyMs: 20_000},
  ],
  'sessions-migration': [
    {host: 'api.openai.com', firstMs: 300, everyMs: 7000},
    {host: 'db.staging.shop.example', firstMs: 2500, everyMs: 15_000},
  ],
  'api-docs': [
    {host: 'api.anthropic.com', firstMs: 700, everyMs: 9000},
    {host: 'registry.npmjs.org', firstMs: 2000, everyMs: 60_000},
  ],
  'nightly-deploy': [{host: 'api.openai.com', firstMs: 500, everyMs: 12_000}],
  'access-log': [{host: 'generativelanguage.googleapis.com', firstMs: 600, everyMs: 8000}],
  'fuzzy-search': [
    {host: 'api.anthropic.com', firstMs: 200, everyMs: 5000},
    {host: 'registry.npmjs.org', firstMs: 1000, everyMs: 30_000},
    {host: 'raw.githubusercontent.com', firstMs: 3000, everyMs: 25_000},
  ],
};

export const visitsOf = (name: string): readonly Visit[] => (Object.hasOwn(visits, name) ? (visits[name] ?? []) : []);

interface Served {
  policy: EgressPolicy;
  readonly attempts: Map<string, Attempt>;
  readonly once: Set<string>;
  readonly cancels: Map<string, () => void>;
}

const port = 443;

/** Opens nothing: what its sessions ask for is told as if it had been asked, and judged by their real rules. */
export function makeBelieveEgress(clock: Clock, visitsOf: (id: string) => readonly Visit[]): Egress {
  const served = new Map<string, Served>();
  const listeners = new Set<(id: string) => void>();
  const tell = (id: string) => {
    for (const listener of listeners) listener(id);
  };

  const attempt = (id: string, {policy, attempts, once}: Served, host: string) => {
    const said = decide(policy.rules, host);
    const passes = said === 'allow' || once.delete(host);
    const before = attempts.get(host);
    const now = clock.now();
    attempts.set(host, {
      ...{host, port, count: (before?.count ?? 0) + 1, firstAt: before?.firstAt ?? now, lastAt: now},
      ...(passes
        ? {outcome: 'allowed', reason: ''}
        : {outcome: 'denied', reason: refusals[said === 'block' ? 'block' : 'unknown']}),
    });
    tell(id);
  };
  const begin = (id: string, one: Served) => {
    const visit = ({host, everyMs}: Visit, afterMs: number) => {
      const come = () => {
        attempt(id, one, host);
        one.cancels.set(host, clock.after(everyMs, come));
      };
      one.cancels.set(host, clock.after(afterMs, come));
    };
    for (const each of visitsOf(id)) visit(each, each.firstMs);
  };
  const end = (id: string) => {
    for (const cancel of served.get(id)?.cancels.values() ?? []) cancel();
    served.delete(id);
  };

  return {
    async serve(id, _directory, policy) {
      const known = served.get(id);
      if (known) {
        known.policy = policy;
        return;
      }
      const one: Served = {policy, attempts: new Map(), once: new Set(), cancels: new Map()};
      served.set(id, one);
      begin(id, one);
    },
    async once(id, host) {
      served.get(id)?.once.add(host);
    },
    async end(id) {
      end(id);
    },
    state(id): EgressState {
      const attempts = [...(served.get(id)?.attempts.values() ?? [])];
      return {attempts: attempts.sort((a, b) => b.lastAt - a.lastAt), routes: []};
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      for (const id of [...served.keys()]) end(id);
    },
  };
}

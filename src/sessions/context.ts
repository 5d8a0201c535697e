import {createHash} from 'node:crypto';
import path from 'node:path';
import type {Mode} from '../agents/agent.ts';
import type {AgentsSource} from '../agents/custom/agents-source.ts';
import type {Egress} from '../egress/egress.ts';
import type {Clock} from '../lib/clock.ts';
import type {Log} from '../lib/log.ts';
import type {Paths} from '../lib/paths.ts';
import type {Worker} from '../lib/worker.ts';
import type {Limits, Network, Provider} from '../providers/provider.ts';
import type {Registry} from '../providers/registry.ts';
import type {Profile} from '../providers/sandbox/profile.ts';
import type {ThreadPool} from '../workspaces/threads/thread-pool.ts';
import type {Changes} from './changes.ts';
import type {Budget} from './fleet/budget.ts';
import type {Secrets} from './launch/secrets.ts';
import type {Signing} from './launch/signing.ts';
import {advance, keepsPlace, type Move} from './lifecycle.ts';
import type {Caches, Caller, Credentials} from './port.ts';
import type {SessionRecord} from './record.ts';
import type {RecordChange, Store} from './store.ts';

export interface Defaults {
  readonly provider: string;
  readonly agent: string;
  readonly image: string;
  readonly limits: Limits;
  /** `auto`: by the agent. */
  readonly network: Network | 'auto';
  readonly profile: Profile;
  readonly credentials: Credentials;
  readonly runtime: {readonly name: string; readonly fallback: boolean};
  readonly fleet: Budget & {readonly hibernate: 'off' | 'pause' | 'stop'; readonly idleMs: number};
  readonly mode: Mode;
  readonly caches: Caches;
  /** What commits are signed with; left out: nothing. */
  readonly gpg?: Signing;
}

/** The user's side of this machine, which agents are brought in from. */
export interface Machine {
  /** The user's own: agents get a copy of what is theirs in it. */
  readonly home: string;
  /** Where their configuration is, if not in their home. */
  readonly configHome: string | undefined;
  /** Where a program is looked for, for who asks without saying where. */
  readonly path: string | undefined;
  /** What is mounted where, as /proc/self/mountinfo tells it. */
  mounts?(): string;
}

/** What every part of the service works with. */
export interface Context {
  readonly store: Store;
  readonly registry: Registry;
  readonly paths: Paths;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly worker: Worker;
  /** For long work on files. */
  readonly threads: ThreadPool;
  /** On whose behalf this is done, for the audit log. */
  readonly caller: Caller;
  readonly log: Pick<Log, 'warn'>;
  readonly defaults: Defaults;
  /** As the configuration says now. Throws CONFIG_INVALID, unless the last good ones will do. */
  readonly agents: AgentsSource;
  /** Of what runs, and nowhere else. */
  readonly secrets: Secrets;
  readonly machine: Machine;
  /** Lets sessions with an allowlist out. */
  readonly egress: Egress;
}

export const labels = {
  session: 'trails.session',
  home: 'trails.home',
  facts: 'trails.facts',
  helper: 'trails.helper',
} as const;

/** Tells the environments of one TRAILS_HOME from those of another on the same engine. */
export const homeLabel = (paths: Paths): Readonly<Record<string, string>> => ({
  [labels.home]: createHash('sha256').update(paths.state).digest('hex').slice(0, 16),
});

export const sessionDirectory = (paths: Paths, id: string): string => path.join(paths.state, 'sessions', id);
/** What is on its way out. */
export const trashIn = (paths: Paths): string => path.join(paths.state, 'trash');
/** A session's agent writes in it, and we read. */
export const exchangeDirectory = (paths: Paths, id: string): string =>
  path.join(sessionDirectory(paths, id), 'exchange');
export const journalFile = (paths: Paths, id: string): string => path.join(sessionDirectory(paths, id), 'resizes');

export const providerOf = (context: Context, record: SessionRecord): Promise<Provider> =>
  context.registry.open(record.provider);

/** Nobody has done anything with the session between these two readings of its row. */
export const untouched = (before: SessionRecord, now: SessionRecord): boolean =>
  before.phase === now.phase &&
  before.phaseSince === now.phaseSince &&
  before.worker === now.worker &&
  before.removing === now.removing &&
  before.environment === now.environment;

/**
 * Makes one move in a session's life. A move that its phase does not know changes nothing; the row may be gone by now.
 * With `seen` it is made only while the row is still as it was seen: whoever touched it since knows better.
 */
export function move(
  context: Context,
  id: string,
  what: Move,
  change: RecordChange = {},
  seen?: SessionRecord,
): SessionRecord | undefined {
  const {store, clock, changes} = context;
  const {record, moved} = store.exclusively(() => {
    const record = store.byId(id);
    if (!record || (seen && !untouched(seen, record))) return {record, moved: false};
    const phase = advance(record.phase, what);
    if (phase === record.phase) return {record, moved: false};
    const place = keepsPlace(phase) ? {} : {queuedAt: null};
    store.update(id, {note: '', asleep: '', ...place, ...change, phase, phaseSince: clock.now()});
    return {record: store.byId(id), moved: true};
  });
  if (moved) changes.tell();
  return record;
}

export function update(context: Context, id: string, change: RecordChange): void {
  context.store.update(id, change);
  context.changes.tell();
}

/** A command line may be megabytes long. */
const longestDetail = 1000;

/** Runs an operation and writes it down with its result, also when it fails. */
export async function audited<T>(
  context: Context,
  session: {readonly id: string; readonly name: string},
  action: string,
  detail: string,
  work: () => Promise<T>,
): Promise<T> {
  const {store, clock, caller, changes, log, secrets} = context;
  const shown = (text: string) => secrets.redact(text).slice(0, longestDetail);
  const note = (result: string) => {
    try {
      store.appendAudit({
        at: clock.now(),
        session: session.id,
        name: session.name,
        action,
        detail: shown(detail),
        result: shown(result),
        pid: caller.pid,
        by: caller.command,
      });
      changes.tell();
    } catch (error) {
      // What is done is done, and what failed must not hide behind a log that cannot be written.
      log.warn('an operation is not in the audit log', {action, session: session.id, why: (error as Error).message});
    }
  };
  try {
    const result = await work();
    note('ok');
    return result;
  } catch (error) {
    note((error as Error).message);
    throw error;
  }
}

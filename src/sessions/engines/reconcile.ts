import {isAlive} from '../../lib/worker.ts';
import type {Environment, Provider} from '../../providers/provider.ts';
import {audited, type Context, homeLabel, labels, move, untouched} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {interruptSetup} from '../setup/setup-end.ts';
import {awaitsSetup} from '../setup/setup-state.ts';
import {unmake} from '../unmake.ts';
import {isLeftHelper} from '../work/helper-environment.ts';
import {adopt} from './adopt.ts';
import {enterRunning, isUp} from './observe.ts';

export type Remedy = 'leave' | 'unmake' | 'interrupted' | 'running' | 'ended' | 'lost';

/**
 * What recorded × observed means for one session. `abandoned`: whoever worked on it is dead. A creation that never came to run
 * an agent or a setup step holds nothing of value and is taken back; whatever ran once is kept.
 */
export function remedyFor(record: SessionRecord, observed: Environment | undefined, abandoned: boolean): Remedy {
  if (!abandoned) return 'leave';
  if (record.removing) return 'unmake';
  const runs = observed !== undefined && isUp(observed);
  const ran = record.phase === 'creating' && observed?.state === 'exited';
  if (awaitsSetup(record) && (runs || ran)) return 'interrupted';
  if (runs) return 'running';
  if (observed?.state === 'exited') return 'ended';
  if (observed?.state === 'lost') return 'lost';
  if (record.phase === 'failed' && !record.environment) return 'leave';
  // It was made and waited for room, and its first start never came about.
  const waited = record.queuedAt !== null && record.environment !== null;
  if (record.phase === 'creating' && !waited && record.exitCode === null && (observed || !record.environment))
    return 'unmake';
  return observed ? 'ended' : 'lost';
}

/** Takes a row over from a worker that is gone. Undefined when somebody touched it since it was read. */
function takeOver(context: Context, seen: SessionRecord, observed: Environment | undefined): SessionRecord | undefined {
  const {store} = context;
  const environment = observed?.id ?? seen.environment;
  return store.exclusively(() => {
    const now = store.byId(seen.id);
    if (!now || !untouched(seen, now)) return undefined;
    if (now.worker === null && now.environment === environment) return now;
    store.update(now.id, {worker: null, environment});
    return store.byId(now.id);
  });
}

function apply(context: Context, seen: SessionRecord, observed: Environment | undefined, remedy: Remedy): void {
  const record = takeOver(context, seen, observed);
  if (!record) return;
  if (remedy === 'lost')
    move(
      context,
      record.id,
      'vanished',
      {note: observed?.reason ?? 'its container was removed outside Trails'},
      record,
    );
  if (remedy === 'ended') move(context, record.id, 'exited', {exitCode: observed?.exitCode ?? record.exitCode}, record);
  if (remedy === 'running' && observed) enterRunning(context, record, observed);
}

/** Brings the rows of one provider in line with what its engine has. Safe to run at any time. */
export async function reconcile(context: Context, provider: Provider, signal?: AbortSignal): Promise<void> {
  const {store, paths} = context;
  // Rows are read before the listing: one that is still the same after it was touched by nobody meanwhile.
  const records = store.all().filter(record => record.provider === provider.name);
  const environments = await provider.listEnvironments(homeLabel(paths), signal);
  const bySession = new Map(environments.map(environment => [environment.labels[labels.session], environment]));
  for (const record of records) {
    const observed = bySession.get(record.id);
    const abandoned = record.worker === null || !isAlive(record.worker);
    const remedy = remedyFor(record, observed, abandoned);
    if (remedy === 'leave') continue;
    if (remedy === 'interrupted') {
      const taken = takeOver(context, record, observed);
      if (taken) await interruptSetup(context, provider, taken);
    } else if (remedy !== 'unmake') apply(context, record, observed, remedy);
    else if (takeOver(context, record, observed)) {
      const action = record.removing ? 'destroy' : 'create';
      await audited(context, record, action, 'interrupted; taken back at the next start', () =>
        unmake(context, provider, record.id, {keep: record.removing}),
      );
    }
  }
  // A row is always written before its environment is made. Those just taken back are still in the listing.
  const known = new Set([...records, ...store.all()].map(record => record.id));
  for (const environment of environments) {
    if (isLeftHelper(environment)) await provider.destroyEnvironment(environment.id);
    else if (!known.has(environment.labels[labels.session] ?? '')) await adopt(context, provider, environment);
  }
}

import {isAlive} from '../lib/worker.ts';
import type {Environment, Provider} from '../providers/provider.ts';
import {audited, type Context, homeLabel, labels, move, update} from './context.ts';
import {unmake} from './create.ts';
import type {SessionFacts, SessionRecord} from './record.ts';

export type Remedy = 'leave' | 'unmake' | 'running' | 'ended' | 'lost';

/**
 * What recorded × observed means for one session. `abandoned`: whoever worked on it is dead. A creation that never came to run
 * an agent holds nothing of value and is taken back; whatever ran once is kept.
 */
export function remedyFor(record: SessionRecord, observed: Environment | undefined, abandoned: boolean): Remedy {
  if (!abandoned) return 'leave';
  if (record.removing) return 'unmake';
  if (observed?.state === 'running' || observed?.state === 'paused') return 'running';
  if (observed?.state === 'exited') return 'ended';
  if (record.phase === 'failed' && !record.environment) return 'leave';
  if (record.phase === 'creating' && record.exitCode === null && (observed || !record.environment)) return 'unmake';
  return observed ? 'ended' : 'lost';
}

/** Enters an environment whose row was lost, from what its labels say. */
function adopt(context: Context, environment: Environment): void {
  const facts = JSON.parse(environment.labels[labels.facts] ?? 'null') as SessionFacts | null;
  if (!facts || facts.id !== environment.labels[labels.session]) return;
  if (context.store.byId(facts.id)) return;
  const running = environment.state === 'running';
  const {clock, store} = context;
  const taken = store.all().some(record => record.name === facts.name);
  store.insert({
    ...facts,
    name: taken ? facts.id : facts.name,
    environment: environment.id,
    phase: running ? 'running' : 'stopped',
    phaseSince: clock.now(),
    note: '',
    exitCode: environment.exitCode ?? null,
    removing: false,
    worker: null,
  });
}

/** Brings the rows of one provider in line with what its engine has. Safe to run at any time, by any number of processes. */
export async function reconcile(context: Context, provider: Provider, signal?: AbortSignal): Promise<void> {
  const {store, paths} = context;
  const environments = await provider.listEnvironments(homeLabel(paths), signal);
  const bySession = new Map(environments.map(environment => [environment.labels[labels.session], environment]));
  // Rows are read after the listing: a row is always written before its environment is made.
  const records = store.all().filter(record => record.provider === provider.name);
  for (const record of records) {
    const observed = bySession.get(record.id);
    const abandoned = record.worker === null || !isAlive(record.worker);
    const remedy = remedyFor(record, observed, abandoned);
    if (remedy === 'unmake') {
      const action = record.removing ? 'destroy' : 'create';
      await audited(context, record, action, 'interrupted; taken back at the next start', () =>
        unmake(context, provider, record.id),
      );
      continue;
    }
    if (remedy === 'leave') continue;
    if (observed && record.environment !== observed.id) update(context, record.id, {environment: observed.id});
    if (record.worker !== null) update(context, record.id, {worker: null});
    if (remedy === 'lost') move(context, record.id, 'vanished', {note: 'its container was removed outside Trails'});
    if (remedy === 'ended') move(context, record.id, 'exited', {exitCode: observed?.exitCode ?? record.exitCode});
    if (remedy === 'running') {
      const what = record.phase === 'stopping' || record.phase === 'lost' ? 'found' : 'started';
      move(context, record.id, what, {exitCode: null});
    }
  }
  // Also those just taken back: the listing still has them.
  const known = new Set([...records, ...store.all()].map(record => record.id));
  for (const environment of environments) {
    const id = environment.labels[labels.session];
    if (id && !known.has(id) && environment.state !== 'created') store.exclusively(() => adopt(context, environment));
  }
}

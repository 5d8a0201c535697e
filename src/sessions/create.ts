import {rmSync} from 'node:fs';
import {AppError} from '../errors.ts';
import {faultPoint} from '../lib/fault.ts';
import {privateDirectory} from '../lib/files.ts';
import type {EnvironmentSpec, Provider, Size} from '../providers/provider.ts';
import {appendJournal, readJournal} from '../terminal/journal.ts';
import {audited, type Context, homeLabel, journalFile, labels, move, sessionDirectory, update} from './context.ts';
import type {CreateProgress, CreateRequest} from './port.ts';
import type {SessionFacts, SessionRecord} from './record.ts';
import {checkFree, factsFor} from './request.ts';

/** What a session asks of its provider. */
export const specFor = (
  context: Context,
  facts: SessionFacts,
  env: Readonly<Record<string, string>>,
): EnvironmentSpec => ({
  name: `trails-${facts.id}`,
  hostname: facts.name,
  image: facts.image,
  labels: {...homeLabel(context.paths), [labels.session]: facts.id, [labels.facts]: JSON.stringify(facts)},
  workspace: facts.workspace.path,
  mounts: [],
  stateDir: sessionDirectory(context.paths, facts.id),
  env,
  limits: facts.limits,
  network: facts.network,
  ...(facts.runtime === null ? {} : {runtime: facts.runtime}),
});

/** Enters a session in the store, if its name and its directory are still free now. */
function claim(context: Context, facts: SessionFacts): void {
  const {store, clock, worker} = context;
  store.exclusively(() => {
    checkFree(store.all(), facts.workspace.path);
    const record: SessionRecord = {
      ...facts,
      environment: null,
      phase: 'creating',
      phaseSince: clock.now(),
      note: '',
      exitCode: null,
      removing: false,
      worker,
    };
    store.insert(record);
  });
  context.changes.tell();
  faultPoint('create.claimed');
}

/** Takes back whatever a failed or interrupted creation left: environment, directory, row. */
export async function unmake(context: Context, provider: Provider, id: string): Promise<void> {
  const record = context.store.byId(id);
  // From here on whoever finds the row finishes this, should we or the engine go away in the middle.
  if (record) update(context, id, {removing: true});
  const left = await provider.listEnvironments({...homeLabel(context.paths), [labels.session]: id});
  const known = record?.environment ? [record.environment] : [];
  for (const environment of new Set([...left.map(one => one.id), ...known]))
    await provider.destroyEnvironment(environment);
  faultPoint('remove.destroyed');
  rmSync(sessionDirectory(context.paths, id), {recursive: true, force: true});
  faultPoint('remove.cleared');
  context.store.remove(id);
  context.changes.tell();
}

/** Starts the agent and records from where on its output is laid out for `size`. */
export async function spawn(
  context: Context,
  provider: Provider,
  record: SessionRecord,
  size: Size,
  signal?: AbortSignal,
): Promise<void> {
  const {environment} = record;
  if (!environment) throw new AppError('PHASE_FORBIDS', `${record.name} has no environment`);
  const journal = journalFile(context.paths, record.id);
  const first = readJournal(journal).length === 0;
  // The first run's output begins at 0: writing it down before the start leaves no moment in which its size is unknown.
  if (first) appendJournal(journal, {at: 0, ...size, spawn: true});
  const at = await provider.spawnAgent(environment, {argv: record.command}, size, signal);
  if (!first) appendJournal(journal, {at, ...size, spawn: true});
}

/** Makes and starts a session. When it fails or is cancelled nothing is left over. */
export async function createSession(
  context: Context,
  request: CreateRequest,
  onProgress: (progress: CreateProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const total = 4;
  const report = (index: number, step: string) => onProgress({step, index, total});
  report(1, 'checking the request');
  const asked = request.provider ?? context.defaults.provider;
  const provider = await (asked === 'auto' ? context.registry.auto(signal) : context.registry.open(asked));
  const facts = await factsFor(context, request, provider);
  signal.throwIfAborted();

  await audited(
    context,
    facts,
    'create',
    `${facts.agent} in ${facts.workspace.path} (${facts.workspace.mode}), ${facts.provider}, ${facts.image}`,
    async () => {
      claim(context, facts);
      try {
        const directory = privateDirectory(sessionDirectory(context.paths, facts.id));
        faultPoint('create.directory');
        report(2, 'making its directory');
        const spec = {...specFor(context, facts, request.env), stateDir: directory};
        const environment = await provider.createEnvironment(spec, ({step}) => report(3, step), signal);
        faultPoint('create.environment');
        update(context, facts.id, {environment});
        faultPoint('create.recorded');
        signal.throwIfAborted();
        const record = context.store.byId(facts.id);
        if (!record || record.removing)
          throw new AppError('CANCELLED', `${facts.name} was removed while it was being created`);
        report(4, 'starting the agent');
        await spawn(context, provider, record, request.size, signal);
        faultPoint('create.spawned');
        move(context, facts.id, 'created', {worker: null});
      } catch (error) {
        await unmake(context, provider, facts.id);
        if (signal.aborted) throw new AppError('CANCELLED', `Creating ${facts.name} was cancelled`, {cause: error});
        throw error;
      }
    },
  );
  return facts.id;
}

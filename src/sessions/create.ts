import {AppError} from '../errors.ts';
import {allOrNone} from '../lib/all-or-none.ts';
import {faultPoint} from '../lib/fault.ts';
import type {EnvironmentId, EnvironmentSpec, Provider} from '../providers/provider.ts';
import {audited, type Context, homeLabel, labels, move, sessionDirectory, update} from './context.ts';
import {observe} from './engines/observe.ts';
import {withinBound} from './fleet/bounds.ts';
import {mayStart, queuedNow} from './fleet/budget.ts';
import {busyText} from './fleet/queue.ts';
import {noteUnenforced} from './fleet/unenforced.ts';
import {checkHomeFree} from './kept/homes.ts';
import {withKept} from './kept/mounts.ts';
import {keptHomePlace} from './kept/places.ts';
import {brokeringOf} from './launch/brokering.ts';
import {prepareLaunch} from './launch/prepare.ts';
import {withoutMisfits} from './launch/provider-fit.ts';
import {withUsableRuntime} from './launch/runtime.ts';
import {givenTo} from './launch/variables.ts';
import {makeOutlet, outletOf} from './network/outlet.ts';
import type {CreateProgress, CreateRequest, ProjectView} from './port.ts';
import {howUsed, type ResolvedRequest, resolveRequest} from './project/resolve.ts';
import {withFirstPrompt} from './prompts/first-prompt.ts';
import {enterPrompt} from './prompts/new-prompt.ts';
import {promptText} from './prompts/prompt-text.ts';
import type {SessionFacts, SessionRecord} from './record.ts';
import {checkFree, factsFor} from './request.ts';
import {checkRoom} from './room.ts';
import {runSetup} from './setup/setup.ts';
import {keepsWhatRan} from './setup/setup-end.ts';
import {spawn} from './spawn.ts';
import {unmake} from './unmake.ts';
import {giveAway} from './work/give-away.ts';
import {makeWorkspace, writeDownBase} from './work/workspace.ts';

/** What a session asks of its provider. */
export const specFor = (
  context: Context,
  facts: SessionFacts,
  {env, mounts}: Pick<EnvironmentSpec, 'env' | 'mounts'>,
): EnvironmentSpec => ({
  name: `trails-${facts.id}`,
  hostname: facts.name,
  image: facts.image,
  labels: {...homeLabel(context.paths), [labels.session]: facts.id, [labels.facts]: JSON.stringify(facts)},
  workspace: facts.workspace.path,
  mounts,
  stateDir: sessionDirectory(context.paths, facts.id),
  env,
  limits: facts.limits,
  network: facts.network,
  ...outletOf(context, facts),
  sandbox: facts.sandbox,
  ...(facts.runtime === null ? {} : {runtime: facts.runtime}),
  ...homeOf(context, facts),
});

const homeOf = ({paths}: Context, facts: SessionFacts): Pick<EnvironmentSpec, 'home'> => {
  const home = keptHomePlace(paths, facts);
  return home === undefined ? {} : {home};
};

/** For the audit log: above all, each way in which it is held less than it could be. */
const whatIsMade = ({agent, workspace, provider, image, sandbox, network}: SessionFacts): string => {
  const loosened = sandbox.loosened.length === 0 ? '' : `, loosened: ${sandbox.loosened.join(' ')}`;
  const held = `${sandbox.profile}${loosened}, network ${network}`;
  return `${agent} in ${workspace.path} (${workspace.mode}), ${provider}, ${image}, ${held}`;
};

/** Enters a session in the store, if its name and its directory are still free now. */
function claim(context: Context, facts: SessionFacts): void {
  const {store, clock, worker, defaults} = context;
  store.exclusively(() => {
    checkFree(store.all(), facts.workspace.source);
    checkHomeFree(store.all(), facts);
    const claim: SessionRecord = {
      ...facts,
      environment: null,
      phase: 'creating',
      phaseSince: clock.now(),
      note: '',
      exitCode: null,
      setupDone: 0,
      run: 'again',
      conversation: '',
      attention: '',
      missing: [],
      ...{queuedAt: null, asleep: '', unenforced: []},
      removing: false,
      worker,
    };
    const now = mayStart(store.all(), claim, defaults.fleet);
    store.insert({...claim, queuedAt: now ? null : queuedNow(store.all(), clock.now())});
  });
  context.changes.tell();
  faultPoint('create.claimed');
}

/** What of a project file is in it, for the audit log. */
function projectWords(project: ProjectView | null): string {
  if (!project) return '';
  const what = project.applied.length === 0 ? 'nothing of it' : project.applied.join('; ');
  return `, ${project.file} (${project.trust}): ${what}`;
}

/** Takes a failed creation back. False when the engine or the disk did not let us: reconcile goes on with it later. */
async function takeBack(context: Context, provider: Provider, id: string): Promise<boolean> {
  try {
    await unmake(context, provider, id, {keep: false});
    return true;
  } catch (error) {
    update(context, id, {worker: null, note: (error as Error).message});
    return false;
  }
}

async function makeEnvironment(
  context: Context,
  provider: Provider,
  facts: SessionFacts,
  seen: Pick<EnvironmentSpec, 'env' | 'mounts'>,
  onStep: (step: string) => void,
  signal: AbortSignal,
): Promise<SessionRecord & {readonly environment: EnvironmentId}> {
  makeOutlet(context, facts);
  const environment = await provider.createEnvironment(specFor(context, facts, seen), ({step}) => onStep(step), signal);
  faultPoint('create.environment');
  // Half made it must not look like one that waits for its turn: that has it in its row.
  if (context.store.byId(facts.id)?.queuedAt === null) update(context, facts.id, {environment});
  faultPoint('create.recorded');
  signal.throwIfAborted();
  const record = context.store.byId(facts.id);
  if (!record || record.removing)
    throw new AppError('CANCELLED', `${facts.name} was removed while it was being created`);
  return {...record, environment};
}

/** What was made starts now, or waits for room: false. It is whole from here on, and waits also for the next daemon. */
async function takesRoom(context: Context, {id, environment}: SessionRecord): Promise<boolean> {
  const {store, clock, defaults, changes} = context;
  const now = store.byId(id);
  if (!now || now.removing || now.queuedAt === null) return true;
  if (mayStart(store.all(), now, defaults.fleet)) {
    update(context, id, {environment, queuedAt: null});
    return true;
  }
  await audited(context, now, 'queue', busyText(store.all(), defaults.fleet), async () => {
    store.update(id, {environment, phase: 'stopped', phaseSince: clock.now(), note: '', worker: null});
    changes.tell();
  });
  faultPoint('create.queued');
  return false;
}

async function make(
  {request, context: configured, project}: ResolvedRequest,
  onProgress: (progress: CreateProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const total = 4 + (request.setup?.length ?? 0);
  const report = (index: number, step: string, fraction?: number) =>
    onProgress({step, index, total, ...(fraction === undefined ? {} : {fraction})});
  report(1, 'checking the request');
  checkRoom(configured.paths.state);
  const asked = request.provider ?? configured.defaults.provider;
  const {registry} = configured;
  const provider = await (asked === 'auto' ? registry.auto(signal) : registry.open(asked));
  const {context, leftOut} = withoutMisfits(configured, provider);
  for (const words of leftOut) report(1, words);
  const {facts: wished, launch} = await factsFor(context, request, provider, howUsed(project));
  const given = givenTo(launch.agent, request);
  const facts = await withUsableRuntime(context, provider, wished, step => report(1, step));
  signal.throwIfAborted();
  const orTakenBack = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      if (!signal.aborted && (await keepsWhatRan(context, provider, facts.id, cause))) throw cause;
      const clean = await takeBack(context, provider, facts.id);
      if (!signal.aborted) throw cause;
      const hint = clean ? {} : {hint: 'What is left of it is removed as soon as the engine answers.'};
      throw new AppError('CANCELLED', `Creating ${facts.name} was cancelled`, {cause, ...hint});
    }
  };

  const where = `${whatIsMade(facts)}${projectWords(project)}`;
  const record = await audited(context, facts, 'create', where, async () => {
    claim(context, facts);
    context.secrets.give(facts.id, given);
    return orTakenBack(async () => {
      if (request.prompt !== undefined) enterPrompt(context, facts.id, promptText(request.prompt));
      report(2, 'making its directory');
      const onStep = (step: string, fraction?: number) => report(2, step, fraction);
      await withinBound(context, facts, () => makeWorkspace(context, {facts, request, onStep, signal}));
      await giveAway(provider, facts, signal);
      faultPoint('create.workspace');
      signal.throwIfAborted();
      const {given: handed} = brokeringOf(context.paths, launch.agent, facts, given);
      const mounts = await withinBound(context, facts, () =>
        prepareLaunch(context, provider, {...{facts, launch, onStep, signal}, given: handed}),
      );
      faultPoint('create.home');
      signal.throwIfAborted();
      // Toolpacks are mounted, however big.
      const seen =
        provider.supports.machine === 'mounted'
          ? withKept(context, facts, {env: launch.env, mounts})
          : {env: launch.env, mounts};
      const onEngineStep = (step: string) => report(3, step);
      const [made] = await allOrNone(
        [
          until => makeEnvironment(context, provider, facts, seen, onEngineStep, until),
          until => writeDownBase(context, facts, until),
        ],
        signal,
      );
      return made;
    });
  });
  if (!(await takesRoom(context, record))) {
    report(total, 'waiting for room to start');
    return facts.id;
  }
  const ready = await orTakenBack(() =>
    runSetup(context, provider, record.id, {
      ...{size: request.size, signal},
      onStep: (step, {setupDone}) => report(4 + setupDone, step),
    }),
  );
  await audited(context, facts, 'spawn', facts.command.join(' '), () =>
    orTakenBack(async () => {
      report(total, 'starting the agent');
      await withFirstPrompt(context, ready, first => spawn(context, provider, first, request.size, signal));
      faultPoint('create.spawned');
      signal.throwIfAborted();
      move(context, facts.id, 'created', {worker: null});
    }),
  );
  // One that ends at once did so while its row was ours, when nobody else may move it. Should the engine be gone, reconcile tells.
  await observe(context, provider, facts.id).catch(() => {});
  await noteUnenforced(context, provider, facts.id);
  return facts.id;
}

/** Makes a session and starts it, or leaves it waiting for room. When it fails or is cancelled nothing is left over, unless a setup step ran before it failed. */
export async function createSession(
  context: Context,
  request: CreateRequest,
  onProgress: (progress: CreateProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await make(await resolveRequest(context, request), onProgress, signal);
  } catch (error) {
    if (!signal.aborted || error instanceof AppError) throw error;
    throw new AppError('CANCELLED', 'Creating the session was cancelled', {cause: error});
  }
}

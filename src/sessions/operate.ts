import {AppError} from '../errors.ts';
import {faultPoint} from '../lib/fault.ts';
import {createTurns} from '../lib/turns.ts';
import type {Provider} from '../providers/provider.ts';
import {audited, type Context, move, providerOf, update} from './context.ts';
import {observe} from './engines/observe.ts';
import {enqueue, hasRoom, leaveQueue} from './fleet/queue.ts';
import {noteUnenforced} from './fleet/unenforced.ts';
import {checkHomeFree} from './kept/homes.ts';
import {commandOf} from './launch/launch.ts';
import {advance, allows, type Move} from './lifecycle.ts';
import type {Size, StartOptions, StartWay} from './port.ts';
import {withFirstPrompt} from './prompts/first-prompt.ts';
import type {SessionRecord} from './record.ts';
import {checkEnv, checkFree} from './request.ts';
import {checkRoom} from './room.ts';
import {resumeSetup} from './setup/setup.ts';
import {stopStep} from './setup/setup-end.ts';
import {inSetupStep} from './setup/setup-state.ts';
import {spawn} from './spawn.ts';
import type {RecordChange} from './store.ts';
import {endKeeping, forget} from './unmake.ts';
import {checkpointWords} from './work/freshness.ts';

/** How long an agent has to leave after TERM before it is killed. */
const graceMs = 5000;

const doing = (record: SessionRecord): string => (record.removing ? 'being torn down' : record.phase);

/** Makes the first move of an operation, unless the phase forbids it by now; from here on the session is ours. */
function begin(
  context: Context,
  id: string,
  what: Move,
  asked: string,
  check: (record: SessionRecord) => void = () => {},
): SessionRecord {
  const {store, clock, changes, worker} = context;
  const begun = store.exclusively(() => {
    const record = store.byId(id);
    if (!record) throw new AppError('SESSION_UNKNOWN', 'That session was removed meanwhile');
    if (record.removing || !allows(record.phase, what))
      throw new AppError('PHASE_FORBIDS', `${record.name} cannot be ${asked}: it is ${doing(record)}`);
    check(record);
    const change = {phase: advance(record.phase, what), phaseSince: clock.now(), note: '', asleep: '' as const, worker};
    store.update(id, change);
    return {...record, ...change};
  });
  changes.tell();
  return begun;
}

/** Runs the second half of an operation; if the engine fails it, the phase goes back to what it was. */
async function finish(context: Context, id: string, undo: Move, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    move(context, id, undo, {worker: null});
    throw error;
  }
}

export interface StopOptions {
  /** What the audit log calls it. */
  readonly action?: string;
  /** What is to be known of it besides its end. */
  readonly leaves?: RecordChange;
}

export async function stopSession(
  context: Context,
  asked: SessionRecord,
  {action = 'stop', leaves = {}}: StopOptions = {},
): Promise<void> {
  const {id} = asked;
  if (asked.phase === 'stopped') {
    if (asked.queuedAt !== null) await leaveQueue(context, asked);
    if (asked.asleep !== '') update(context, id, {asleep: ''});
    return;
  }
  const provider = await providerOf(context, asked);
  if (inSetupStep(asked)) return stopStep(context, provider, asked, graceMs);
  await audited(context, asked, action, '', async () => {
    const {environment} = begin(context, id, 'stopAsked', 'stopped');
    faultPoint('stop.asked');
    await finish(context, id, 'found', async () => {
      if (environment) await provider.stopEnvironment(environment, graceMs);
      faultPoint('stop.done');
      const after = environment ? await provider.getEnvironment(environment) : undefined;
      if (after) move(context, id, 'exited', {worker: null, exitCode: after.exitCode ?? null, ...leaves});
      else move(context, id, 'vanished', {worker: null, note: 'its container is gone'});
    });
  });
}

/** Takes in the variables that a start brings along, which are checked by now. The names of those that are nowhere. */
function takeVariables(
  {secrets}: Context,
  record: SessionRecord,
  {env = {}, here = {}}: StartOptions,
): readonly string[] {
  const known = record.variables
    .filter(name => here[name] !== undefined)
    .map(name => [name, here[name] ?? ''] as const);
  secrets.give(record.id, {...Object.fromEntries(known), ...env});
  const values = secrets.of(record.id);
  return record.variables.filter(name => values[name] === undefined);
}

/** The first start of one that waited for room since it was made. */
const isFirst = ({queuedAt, exitCode}: SessionRecord, how: StartWay): boolean =>
  queuedAt !== null && exitCode === null && how === 'again';

/** One that was put to sleep goes on where it was, if its agent can. */
async function usualWay(context: Context, {agent, asleep, run}: SessionRecord): Promise<StartWay> {
  if (asleep !== 'stopped' || run === 'shell') return 'again';
  return (await context.agents()).orShell(agent).resume ? 'resume' : 'again';
}

/** From what a lost one begins again, in words. Throws PHASE_FORBIDS where all of it is gone. */
async function revivalOf(provider: Provider, {name, environment}: SessionRecord): Promise<string> {
  const found = environment === null ? undefined : await provider.getEnvironment(environment);
  if (!found || !provider.supports.checkpoints)
    throw new AppError('PHASE_FORBIDS', `${name} cannot be started: it is lost`);
  return checkpointWords(provider, found.id);
}

/**
 * Begins with the setup steps that are left; where there is no room it waits for that instead. `itsTurn`: it has waited. `signal`
 * interrupts the steps; the session is then failed, and can be started again.
 */
export async function startSession(
  context: Context,
  asked: SessionRecord,
  size: Size,
  signal: AbortSignal,
  options: StartOptions = {},
  {itsTurn = false}: {readonly itsTurn?: boolean} = {},
): Promise<void> {
  const {id} = asked;
  const {here, env} = options;
  const how = options.how ?? (await usualWay(context, asked));
  checkRoom(context.paths.state);
  checkEnv({...here, ...env});
  const command = await commandOf(context, asked, {how});
  const provider = await providerOf(context, asked);
  const revived = asked.phase === 'lost' ? await revivalOf(provider, asked) : undefined;
  if (!itsTurn && !hasRoom(context, id)) {
    if (revived !== undefined)
      throw new AppError('PHASE_FORBIDS', `${asked.name} is lost, and there is no room to start it now`, {
        hint: 'Stop another session first: what is lost cannot wait in the queue.',
      });
    await enqueue(context, asked, how);
    update(context, id, {missing: takeVariables(context, asked, options)});
    return;
  }
  await audited(context, asked, 'spawn', command.join(' '), async () => {
    const asks = revived === undefined ? 'startAsked' : 'revivalAsked';
    const starting = begin(context, id, asks, 'started', record => {
      checkFree(context.store.all(), record.workspace.path, id);
      checkHomeFree(context.store.all(), record, id);
    });
    update(context, id, {run: how, attention: '', missing: takeVariables(context, starting, options)});
    faultPoint('start.asked');
    await resumeSetup(context, provider, starting, {size, signal});
    await finish(context, id, 'exited', async () => {
      const start = (record: SessionRecord) => spawn(context, provider, record, size);
      if (isFirst(starting, how)) await withFirstPrompt(context, starting, start);
      else await start({...starting, command});
      faultPoint('start.spawned');
      const note = revived === undefined ? {} : {note: `from ${revived}`};
      move(context, id, 'started', {worker: null, exitCode: null, ...note});
    });
  });
  // One that ends at once did so while its row was ours. Should the engine be gone, reconcile tells.
  await observe(context, provider, id).catch(() => {});
  await noteUnenforced(context, provider, id);
}

/** Ends a run and begins another one; one that could not begin is not ended for it. */
export async function restartSession(
  context: Context,
  asked: SessionRecord,
  size: Size,
  signal: AbortSignal,
  options: StartOptions = {},
): Promise<void> {
  checkRoom(context.paths.state);
  // What cannot begin is known before anything ends.
  checkEnv({...options.here, ...options.env});
  await commandOf(context, asked, {how: options.how ?? 'again'});
  const {id} = asked;
  // First in the queue, and ours: nobody else takes its room between its two runs.
  const leaves = {queuedAt: 0, worker: context.worker};
  if (asked.phase === 'running') await stopSession(context, asked, {leaves});
  try {
    await startSession(context, context.store.byId(id) ?? asked, size, signal, options);
  } catch (error) {
    const now = context.store.byId(id);
    if (now?.phase === 'stopped' && now.queuedAt === leaves.queuedAt)
      update(context, id, {queuedAt: null, worker: null});
    throw error;
  }
}

/** By session: the second one would look for work in what the first one is removing. */
const removals = createTurns();

/** Ends a session and everything of its own; its workspace stays unless it was a copy of ours. */
export async function removeSession(context: Context, record: SessionRecord, force: boolean): Promise<void> {
  const {id, name, phase, removing} = record;
  const busy = phase === 'running' || phase === 'creating' || phase === 'stopping';
  if (busy && !removing && !force) {
    throw new AppError('PHASE_FORBIDS', `${name} is ${phase}`, {
      hint: 'Stop it first, or use `trails rm --force`.',
    });
  }
  await removals.run(id, () => removeNow(context, record));
}

async function removeNow(context: Context, {id}: SessionRecord): Promise<void> {
  const record = context.store.byId(id);
  // Somebody else has removed it while this one waited.
  if (!record) return;
  const {removing} = record;
  const provider = await providerOf(context, record);
  await audited(context, record, 'destroy', '', async () => {
    update(context, id, {removing: true, worker: context.worker});
    faultPoint('remove.asked');
    try {
      await endKeeping(context, provider, id);
    } catch (error) {
      // It was told that this failed: it must not be torn down behind the asker's back when the engine answers again.
      update(context, id, {removing, worker: null});
      await observe(context, provider, id).catch(() => {});
      throw error;
    }
    try {
      await forget(context, id);
    } catch (error) {
      update(context, id, {worker: null});
      throw error;
    }
  });
}

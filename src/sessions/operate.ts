import {AppError} from '../errors.ts';
import {faultPoint} from '../lib/fault.ts';
import {createTurns} from '../lib/turns.ts';
import {audited, type Context, move, providerOf, update} from './context.ts';
import {observe} from './engines/observe.ts';
import {commandOf} from './launch/launch.ts';
import {advance, allows, type Move} from './lifecycle.ts';
import type {Size, StartOptions} from './port.ts';
import type {SessionRecord} from './record.ts';
import {checkEnv, checkFree} from './request.ts';
import {checkRoom} from './room.ts';
import {resumeSetup} from './setup/setup.ts';
import {stopStep} from './setup/setup-end.ts';
import {inSetupStep} from './setup/setup-state.ts';
import {spawn} from './spawn.ts';
import {endKeeping, forget} from './unmake.ts';

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
    const change = {phase: advance(record.phase, what), phaseSince: clock.now(), note: '', worker};
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

export async function stopSession(context: Context, asked: SessionRecord): Promise<void> {
  const {id} = asked;
  if (asked.phase === 'stopped') return;
  const provider = await providerOf(context, asked);
  if (inSetupStep(asked)) return stopStep(context, provider, asked, graceMs);
  await audited(context, asked, 'stop', '', async () => {
    const {environment} = begin(context, id, 'stopAsked', 'stopped');
    faultPoint('stop.asked');
    await finish(context, id, 'found', async () => {
      if (environment) await provider.stopEnvironment(environment, graceMs);
      faultPoint('stop.done');
      const after = environment ? await provider.getEnvironment(environment) : undefined;
      if (after) move(context, id, 'exited', {worker: null, exitCode: after.exitCode ?? null});
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

/** Begins with the setup steps that are left. `signal` interrupts those; the session is then failed, and can be started again. */
export async function startSession(
  context: Context,
  asked: SessionRecord,
  size: Size,
  signal: AbortSignal,
  options: StartOptions = {},
): Promise<void> {
  const {id} = asked;
  const {how = 'again', here, env} = options;
  checkRoom(context.paths.state);
  checkEnv({...here, ...env});
  const command = await commandOf(context, asked, {how});
  const provider = await providerOf(context, asked);
  await audited(context, asked, 'spawn', command.join(' '), async () => {
    const starting = begin(context, id, 'startAsked', 'started', record =>
      checkFree(context.store.all(), record.workspace.path, id),
    );
    update(context, id, {run: how, attention: '', missing: takeVariables(context, starting, options)});
    faultPoint('start.asked');
    await resumeSetup(context, provider, starting, {size, signal});
    await finish(context, id, 'exited', async () => {
      await spawn(context, provider, {...starting, command}, size);
      faultPoint('start.spawned');
      move(context, id, 'started', {worker: null, exitCode: null});
    });
  });
  // One that ends at once did so while its row was ours. Should the engine be gone, reconcile tells.
  await observe(context, provider, id).catch(() => {});
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
  if (asked.phase === 'running') await stopSession(context, asked);
  await startSession(context, context.store.byId(asked.id) ?? asked, size, signal, options);
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

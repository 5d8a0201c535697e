import {AppError} from '../../errors.ts';
import {elapsed} from '../../lib/clock.ts';
import {faultPoint} from '../../lib/fault.ts';
import {orAborted} from '../../lib/or-aborted.ts';
import type {Environment, EnvironmentId, Provider, Size} from '../../providers/provider.ts';
import {audited, type Context, update} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {spawn} from '../spawn.ts';
import {leaveFailed, stepGraceMs} from './setup-end.ts';
import {failedText, interruptedText, nextCommand, progressText, setupLeft} from './setup-state.ts';

/** How long after its terminal broke a step that still runs is listened to again. */
const againMs = 250;

export interface SetupOptions {
  readonly size: Size;
  /** Ends the waiting; what becomes of the step is the caller's. */
  readonly signal: AbortSignal;
  readonly onStep?: (text: string, record: SessionRecord) => void;
}

/** The environment once its run has ended; undefined when it is gone. */
async function endOf(
  {clock}: Context,
  provider: Provider,
  environment: EnvironmentId,
  from: number,
  signal: AbortSignal,
): Promise<Environment | undefined> {
  for (;;) {
    const stream = await provider.openTerminal(environment, {size: {columns: 80, rows: 24}, from, cuts: []});
    try {
      // A terminal tells of its end only to who reads it.
      stream.onData(() => {});
      await orAborted(stream.closed, signal);
    } finally {
      stream.close();
    }
    // It may have been the connection that ended: what holds is what the engine says now.
    const now = await provider.getEnvironment(environment, signal);
    if (now?.state !== 'running' && now?.state !== 'paused') return now;
    await elapsed(clock, againMs, signal);
    signal.throwIfAborted();
  }
}

/** Throws CANCELLED when somebody removes it. */
function stillThere({store}: Context, id: string): SessionRecord {
  const record = store.byId(id);
  if (record && !record.removing) return record;
  throw new AppError('CANCELLED', `${record?.name ?? 'The session'} was removed while it was being set up`);
}

const goesOn = (name: string) => `\`trails start ${name}\` goes on with that step`;

async function runStep(
  context: Context,
  provider: Provider,
  record: SessionRecord & {readonly environment: EnvironmentId},
  command: string,
  {size, signal}: SetupOptions,
): Promise<void> {
  const {id, name, environment} = record;
  const at = await spawn(context, provider, {...record, command: ['/bin/sh', '-c', command]}, size, signal);
  faultPoint('setup.spawned');
  update(context, id, {note: progressText(record)});
  const end = await endOf(context, provider, environment, at, signal);
  faultPoint('setup.ended');
  if (!end) {
    stillThere(context, id);
    throw new AppError('ENGINE_REFUSED', 'its container was removed outside Trails');
  }
  if (end.exitCode !== 0) {
    const exitCode = end.exitCode ?? null;
    update(context, id, {exitCode});
    throw new AppError('SETUP_FAILED', `${name}: ${failedText(record, exitCode)}`, {
      hint: `See \`trails logs ${name}\`; ${goesOn(name)}.`,
    });
  }
  update(context, id, {setupDone: record.setupDone + 1, note: ''});
  faultPoint('setup.done');
}

/** An engine's error says nothing of the session or the step. */
function inStep(record: SessionRecord, cause: unknown): unknown {
  if (!(cause instanceof AppError) || ['SETUP_FAILED', 'CANCELLED'].includes(cause.code)) return cause;
  const {code, message, hint} = cause;
  return new AppError(code, `${record.name} was ${interruptedText(record)}: ${message}`, {
    hint: `${hint} Then ${goesOn(record.name)}.`,
    cause,
  });
}

/**
 * Runs the steps that are left, each as a run of the environment. Throws SETUP_FAILED for one that fails, the signal's reason, and
 * what the engine throws.
 */
export async function runSetup(
  context: Context,
  provider: Provider,
  id: string,
  options: SetupOptions,
): Promise<SessionRecord> {
  for (;;) {
    options.signal.throwIfAborted();
    const record = stillThere(context, id);
    const {environment} = record;
    const command = nextCommand(record);
    if (command === undefined) return record;
    if (!environment) throw new AppError('PHASE_FORBIDS', `${record.name} has no environment`);
    options.onStep?.(progressText(record), record);
    await audited(context, record, 'setup', command, async () => {
      try {
        await runStep(context, provider, {...record, environment}, command, options);
      } catch (error) {
        throw options.signal.aborted ? error : inStep(record, error);
      }
    });
  }
}

/** Goes on with the steps that failed or were interrupted. When that fails the session is left as before, failed. */
export async function resumeSetup(
  context: Context,
  provider: Provider,
  record: SessionRecord,
  options: SetupOptions,
): Promise<void> {
  if (!setupLeft(record)) return;
  const {id, name, environment} = record;
  update(context, id, {exitCode: null});
  try {
    // The engine may have been away when this step was given up: two of it at once is not what was asked for.
    if (environment) await provider.stopEnvironment(environment, stepGraceMs);
    await runSetup(context, provider, id, options);
  } catch (error) {
    await leaveFailed(context, provider, id, error);
    if (!options.signal.aborted) throw error;
    throw new AppError('CANCELLED', `The setup of ${name} was interrupted`, {
      hint: `${goesOn(name)}.`,
      cause: error,
    });
  }
}

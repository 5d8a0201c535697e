import {AppError} from '../errors.ts';
import {faultPoint} from '../lib/fault.ts';
import {audited, type Context, move, providerOf, update} from './context.ts';
import {spawn, unmake} from './create.ts';
import {allows, type Move} from './lifecycle.ts';
import type {Phase, Size} from './port.ts';
import type {SessionRecord} from './record.ts';
import {checkFree} from './request.ts';

/** How long an agent has to leave after TERM before it is killed. */
const graceMs = 5000;

function forbid(record: SessionRecord, asked: string): never {
  throw new AppError('PHASE_FORBIDS', `${record.name} cannot be ${asked}: it is ${record.phase}`);
}

function begin(context: Context, record: SessionRecord, what: Move, asked: string): SessionRecord {
  if (!allows(record.phase, what)) forbid(record, asked);
  const moved = move(context, record.id, what, {worker: context.worker});
  if (!moved) throw new AppError('SESSION_UNKNOWN', `${record.name} was removed meanwhile`);
  return moved;
}

const back: Partial<Record<Phase, Move>> = {stopping: 'found', creating: 'exited'};

/** Runs the second half of an operation; if the engine fails it, the phase goes back to what it was. */
async function finish(context: Context, record: SessionRecord, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const undo = back[record.phase];
    if (undo) move(context, record.id, undo, {worker: null, note: (error as Error).message});
    throw error;
  }
}

export async function stopSession(context: Context, record: SessionRecord): Promise<void> {
  if (record.phase === 'stopped') return;
  const provider = await providerOf(context, record);
  await audited(context, record, 'stop', '', async () => {
    const stopping = begin(context, record, 'stopAsked', 'stopped');
    faultPoint('stop.asked');
    await finish(context, stopping, async () => {
      if (record.environment) await provider.stopEnvironment(record.environment, graceMs);
      faultPoint('stop.done');
      const after = record.environment ? await provider.getEnvironment(record.environment) : undefined;
      if (after) move(context, record.id, 'exited', {worker: null, exitCode: after.exitCode ?? null});
      else move(context, record.id, 'vanished', {worker: null, note: 'its container is gone'});
    });
  });
}

export async function startSession(context: Context, record: SessionRecord, size: Size): Promise<void> {
  const provider = await providerOf(context, record);
  await audited(context, record, 'spawn', record.command.join(' '), async () => {
    if (!allows(record.phase, 'startAsked')) forbid(record, 'started');
    const starting = context.store.exclusively(() => {
      checkFree(context.store.all(), record.workspace.path, record.id);
      context.store.update(record.id, {
        phase: 'creating',
        phaseSince: context.clock.now(),
        note: '',
        worker: context.worker,
      });
      return context.store.byId(record.id) as SessionRecord;
    });
    context.changes.tell();
    faultPoint('start.asked');
    await finish(context, starting, async () => {
      await spawn(context, provider, starting, size);
      faultPoint('start.spawned');
      move(context, record.id, 'started', {worker: null, exitCode: null});
    });
  });
}

/** Ends a session and everything of its own; its workspace stays unless it was a copy of ours. */
export async function removeSession(context: Context, record: SessionRecord, force: boolean): Promise<void> {
  const busy = record.phase === 'running' || record.phase === 'creating' || record.phase === 'stopping';
  if (busy && !force) {
    throw new AppError('PHASE_FORBIDS', `${record.name} is ${record.phase}`, {
      hint: 'Stop it first, or use `trails rm --force`.',
    });
  }
  const provider = await providerOf(context, record);
  await audited(context, record, 'destroy', '', async () => {
    update(context, record.id, {removing: true, worker: context.worker});
    faultPoint('remove.asked');
    await unmake(context, provider, record.id);
  });
}

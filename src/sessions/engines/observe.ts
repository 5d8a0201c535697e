import type {Environment, Provider} from '../../providers/provider.ts';
import {type Context, move, update} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {interruptSetup} from '../setup/setup-end.ts';
import {awaitsSetup} from '../setup/setup-state.ts';

/** Looks at what a session's environment does now and enters it. One that somebody works on is left to them. */
export async function observe(context: Context, engine: Provider, id: string, signal?: AbortSignal): Promise<void> {
  const seen = context.store.byId(id);
  if (!seen?.environment || seen.removing || seen.worker !== null) return;
  const now = await engine.getEnvironment(seen.environment, signal);
  if (!now) move(context, id, 'vanished', {note: 'its container was removed outside Trails'}, seen);
  else if (now.state === 'lost') move(context, id, 'vanished', {note: now.reason ?? 'nothing is heard of it'}, seen);
  else if (now.state === 'exited') move(context, id, 'exited', {exitCode: now.exitCode ?? null}, seen);
  // Of a step that was given up while the engine did not answer.
  else if (isUp(now) && awaitsSetup(seen)) await interruptSetup(context, engine, seen);
  else if (isUp(now)) enterRunning(context, seen, now);
}

/** It runs, or is paused. */
export const isUp = ({state}: Environment): boolean => state === 'running' || state === 'paused';

/** Enters that it runs, and whether it is paused: somebody may have done that outside Trails, or died in the middle of it. */
export function enterRunning(context: Context, record: SessionRecord, observed: Environment): void {
  const asleep = observed.state === 'paused' ? 'paused' : '';
  const what = record.phase === 'stopping' || record.phase === 'lost' ? 'found' : 'started';
  const now = move(context, record.id, what, {exitCode: null, asleep}, record);
  if (now?.phase === 'running' && now.worker === null && now.asleep !== asleep) update(context, now.id, {asleep});
}

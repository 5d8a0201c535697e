import type {Provider} from '../../providers/provider.ts';
import {type Context, move} from '../context.ts';
import {interruptSetup} from '../setup/setup-end.ts';
import {awaitsSetup} from '../setup/setup-state.ts';

/** Looks at what a session's environment does now and enters it. One that somebody works on is left to them. */
export async function observe(context: Context, engine: Provider, id: string, signal?: AbortSignal): Promise<void> {
  const seen = context.store.byId(id);
  if (!seen?.environment || seen.removing || seen.worker !== null) return;
  const now = await engine.getEnvironment(seen.environment, signal);
  if (!now) move(context, id, 'vanished', {note: 'its container was removed outside Trails'}, seen);
  else if (now.state === 'exited') move(context, id, 'exited', {exitCode: now.exitCode ?? null}, seen);
  // Of a step that was given up while the engine did not answer.
  else if (now.state === 'running' && awaitsSetup(seen)) await interruptSetup(context, engine, seen);
  else if (now.state === 'running')
    move(context, id, seen.phase === 'lost' ? 'found' : 'started', {exitCode: null}, seen);
}

import {rmSync} from 'node:fs';
import {AppError} from '../errors.ts';
import {faultPoint} from '../lib/fault.ts';
import type {Provider} from '../providers/provider.ts';
import {type Context, homeLabel, labels, sessionDirectory, update} from './context.ts';

/** Destroys what a session has at its engine, also what its row does not know of. */
export async function destroyEnvironments(context: Context, provider: Provider, id: string): Promise<void> {
  const record = context.store.byId(id);
  const left = await provider.listEnvironments({...homeLabel(context.paths), [labels.session]: id});
  const known = record?.environment ? [record.environment] : [];
  for (const environment of new Set([...left.map(one => one.id), ...known]))
    await provider.destroyEnvironment(environment);
  faultPoint('remove.destroyed');
}

/** Removes what a session has on this machine: its directory, then its row. Throws STATE_UNUSABLE. */
export function forget(context: Context, id: string): void {
  const directory = sessionDirectory(context.paths, id);
  try {
    rmSync(directory, {recursive: true, force: true});
  } catch (cause) {
    // Node has no name for some of these.
    const why = (cause as Error).message.replace(/^, Unknown error: /, '');
    throw new AppError('STATE_UNUSABLE', `Could not remove ${directory}: ${why}`, {cause});
  }
  faultPoint('remove.cleared');
  context.store.remove(id);
  context.changes.tell();
}

/** Takes back whatever a failed or interrupted creation or teardown left: environment, directory, row. */
export async function unmake(context: Context, provider: Provider, id: string): Promise<void> {
  // From here on whoever finds the row finishes this, should we or the engine go away in the middle.
  update(context, id, {removing: true});
  await destroyEnvironments(context, provider, id);
  forget(context, id);
}

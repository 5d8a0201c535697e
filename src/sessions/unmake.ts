import {existsSync} from 'node:fs';
import {AppError} from '../errors.ts';
import {faultPoint} from '../lib/fault.ts';
import type {Provider} from '../providers/provider.ts';
import {openSource} from '../workspaces/making/source.ts';
import {forgetWork} from '../workspaces/returning/merge.ts';
import {removeTree} from '../workspaces/tree/remove-tree.ts';
import {audited, type Context, homeLabel, labels, sessionDirectory, trashIn, update} from './context.ts';
import {dropDisk, endBounds} from './fleet/bounds.ts';
import type {SessionRecord} from './record.ts';
import {takeCommits} from './work/agent-commits.ts';
import {clearBehind} from './work/clear-behind.ts';
import {checkpointWords} from './work/freshness.ts';
import {mayHoldWork, openKeeping} from './work/keep.ts';

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
export async function forget(context: Context, id: string): Promise<void> {
  const directory = sessionDirectory(context.paths, id);
  await dropDisk(context, id);
  faultPoint('remove.dropped');
  const gone = removeTree(directory, trashIn(context.paths));
  // Out of its place it is nobody's: what is still there when we end goes at the next start.
  if (existsSync(directory) && !(await gone))
    throw new AppError('STATE_UNUSABLE', `Could not remove ${directory}: not all of it can be deleted`);
  faultPoint('remove.cleared');
  context.store.remove(id);
  context.secrets.forget(id);
  context.changes.tell();
  clearBehind(context, id);
  // The kernel takes its time, and nobody waits for it.
  void endBounds(context);
}

/** The last of what an agent did on a copy. What is out of reach cannot hold a removal up: what was brought last is kept, and that is told. */
async function bringLast(context: Context, provider: Provider, record: SessionRecord): Promise<void> {
  const {environment} = record;
  if (environment === null || !provider.supports.checkpoints) return;
  try {
    await provider.refresh?.(environment);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const words = `${await checkpointWords(provider, environment)} is kept: ${error.message}`;
    await audited(context, record, 'checkpoint', words, async () => {});
  }
}

/** Ends what a session has at its engine; what its agent did and nobody has applied is kept. Throws where it cannot be kept. */
export async function endKeeping(context: Context, provider: Provider, id: string): Promise<void> {
  const record = context.store.byId(id);
  const keeping = record && mayHoldWork(context, record) ? openKeeping(context, record) : undefined;
  try {
    if (record && keeping) await bringLast(context, provider, record);
    const taken = record && keeping ? await takeCommits(context, record) : undefined;
    faultPoint('remove.taken');
    await destroyEnvironments(context, provider, id);
    if (keeping && taken) await keeping.keep(taken);
  } finally {
    keeping?.close();
  }
  if (record?.workspace.mode === 'clone')
    await openSource(record.workspace.source)
      .then(source => forgetWork(source, record.name))
      // The repository is gone, or cannot be written: a name that stays there does no harm.
      .catch(() => {});
  faultPoint('remove.kept');
}

/**
 * Takes back whatever a failed or interrupted creation or teardown left: environment, directory, row. With `keep` the work in it is
 * kept first.
 */
export async function unmake(
  context: Context,
  provider: Provider,
  id: string,
  {keep}: {readonly keep: boolean},
): Promise<void> {
  // From here on whoever finds the row finishes this, should we or the engine go away in the middle.
  update(context, id, {removing: true});
  if (keep) await endKeeping(context, provider, id);
  else await destroyEnvironments(context, provider, id);
  await forget(context, id);
}

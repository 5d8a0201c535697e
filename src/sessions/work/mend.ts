import {existsSync} from 'node:fs';
import {applying, settlePending} from '../../workspaces/returning/pending.ts';
import {dropKept, expiresAt, keptWork, mendRestores} from '../../workspaces/returning/recoveries.ts';
import {emptyTrash} from '../../workspaces/tree/remove-tree.ts';
import {recoverWrites} from '../../workspaces/writing/recover-writes.ts';
import {type Context, trashIn} from '../context.ts';
import {endBounds} from '../fleet/bounds.ts';
import {goOnClearing} from './clear-behind.ts';
import {recoveriesIn} from './keep.ts';
import {placesOf} from './workspace.ts';

const dayMs = 24 * 60 * 60_000;

/** Forgets the work whose days are over, now and once a day. */
async function dropExpired(context: Context): Promise<void> {
  const {clock} = context;
  const directory = recoveriesIn(context);
  clock.after(dayMs, () => void dropExpired(context).catch(() => {}));
  await dropKept(
    directory,
    keptWork(directory).filter(work => expiresAt(work) <= clock.now()),
  );
}

/** Finishes, or takes back, what a process that was killed left in the middle: applies, restores, removals. */
export async function mendWorkspaces(context: Context): Promise<void> {
  const {store, paths, log} = context;
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      log.warn(`could not mend ${what}`, {why: (error as Error).message});
    }
  };
  await attempt('the trash', () => emptyTrash(trashIn(paths)));
  await attempt('the places of sessions that are gone', async () => goOnClearing(context));
  await attempt('the disks of sessions that are gone', () => endBounds(context));
  await attempt('the restores', () => mendRestores(recoveriesIn(context)));
  await attempt('the work that is kept', () => dropExpired(context));
  for (const {id, name, workspace} of store.all()) {
    const places = placesOf(paths, id);
    if (existsSync(places.journal)) await attempt(`an apply of ${name}`, () => recoverWrites(places.journal));
    if (existsSync(places.pending))
      await attempt(`an apply of ${name}`, async () => {
        const {source} = workspace;
        const {kept} = await applying.run(source, () => settlePending(places, source));
        if (kept.length > 0)
          log.warn('changed while an apply was interrupted: left as they are', {source, files: kept});
      });
  }
}

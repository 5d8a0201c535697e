import {existsSync, readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {privateDirectory, writeWhole} from '../../lib/files.ts';
import type {Paths} from '../../lib/paths.ts';
import {removeTree} from '../../workspaces/tree/remove-tree.ts';
import {type Context, sessionDirectory, trashIn} from '../context.ts';

/** How long after a removal its place is looked at again. */
const looksMs = [1000, 5000, 20_000] as const;

const notesIn = ({state}: Paths): string => path.join(state, 'removed');

/**
 * Clears what is written to the place of a session behind its removal: a git that worked there when its daemon was killed goes on to its end,
 * and makes its directories anew. Noted down, so that the next daemon goes on with it.
 */
export function clearBehind({clock, store, paths, log}: Context, id: string): void {
  const directory = sessionDirectory(paths, id);
  const note = path.join(privateDirectory(notesIn(paths)), id);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      log.warn('could not clear behind a removal', {session: id, why: (error as Error).message});
    }
  };
  const look = async () => {
    if (!store.byId(id) && existsSync(directory)) await removeTree(directory, trashIn(paths));
  };
  void attempt(async () => writeWhole(note, ''));
  for (const ms of looksMs) clock.after(ms, () => void attempt(look));
  clock.after(looksMs[looksMs.length - 1]!, () => void attempt(async () => rmSync(note, {force: true})));
}

/** Goes on where an earlier daemon has ended. */
export function goOnClearing(context: Context): void {
  const directory = notesIn(context.paths);
  if (!existsSync(directory)) return;
  for (const id of readdirSync(directory)) if (/^[0-9a-z]{26}$/.test(id)) clearBehind(context, id);
}

import {randomUUID} from 'node:crypto';
import {chmodSync, lstatSync, readdirSync, renameSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {run} from '../../lib/exec.ts';
import {privateDirectory} from '../../lib/files.ts';

/**
 * Removes a tree of any size and depth whose agent runs no more. It is out of its place when this returns, in `trash`, a directory of
 * ours on the same file system and for nothing else; and gone when the promise resolves: false when some of it could not be removed.
 * No link in it is followed. Nothing there: fine. Throws STATE_UNUSABLE, at once, when it cannot be moved.
 */
export function removeTree(directory: string, trash: string): Promise<boolean> {
  if (!lstatSync(directory, {throwIfNoEntry: false})) return Promise.resolve(true);
  const place = path.join(privateDirectory(trash), randomUUID());
  try {
    permit(directory);
    renameSync(directory, place);
  } catch (cause) {
    // The trash is on another file system.
    if ((cause as NodeJS.ErrnoException).code === 'EXDEV') return discard(directory);
    throw new AppError('STATE_UNUSABLE', `Could not move ${directory} to ${trash}: ${(cause as Error).message}`, {
      cause,
    });
  }
  return discard(place);
}

/** Removes what an earlier process did not come to remove. False when some of it could not be removed. */
export async function emptyTrash(trash: string): Promise<boolean> {
  if (!lstatSync(trash, {throwIfNoEntry: false})) return true;
  let all = true;
  for (const name of readdirSync(privateDirectory(trash))) all = (await discard(path.join(trash, name))) && all;
  return all;
}

/** A directory that may not be written to cannot be moved elsewhere, for its parent stands in it. */
function permit(directory: string): void {
  try {
    if (lstatSync(directory).isDirectory()) chmodSync(directory, 0o700);
  } catch (error) {
    // It is somebody else's; perhaps it can be moved all the same.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

// Node's own removal fails on paths that are too long, and walks them in this process.
const remove = process.platform === 'linux' ? ['rm', '-rf', '--one-file-system'] : ['rm', '-rf'];
// Neither follows the links that it finds on its way.
const steps = [remove, ['chmod', '-R', 'u+rwx'], remove];

async function discard(place: string): Promise<boolean> {
  for (const step of steps) {
    // What they say of each file could be millions of lines.
    await run('sh', ['-c', 'exec "$@" 2>/dev/null', 'sh', ...step, '--', place]);
    if (!lstatSync(place, {throwIfNoEntry: false})) return true;
  }
  return false;
}

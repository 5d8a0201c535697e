import {constants} from 'node:fs';
import {access, lstat, readdir} from 'node:fs/promises';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import type {Upload} from '../connection/engine.ts';

const reading = async (file: string, isDirectory: boolean): Promise<boolean> =>
  access(file, isDirectory ? constants.R_OK | constants.X_OK : constants.R_OK).then(
    () => true,
    () => false,
  );

async function firstUnreadable(place: string, canRead: typeof reading): Promise<string | undefined> {
  const found = await lstat(place).catch(() => undefined);
  // What is not there, or goes just now, is the engine's to tell.
  if (!found) return undefined;
  if (!found.isDirectory()) return found.isFile() && !(await canRead(place, false)) ? place : undefined;
  if (!(await canRead(place, true))) return place;
  for (const name of await readdir(place)) {
    const unreadable = await firstUnreadable(path.join(place, name), canRead);
    if (unreadable !== undefined) return unreadable;
  }
  return undefined;
}

/**
 * An engine brings in a file that cannot be read as an empty one, and says nothing; the next checkpoint would bring that back. Throws
 * ENGINE_REFUSED naming it.
 */
export async function requireReadable(uploads: readonly Upload[], canRead = reading): Promise<void> {
  for (const {source} of uploads) {
    const unreadable = await firstUnreadable(source, canRead);
    if (unreadable === undefined) continue;
    throw new AppError('ENGINE_REFUSED', `${unreadable} cannot be read, and would be empty inside`, {
      hint: 'Make it readable (chmod u+r), or leave it out of the workspace.',
    });
  }
}

import {existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../errors.ts';

/** Not Node's own `recursive`: on a read-only file system that tells of a missing directory. */
function makeWithParents(directory: string): void {
  const missing = directoriesTo(directory).findIndex(each => !existsSync(each));
  if (missing === -1) return;
  for (const each of directoriesTo(directory).slice(missing)) {
    try {
      mkdirSync(each, {mode: 0o700});
    } catch (error) {
      // Somebody else made it at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const directoriesTo = (directory: string): readonly string[] => {
  const parent = path.dirname(directory);
  return parent === directory ? [directory] : [...directoriesTo(parent), directory];
};

/** Makes a directory only its owner can enter, and refuses one that somebody else made. */
export function privateDirectory(directory: string): string {
  try {
    makeWithParents(directory);
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not make ${directory}: ${(cause as Error).message}`, {cause});
  }
  const found = lstatSync(directory);
  if (!found.isDirectory()) throw new AppError('STATE_UNUSABLE', `${directory} is not a directory`);
  if (process.getuid && found.uid !== process.getuid()) {
    throw new AppError('NOT_ALLOWED', `${directory} belongs to user ${found.uid}, not to you`);
  }
  return directory;
}

/** Writes a file as a whole or not at all: a reader sees the old text or the new one. */
export function writeWhole(file: string, text: string | Uint8Array, mode = 0o600): void {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    writeFileSync(draft, text, {mode});
    renameSync(draft, file);
  } catch (cause) {
    rmSync(draft, {force: true});
    throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
  }
}

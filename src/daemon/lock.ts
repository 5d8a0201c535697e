import {closeSync, existsSync, openSync, statSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {AppError} from '../errors.ts';
import {privateDirectory} from '../lib/files.ts';

/** The right to be the daemon, held until it is released or the process ends in whatever way. */
export interface Lock {
  /** False once the file was removed or replaced: then somebody else may hold a lock of the same name. */
  held(): boolean;
  release(): void;
}

const busy = 5;

const isBusy = (error: unknown): boolean => (error as {errcode?: unknown}).errcode === busy;

const identity = (file: string): string | undefined => {
  const found = statSync(file, {throwIfNoEntry: false});
  return found && `${found.dev}:${found.ino}`;
};

/**
 * Takes the lock, or returns undefined when another process has it. Throws STATE_UNUSABLE.
 * The system gives a POSIX lock up when its process closes any descriptor of the file, so nobody in the holder may open or
 * read that file: looking at its metadata is all that is done afterwards.
 */
export function takeLock(file: string): Lock | undefined {
  privateDirectory(path.dirname(file));
  let database: DatabaseSync | undefined;
  try {
    // Before the lock, so that closing gives nothing up. On a file it can only read SQLite would make a mere reading
    // transaction of what follows, without a word and without a lock.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, {timeout: 0});
    database.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (cause) {
    database?.close();
    if (isBusy(cause)) return undefined;
    throw new AppError('STATE_UNUSABLE', `Could not lock ${file}: ${(cause as Error).message}`, {cause});
  }
  const holding = database;
  const own = identity(file);
  return {
    held: () => own !== undefined && identity(file) === own,
    release: () => holding.close(),
  };
}

/** Whether a process has the lock. For others than the holder only. */
export function isLocked(file: string): boolean {
  if (!existsSync(file)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, {timeout: 0, readOnly: true});
    database.exec('begin; select 1 from sqlite_schema');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
}

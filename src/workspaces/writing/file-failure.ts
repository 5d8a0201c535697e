import type {RawName} from '../../lib/beneath.ts';
import {isSystemError, reasonOf} from '../../lib/shown-path.ts';

/** One file could not be written; the whole write is taken back for it. */
export class FileFailure extends Error {
  readonly path: RawName;

  constructor(path: RawName, why: string, cause?: unknown) {
    super(why, {cause});
    this.path = path;
  }
}

/** Tells at which file the system said no; a bug is passed on as it is. */
export async function atFile<T>(path: RawName, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new FileFailure(path, reasonOf(error), error);
  }
}

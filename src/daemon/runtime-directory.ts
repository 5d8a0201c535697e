import {lstatSync, mkdirSync} from 'node:fs';
import {AppError} from '../errors.ts';

/**
 * Whether the directory of the socket is there. Throws NOT_ALLOWED when it is not ours alone: Node cannot ask the system who is
 * at the other end of a socket, so this directory is the boundary between users.
 */
export function checkRuntimeDirectory(directory: string): boolean {
  const found = lstatSync(directory, {throwIfNoEntry: false});
  if (!found) return false;
  const refuse = (what: string, hint: string) => new AppError('NOT_ALLOWED', `${directory} ${what}`, {hint});
  const other = 'Remove it, or let XDG_RUNTIME_DIR name a directory of yours.';
  if (found.isSymbolicLink()) throw refuse('is a symbolic link, not a directory of our own', other);
  if (!found.isDirectory()) throw refuse('is not a directory', other);
  if (process.getuid && found.uid !== process.getuid()) throw refuse(`belongs to user ${found.uid}, not to you`, other);
  if ((found.mode & 0o077) !== 0)
    throw refuse('can be entered by others', `Close it to them: \`chmod 700 ${directory}\`.`);
  return true;
}

/** Makes the directory where it is missing, and checks it. Throws NOT_ALLOWED, STATE_UNUSABLE. */
export function makeRuntimeDirectory(directory: string): void {
  if (checkRuntimeDirectory(directory)) return;
  try {
    mkdirSync(directory, {recursive: true, mode: 0o700});
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not make ${directory}: ${(cause as Error).message}`, {
      hint: 'Let XDG_RUNTIME_DIR name a directory of yours.',
      cause,
    });
  }
  // Somebody may have been quicker with something else of that name.
  checkRuntimeDirectory(directory);
}

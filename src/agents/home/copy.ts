import {closeSync, constants, fstatSync, statSync} from 'node:fs';
import {chmod, copyFile, utimes} from 'node:fs/promises';
import {AppError} from '../../errors.ts';
import {type Directory, descend, nameText, openDirectory, openRegular} from '../../lib/beneath.ts';
import type {Entry, HomePlan, LeftBehind} from './plan.ts';
import {type HomeTarget, madeDirectory, owned} from './target.ts';

// Not setuid, setgid, sticky.
const permissions = 0o777;

/** The source's side failed, not ours. */
class Unreadable extends Error {}

const reading = <T>(read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    throw new Unreadable((cause as NodeJS.ErrnoException).code ?? (cause as Error).message, {cause});
  }
};

async function copyEntry(root: Directory, {from, to, kind}: Entry, target: HomeTarget): Promise<void> {
  const parent = reading(() => descend(root, from.slice(0, -1)));
  try {
    const name = from.at(-1) ?? '.';
    if (kind === 'directory') {
      const held = reading(() => descend(parent, [name]));
      try {
        const {mode} = reading(() => statSync(held.here));
        // Whatever it was: the agent works in it, and we remove it one day.
        await chmod(madeDirectory(target, to), (mode & permissions) | 0o700);
      } finally {
        held.close();
      }
      return;
    }
    const fd = reading(() => openRegular(parent, name));
    if (fd === undefined) throw new Unreadable('is no file any more');
    try {
      const {mode, atime, mtime} = fstatSync(fd);
      if (to.includes('/')) madeDirectory(target, to.slice(0, to.lastIndexOf('/')));
      const place = target.at(to);
      const source = process.platform === 'linux' ? `/proc/self/fd/${fd}` : parent.at(name);
      await copyFile(source, place, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
      await chmod(place, mode & permissions);
      await utimes(place, atime, mtime);
      owned(target, place);
    } finally {
      closeSync(fd);
    }
  } finally {
    parent.close();
  }
}

/**
 * Copies what is planned into a session's home, where nobody else writes yet. What has gone meanwhile stays behind and is told. Throws
 * STATE_UNUSABLE when it cannot be written, and the signal's reason: then what is there is the caller's to remove.
 */
export async function copyHome(
  home: string,
  {entries, leftBehind}: HomePlan,
  target: HomeTarget,
  signal?: AbortSignal,
): Promise<readonly LeftBehind[]> {
  const left = [...leftBehind];
  if (entries.length === 0) return left;
  const root = openDirectory(home);
  try {
    for (const entry of entries) {
      signal?.throwIfAborted();
      try {
        await copyEntry(root, entry, target);
      } catch (cause) {
        const shown = `~/${nameText(entry.to)}`;
        if (!(cause instanceof Unreadable))
          throw new AppError(
            'STATE_UNUSABLE',
            `Could not copy ${shown} to the session's home: ${(cause as Error).message}`,
            {cause},
          );
        left.push({path: shown, why: `cannot be read (${cause.message})`});
      }
    }
  } finally {
    root.close();
  }
  return left;
}

import {lstatSync, mkdirSync, readdirSync, rmdirSync, type Stats, unlinkSync} from 'node:fs';
import {changeMode, type Directory, enterDirectory, type RawName} from '../../../lib/beneath.ts';
import {codeOf} from '../../../lib/shown-path.ts';

/** What stands at a name, no link followed. */
export function standing(parent: Directory, name: RawName): Stats | undefined {
  return lstatSync(parent.at(name), {throwIfNoEntry: false});
}

export const namesIn = (directory: Directory): readonly RawName[] =>
  readdirSync(directory.here, {encoding: 'buffer'}).map(name => name.toString('latin1'));

/** Holds a directory of ours, whatever mode it was given. */
function enterOwn(parent: Directory, name: RawName): Directory {
  try {
    return enterDirectory(parent, name);
  } catch (error) {
    if (codeOf(error) !== 'EACCES') throw error;
    changeMode(parent, name, mode => (mode & 0o777) | 0o700);
    return enterDirectory(parent, name);
  }
}

/** Holds the directory at a path, the root itself where there are no names; undefined where there is none. The caller closes it. */
export function descendOwn(root: Directory, names: readonly RawName[]): Directory | undefined {
  let at = root;
  for (const name of names) {
    const parent = at;
    try {
      at = enterOwn(parent, name);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) return undefined;
      throw error;
    } finally {
      if (parent !== root) parent.close();
    }
  }
  return at;
}

/** Removes what is there with all that is in it; no link is followed. Nothing there: fine. False then. */
export async function removeBelow(parent: Directory, name: RawName, breathe: () => Promise<void>): Promise<boolean> {
  const found = standing(parent, name);
  if (!found) return false;
  await breathe();
  if (!found.isDirectory()) {
    unlinkSync(parent.at(name));
    return true;
  }
  const directory = enterOwn(parent, name);
  try {
    for (const each of namesIn(directory)) await removeBelow(directory, each, breathe);
  } finally {
    directory.close();
  }
  rmdirSync(parent.at(name));
  return true;
}

/** Holds the directory of this name; what else stands there makes way for one. The caller closes it. */
export async function enterOrMake(
  parent: Directory,
  name: RawName,
  made: (parent: Directory, name: RawName) => void,
  breathe: () => Promise<void>,
): Promise<Directory> {
  const found = standing(parent, name);
  if (!found?.isDirectory()) {
    if (found) await removeBelow(parent, name, breathe);
    mkdirSync(parent.at(name), {mode: 0o700});
    made(parent, name);
  }
  return enterOwn(parent, name);
}

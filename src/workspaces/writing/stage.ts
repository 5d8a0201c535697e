import {linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync} from 'node:fs';
import {type Directory, enterDirectory, type RawName} from '../../lib/beneath.ts';
import {codeOf} from '../../lib/shown-path.ts';

/**
 * What a file of the stage is, by its name and the number of its write: the `new` file, the `old` one that it takes the place of, a
 * `dir` that was in the way, a `back` that is being taken back, and what is `kept` because its place was taken by somebody else.
 */
export type StageRole = 'new' | 'old' | 'dir' | 'back' | 'kept';
export const stageName = (role: StageRole, index: number): RawName => `${role}-${index}`;

export const nameOfStage = (id: string): RawName => `.trails-${id}`;

const identity = (directory: Directory, name: RawName) =>
  lstatSync(directory.at(name), {bigint: true, throwIfNoEntry: false});

export const stands = (directory: Directory, name: RawName): boolean => identity(directory, name) !== undefined;

export function isSameFile(one: Directory, oneName: RawName, other: Directory, otherName: RawName): boolean {
  const first = identity(one, oneName);
  const second = identity(other, otherName);
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

/** Where there are no hard links to it: not on this file system, not to a directory, not to a file of somebody else, too many already. */
const noLink = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Gives a file a place in another directory and never takes one that is taken: throws EEXIST. A rename would; a hard link does not, so
 * the file is in both places then. Where there are none, it looks first, and is only in the new place.
 */
export function putInPlace(from: Directory, name: RawName, to: Directory, toName: RawName): void {
  // Elsewhere link(2) may follow a symbolic link.
  if (process.platform === 'linux' || identity(from, name)?.isFile()) {
    try {
      linkSync(from.at(name), to.at(toName));
      return;
    } catch (error) {
      if (!noLink.has(codeOf(error))) throw error;
    }
  }
  if (stands(to, toName)) throw Object.assign(new Error('EEXIST: place is taken'), {code: 'EEXIST', syscall: 'rename'});
  renameSync(from.at(name), to.at(toName));
}

/** Whether it is in that place now; false when something else has taken it. */
export function putBack(from: Directory, name: RawName, to: Directory, toName: RawName): boolean {
  if (isSameFile(from, name, to, toName)) return true;
  try {
    putInPlace(from, name, to, toName);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when there is none, or no directory. */
export function enterStage(root: Directory, name: RawName): Directory | undefined {
  try {
    return enterDirectory(root, name);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

export function makeStage(root: Directory, name: RawName): Directory {
  mkdirSync(root.at(name), {mode: 0o700});
  return enterDirectory(root, name);
}

const staying = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'EBUSY']);

/** Removes a directory when it is empty and may be removed. */
export function removeIfEmpty(parent: Directory, name: RawName): void {
  try {
    rmdirSync(parent.at(name));
  } catch (error) {
    if (!staying.has(codeOf(error))) throw error;
  }
}

function removeEmptyTree(parent: Directory, name: RawName): void {
  const directory = enterStage(parent, name);
  if (!directory) return;
  try {
    for (const inner of readdirSync(directory.here, {encoding: 'buffer'}))
      removeEmptyTree(directory, inner.toString('latin1'));
  } finally {
    directory.close();
  }
  removeIfEmpty(parent, name);
}

/** Removes what is of no use any more. What is kept stays, and the stage around it. Safe to ask again. */
export function clearStage(root: Directory, name: RawName): void {
  const stage = enterStage(root, name);
  if (!stage) return;
  try {
    for (const entry of readdirSync(stage.here, {withFileTypes: true, encoding: 'buffer'})) {
      const inner = entry.name.toString('latin1');
      // A directory is never removed with something in it: nothing of ours is.
      if (entry.isDirectory()) removeEmptyTree(stage, inner);
      else if (/^(new|old|back)-\d+$/.test(inner)) unlinkSync(stage.at(inner));
    }
  } finally {
    stage.close();
  }
  removeIfEmpty(root, name);
}

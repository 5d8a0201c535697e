import {mkdirSync, renameSync} from 'node:fs';
import {type Directory, descend, type RawName} from '../../lib/beneath.ts';
import {codeOf, isSystemError, reasonOf} from '../../lib/shown-path.ts';
import {lookAt, openParent} from './file-state.ts';
import {directoriesOf, type FileWrite, type OnStep, type PathReason, partsOf, sameState} from './file-write.ts';
import {isSameFile, putBack, removeIfEmpty, stageName, stands} from './stage.ts';
import type {WriteRecord} from './write-journal.ts';

/*
 * Taking a write back that did not get to its end, in this process or one that was killed.
 *
 * The rule: what stands in the target is removed only when it is the very file we put there, unchanged; what we moved out of the target
 * is put back only where nothing stands; and what can be neither is kept. So, for each file:
 * - what we put there is moved into the stage first and looked at there, where nobody else changes it. Somebody has edited it: it goes
 *   back, and the file that was there before stays in the stage as `kept-<number>`, and is told.
 * - somebody has put something else there, or made its directory a file: that stays, the file that was there before is kept.
 * - somebody has removed it: the file that was there before comes back.
 * - it was moved away and not yet replaced: it comes back.
 * Each step looks at what there is and not at what was done, so it can be ended anywhere and begun anew.
 */

interface Undoing {
  readonly root: Directory;
  readonly stage: Directory;
  readonly record: WriteRecord;
  readonly onStep: OnStep;
}

/** What could not be taken back now, and why; empty when the target is as it was. Goes on behind each of them. */
export async function takeBack(undoing: Undoing): Promise<readonly PathReason[]> {
  const {root, record} = undoing;
  const stuck: PathReason[] = [];
  const attempt = async (path: RawName, work: () => void | Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      stuck.push({path, why: reasonOf(error)});
    }
  };
  const writes = [...record.writes.entries()];
  for (const [index, write] of writes) await attempt(write.path, () => takeOut(undoing, index, write));
  for (const path of record.made.toReversed()) {
    await attempt(path, () => within(root, path, parent => removeIfEmpty(parent, partsOf(path).at(-1)!)));
  }
  for (const [index, write] of writes) await attempt(write.path, () => bringDirectoryBack(undoing, index, write));
  for (const [index, write] of writes) await attempt(write.path, () => bringOldBack(undoing, index, write));
  return stuck;
}

async function within<T>(
  root: Directory,
  path: RawName,
  work: (parent: Directory) => T | Promise<T>,
): Promise<T | undefined> {
  const parent = openParent(root, path);
  if (!('directory' in parent)) return undefined;
  try {
    return await work(parent.directory);
  } finally {
    parent.directory.close();
  }
}

async function takeOut({root, stage, record, onStep}: Undoing, index: number, write: FileWrite): Promise<void> {
  const {path} = write;
  const name = partsOf(path).at(-1)!;
  const [ours, old, back] = [stageName('new', index), stageName('old', index), stageName('back', index)];
  const looksOurs = async (directory: Directory, at: RawName) => {
    const found = await lookAt(directory, at, record.format);
    return found.kind === 'file' && sameState(found.state, write.new);
  };
  if (!write.new || (write.old && !stands(stage, old))) return;
  await within(root, path, async parent => {
    if (!stands(stage, back)) {
      // Not in the stage any more: it went to its place by a rename.
      const placed = stands(stage, ours) ? isSameFile(stage, ours, parent, name) : await looksOurs(parent, name);
      if (!placed) return;
      renameSync(parent.at(name), stage.at(back));
      onStep('back-out', path);
    }
    if (await looksOurs(stage, back)) return;
    if (!putBack(stage, back, parent, name)) renameSync(stage.at(back), stage.at(stageName('kept', index)));
  });
}

async function bringDirectoryBack({root, stage, onStep}: Undoing, index: number, {path}: FileWrite): Promise<void> {
  const name = stageName('dir', index);
  if (!stands(stage, name)) return;
  await within(root, path, parent => {
    putBack(stage, name, parent, partsOf(path).at(-1)!);
    onStep('back-directory', path);
  });
}

function bringOldBack({root, stage, onStep}: Undoing, index: number, {path}: FileWrite): void {
  const old = stageName('old', index);
  if (!stands(stage, old)) return;
  const keep = () => renameSync(stage.at(old), stage.at(stageName('kept', index)));
  let parent: Directory;
  try {
    parent = descend(root, partsOf(path).slice(0, -1), (directory, name) => mkdirSync(directory.at(name)));
  } catch (error) {
    if (!['ENOTDIR', 'ELOOP'].includes(codeOf(error))) throw error;
    keep();
    return;
  }
  try {
    if (!putBack(stage, old, parent, partsOf(path).at(-1)!)) keep();
    onStep('back-old', path);
  } finally {
    parent.close();
  }
}

/** Removes the directories that files were deleted from and that nothing is in any more. */
export async function removeEmptied(root: Directory, writes: readonly FileWrite[]): Promise<void> {
  const emptied = new Set(writes.filter(write => !write.new).flatMap(write => directoriesOf(write.path)));
  const deepestFirst = [...emptied].sort((one, other) => partsOf(other).length - partsOf(one).length);
  for (const path of deepestFirst) {
    await within(root, path, parent => removeIfEmpty(parent, partsOf(path).at(-1)!));
  }
}

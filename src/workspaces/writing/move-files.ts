import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
} from 'node:fs';
import {promisify} from 'node:util';
import {type Directory, descend, openRegular, type RawName} from '../../lib/beneath.ts';
import {codeOf} from '../../lib/shown-path.ts';
import {atFile, FileFailure} from './file-failure.ts';
import {lookAt, openParent} from './file-state.ts';
import {directoriesOf, type FileWrite, type OnStep, partsOf, sameState} from './file-write.ts';
import {isRemovable} from './removable-directory.ts';
import {putInPlace, stageName} from './stage.ts';
import type {WriteRecord} from './write-journal.ts';

interface Moving {
  readonly root: Directory;
  readonly stage: Directory;
  readonly record: WriteRecord;
  readonly onStep: OnStep;
}

const syncOpen = promisify(fsync);
const changedMeanwhile = 'it was changed there meanwhile';

/**
 * Everything into its place. A file is moved away and only then looked at: what stands in the stage is what stood in the target at that
 * moment, and nobody else reaches it. Throws FileFailure where it is not what it was, or where the system says no.
 */
export async function moveFiles(moving: Moving): Promise<void> {
  const {root, stage, record, onStep} = moving;
  const emptied = new Set(record.writes.filter(write => !write.new).flatMap(write => directoriesOf(write.path)));
  const away = new Map<number, Stats>();
  for (const [index, write] of record.writes.entries()) {
    await atFile(write.path, () => moveOne(moving, index, write, {emptied, away}));
  }
  for (const [index, {path}] of record.writes.entries()) {
    const before = away.get(index);
    if (before && !isUntouched(before, lstatSync(stage.at(stageName('old', index)))))
      throw new FileFailure(path, changedMeanwhile);
  }
  await syncDirectories(root, stage, record);
  onStep('synced');
}

/** A program that had it open may still have written to it. */
const isUntouched = (before: Stats, now: Stats) => before.mtimeMs === now.mtimeMs && before.size === now.size;

interface Progress {
  readonly emptied: ReadonlySet<RawName>;
  readonly away: Map<number, Stats>;
}

async function moveOne(
  {root, stage, record, onStep}: Moving,
  index: number,
  write: FileWrite,
  {emptied, away}: Progress,
): Promise<void> {
  const {path} = write;
  const name = partsOf(path).at(-1)!;
  const parent = descend(root, partsOf(path).slice(0, -1), write.old ? undefined : makeDirectory);
  try {
    if (write.old) {
      onStep('moving', path);
      const old = stageName('old', index);
      renameSync(parent.at(name), stage.at(old));
      onStep('moved', path);
      const found = await lookAt(stage, old, record.format);
      if (found.kind !== 'file' || !sameState(found.state, write.old)) throw new FileFailure(path, changedMeanwhile);
      away.set(index, lstatSync(stage.at(old)));
    }
    if (!write.new) return;
    clearTheWay(parent, stage, index, path, emptied, onStep);
    adoptPermissions(stage, index, write, away.get(index));
    onStep('placing', path);
    putInPlace(stage, stageName('new', index), parent, name);
    onStep('placed', path);
  } finally {
    parent.close();
  }
}

function makeDirectory(parent: Directory, name: RawName): void {
  mkdirSync(parent.at(name));
}

/** A directory of which everything was deleted goes as a whole: so it can come back as it was. */
function clearTheWay(
  parent: Directory,
  stage: Directory,
  index: number,
  path: RawName,
  emptied: ReadonlySet<RawName>,
  onStep: OnStep,
): void {
  const name = partsOf(path).at(-1)!;
  if (!lstatSync(parent.at(name), {throwIfNoEntry: false})?.isDirectory()) return;
  const away = stageName('dir', index);
  renameSync(parent.at(name), stage.at(away));
  onStep('directory-moved', path);
  if (!isRemovable(stage, away, path, (inner, directory) => directory && emptied.has(inner)))
    throw new FileFailure(path, 'a directory with other files stands there');
}

/** Who may read and write a file is its owner's matter, and stays; who may execute it comes with the new one. */
function adoptPermissions(stage: Directory, index: number, write: FileWrite, old: Stats | undefined): void {
  if (!old?.isFile()) return;
  const fd = openRegular(stage, stageName('new', index));
  if (fd === undefined) return;
  try {
    const readable = old.mode & 0o444;
    // What root writes still belongs to whom it belonged to.
    if (process.getuid?.() === 0 && old.uid !== 0) fchownSync(fd, old.uid, old.gid);
    fchmodSync(fd, (old.mode & 0o666) | (write.new?.mode === '100755' ? readable >> 2 : 0));
  } finally {
    closeSync(fd);
  }
}

/** What happened to names is on disk before anything of the old is given up. On most file systems the first of these is all the work. */
async function syncDirectories(root: Directory, stage: Directory, {writes, made}: WriteRecord): Promise<void> {
  const touched = new Set([...writes.map(write => write.path), ...made].map(path => directoriesOf(path).at(-1)));
  touched.delete(undefined);
  await syncDirectory(stage);
  await syncDirectory(root);
  for (const path of touched) {
    // One that was moved away, or in whose place a file is now: what is around it is synced, too.
    const parent = openParent(root, `${path}/.`);
    if (!('directory' in parent)) continue;
    try {
      await syncDirectory(parent.directory);
    } finally {
      parent.directory.close();
    }
  }
}

async function syncDirectory(directory: Directory): Promise<void> {
  const fd = openSync(directory.here, 'r');
  try {
    await syncOpen(fd);
  } catch (error) {
    // Some file systems know nothing of it.
    if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error;
  } finally {
    closeSync(fd);
  }
}

import {lstatSync, type Stats} from 'node:fs';
import {readFile, readlink, rm, rmdir} from 'node:fs/promises';
import {nameText, type RawName} from '../../lib/beneath.ts';
import {pause} from '../../lib/clock.ts';
import {isOpenSomewhere} from '../../lib/open-files.ts';
import type {Git} from '../shadow/git.ts';

/** A merge into what is checked out, which may have been killed in the middle. */
export interface HalfMerge {
  /** The top of the work tree. */
  readonly directory: string;
  readonly git: Git;
  /** What is checked out, before and behind the merge. */
  readonly head: string;
  readonly merged: string;
  /** Files that were not as `head` has them before it began: they are the user's. */
  readonly dirty: readonly RawName[];
}

interface Row {
  readonly path: RawName;
  readonly old: string | null;
  readonly new: string | null;
  readonly newMode: string;
}

const list = (printed: string): readonly string[] => printed.split('\0').filter(one => one !== '');

async function rowsOf(git: Git, head: string, merged: string): Promise<readonly Row[]> {
  const fields = list(await git.run(['diff-tree', '-r', '-z', '--no-renames', head, merged]));
  const rows: Row[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = ''] = (fields[at] ?? '').slice(1).split(' ');
    // Links to commits, of submodules, are not touched by a merge.
    if (oldMode === '160000' || newMode === '160000') continue;
    const id = (mode: string, told: string) => (mode === '000000' ? null : told);
    rows.push({path: fields[at + 1] ?? '', old: id(oldMode, oldId), new: id(newMode, newId), newMode});
  }
  return rows;
}

/** Files of a work tree that are not as its index has them; those that are not there any more among them. */
const modifiedIn = async (git: Git): Promise<readonly RawName[]> =>
  list(await git.run(['-c', 'diff.ignoreSubmodules=all', 'ls-files', '-z', '-m', ':/']));

const at = (directory: string, raw: RawName): Buffer =>
  Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(raw, 'latin1')]);

const statOf = (place: Buffer): Stats | undefined => {
  try {
    return lstatSync(place);
  } catch {
    return undefined;
  }
};

/** What a merge must not take for its own: the files it will touch that are not as they were committed. */
export async function dirtyBefore({
  git,
  directory,
  head,
  merged,
}: Omit<HalfMerge, 'dirty'>): Promise<readonly RawName[]> {
  const [rows, modified] = [await rowsOf(git, head, merged), new Set(await modifiedIn(git))];
  return rows
    .filter(row => (row.old === null ? statOf(at(directory, row.path)) !== undefined : modified.has(row.path)))
    .map(row => row.path);
}

const filterPatienceMs = 60_000;

/** A file as a checkout writes it, filters and line ends as the user has them. Undefined when a filter fails. */
async function checkedOut(git: Git, id: string, raw: RawName, link: boolean): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  try {
    const asked = link ? ['cat-file', 'blob', id] : ['cat-file', '--filters', `--path=${nameText(raw)}`, id];
    for await (const piece of git.stream(asked, AbortSignal.timeout(filterPatienceMs))) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch {
    return undefined;
  }
}

/** What is there is what the merge wrote, all of it or the beginning. */
async function isHalfWritten(git: Git, place: Buffer, stats: Stats, row: Row): Promise<boolean> {
  if (row.new === null) return false;
  const link = row.newMode === '120000';
  if (link ? !stats.isSymbolicLink() : !stats.isFile()) return false;
  const wanted = await checkedOut(git, row.new, row.path, link);
  if (!wanted || stats.size > wanted.length) return false;
  if (link) return wanted.equals(await readlink(place, 'buffer'));
  const found = await readFile(place);
  return found.equals(wanted.subarray(0, found.length));
}

async function removeFile(directory: string, raw: RawName): Promise<void> {
  await rm(at(directory, raw));
  for (let slash = raw.lastIndexOf('/'); slash > 0; slash = raw.lastIndexOf('/', slash - 1)) {
    try {
      await rmdir(at(directory, raw.slice(0, slash)));
    } catch {
      return;
    }
  }
}

const pollMs = 50;
const patienceMs = 20_000;

/** The lock of an index that nobody works on any more goes; a git that still works is waited for. */
async function unlockIndex(git: Git): Promise<void> {
  const printed = await git.run(['rev-parse', '--path-format=absolute', '--git-path', 'index.lock']);
  const lock = Buffer.from(printed.replace(/\n$/, ''), 'latin1');
  for (let waited = 0; statOf(lock); waited += pollMs) {
    const open = isOpenSomewhere(lock.toString());
    if (open === false) return rm(lock, {force: true});
    if (open === undefined || waited >= patienceMs) return;
    await pause(pollMs);
  }
}

/**
 * Takes a merge back that was killed in the middle, or finishes it when only its last step is missing. What the user wrote meanwhile is
 * left where it is: these files are answered.
 */
export async function mendHalfMerge(merge: HalfMerge): Promise<readonly RawName[]> {
  const {git, directory, head, merged} = merge;
  await unlockIndex(git);
  if ((await git.run(['rev-parse', '--verify', 'HEAD'])).trim() !== head) return [];
  const rows = await rowsOf(git, head, merged);
  const touched = new Set(rows.map(row => row.path));
  const stagedFrom = async (commit: string) =>
    list(await git.run(['diff-index', '--cached', '-z', '--name-only', commit])).filter(raw => touched.has(raw));
  if ((await stagedFrom(head)).length > 0) {
    // The index is written behind all files: what is missing is the branch.
    if ((await stagedFrom(merged)).length === 0)
      await git.run(['update-ref', '-m', 'trails: apply', 'HEAD', merged, head]);
    return [];
  }
  const dirty = new Set(merge.dirty);
  const modified = new Set(await modifiedIn(git));
  const back: RawName[] = [];
  const kept: RawName[] = [];
  for (const row of rows) {
    if (dirty.has(row.path) || (row.old !== null && !modified.has(row.path))) continue;
    const place = at(directory, row.path);
    const stats = statOf(place);
    if (stats && !stats.isDirectory()) {
      if (!(await isHalfWritten(git, place, stats, row))) {
        kept.push(row.path);
        continue;
      }
      await removeFile(directory, row.path);
    }
    if (row.old !== null) back.push(row.path);
  }
  // What the user has in a directory where a file was keeps that directory.
  const free = back.filter(raw => lstatSync(at(directory, raw), {throwIfNoEntry: false}) === undefined);
  kept.push(...back.filter(raw => !free.includes(raw)));
  if (free.length > 0)
    await git.run(['checkout-index', '-q', '-u', '-z', '--stdin'], {
      input: Buffer.from(`${free.join('\0')}\0`, 'latin1'),
    });
  return kept;
}

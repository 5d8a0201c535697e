import {existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {nameText} from '../../lib/beneath.ts';
import {faultPoint} from '../../lib/fault.ts';
import {privateDirectory, writeWhole} from '../../lib/files.ts';
import {createTurns} from '../../lib/turns.ts';
import {openSource} from '../making/source.ts';
import {branchOf} from '../places.ts';
import {openBlobs} from '../shadow/blobs.ts';
import {type Git, gitWords, ourGit, userGit} from '../shadow/git.ts';
import {makeRepository} from '../shadow/repository.ts';
import {removeTree} from '../tree/remove-tree.ts';
import {type FileMode, type FileWrite, formatOf} from '../writing/file-write.ts';
import {planWrites} from '../writing/plan-writes.ts';
import {recoverWrites} from '../writing/recover-writes.ts';
import {writeFiles} from '../writing/write-files.ts';
import {fetchInto} from './merge.ts';

/** The work of a session that was removed. */
export interface KeptWork {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly removedAt: number;
  readonly mode: 'clone' | 'copy' | 'bind';
  readonly source: string;
  /** A ref of `source`; or a bundle beside the record of it. */
  readonly ref: string | null;
  /** Empty when its files could not be looked through: then they are kept as they are. */
  readonly commit: string;
  readonly files: number;
  readonly added: number;
  readonly removed: number;
}

export const keptDays = 30;
export const expiresAt = ({removedAt}: KeptWork): number => removedAt + keptDays * 24 * 60 * 60_000;

const refOf = (id: string): string => `refs/trails/recovery/${id}`;
const recordFile = (directory: string, id: string): string => path.join(directory, `${id}.json`);
/** A workspace as a whole, where its commits could not be had by themselves. */
export const workspaceOf = (directory: string, id: string): string => path.join(directory, `${id}.workspace`);
const bundleFile = (directory: string, id: string): string => path.join(directory, `${id}.bundle`);

/** Where it is, for a person. */
export const placeOf = (directory: string, {id, ref, source, commit}: KeptWork): string => {
  if (commit === '') return workspaceOf(directory, id);
  return ref === null ? bundleFile(directory, id) : `${ref} in ${source}`;
};

/** The newest first. What cannot be read is not told. */
export function keptWork(directory: string): readonly KeptWork[] {
  if (!existsSync(directory)) return [];
  const found = readdirSync(directory).flatMap(name => {
    if (!name.endsWith('.json')) return [];
    try {
      return [JSON.parse(readFileSync(path.join(directory, name), 'utf8')) as KeptWork];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => b.removedAt - a.removedAt);
}

export interface Keeping extends Omit<KeptWork, 'ref'> {
  readonly shadow: string;
}

/**
 * Keeps a commit of a shadow beyond its session: as a ref of the repository it was cloned from, so that git itself keeps it; elsewhere as a
 * bundle of its files. Throws STATE_UNUSABLE, APPLY_FAILED: then it is not kept.
 */
export async function keepWork(directory: string, {shadow, ...work}: Keeping): Promise<KeptWork> {
  const {id, mode, source, commit} = work;
  privateDirectory(directory);
  let ref: string | null = null;
  if (mode === 'clone') {
    try {
      await fetchInto(await openSource(source), shadow, {[refOf(id)]: commit});
      ref = refOf(id);
    } catch (error) {
      // The repository is gone or cannot be written: a bundle it is.
      if (!(error instanceof AppError)) throw error;
    }
  }
  if (ref === null) await bundle(ourGit(shadow), commit, bundleFile(directory, id), mode === 'clone');
  faultPoint('remove.bundled');
  const kept: KeptWork = {...work, ref};
  writeWhole(recordFile(directory, id), JSON.stringify(kept));
  faultPoint('remove.recorded');
  return kept;
}

/** Keeps a workspace as it is, where it cannot be looked through. Throws STATE_UNUSABLE. */
export function keepWhole(directory: string, work: Omit<KeptWork, 'ref' | 'commit'>, files: string): void {
  try {
    renameSync(files, workspaceOf(privateDirectory(directory), work.id));
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `The work could not be kept in ${directory}: ${(cause as Error).message}`, {
      cause,
    });
  }
  writeWhole(recordFile(directory, work.id), JSON.stringify({...work, ref: null, commit: ''} satisfies KeptWork));
}

/** Of a copy the history is ours, and means nothing to anybody. */
async function bundle(git: Git, commit: string, file: string, history: boolean): Promise<void> {
  const tree = `${commit}^{tree}`;
  const who = ['-c', 'user.name=Trails', '-c', 'user.email=trails@localhost'];
  const alone = async () => (await git.run([...who, 'commit-tree', tree, '-m', 'kept'])).trim();
  await git.run(['update-ref', 'refs/trails/kept', history ? commit : await alone()]);
  try {
    await git.run(['bundle', 'create', '-q', file, 'refs/trails/kept']);
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `The work could not be kept in ${file}: ${gitWords(cause)}`, {cause});
  }
}

/** The one of this id, or of the beginning of one, or of this name. Throws RECOVERY_UNKNOWN. */
export function findKept(directory: string, ref: string): KeptWork {
  const all = keptWork(directory);
  const exact = all.filter(({id, name}) => id === ref || name === ref);
  const found = exact.length > 0 ? exact : all.filter(({id}) => ref !== '' && id.startsWith(ref));
  const [one] = found;
  if (one && found.length === 1) return one;
  throw new AppError(
    'RECOVERY_UNKNOWN',
    one ? `"${ref}" names ${found.length} of them` : `Nothing is kept of "${ref}"`,
  );
}

/** On a branch of the repository that has it, of the session's name or one like it. Throws REPO_UNUSABLE. */
export async function restoreBranch({name, source, ref, commit}: KeptWork): Promise<string> {
  const {git, directory} = await openSource(source);
  const gone = (cause: unknown) =>
    new AppError('REPO_UNUSABLE', `${ref} is not in ${directory} any more`, {
      cause,
      hint: 'git may still have it: `git fsck --lost-found`.',
    });
  await git.run(['cat-file', '-e', `${commit}^{commit}`]).catch(cause => Promise.reject(gone(cause)));
  for (let number = 1; ; number++) {
    const branch = number === 1 ? branchOf(name) : `${branchOf(name)}-${number}`;
    const at = await git.run(['rev-parse', '-q', '--verify', `refs/heads/${branch}`]).catch(() => '');
    if (at.trim() === commit) return branch;
    // Where a session of this name lives, git takes its ref for what `trails/NAME` means.
    const hidden = await git.run(['rev-parse', '-q', '--verify', `refs/${branch}`]).catch(() => '');
    if (at !== '' || hidden !== '') continue;
    faultPoint('restore.asked');
    await git.run(['update-ref', '-m', 'trails: restore', `refs/heads/${branch}`, commit, '']);
    faultPoint('restore.branched');
    return branch;
  }
}

/** By the directory of what is kept: what one restore has under way another one must not take for left behind. */
const restoring = createTurns();

/** Makes a directory, or takes one that is there. Throws APPLY_FAILED. */
function haveDirectory(to: string): void {
  try {
    mkdirSync(to);
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST' && lstatSync(to).isDirectory()) return;
    throw new AppError('APPLY_FAILED', `${to} cannot be made: ${code === 'EEXIST' ? 'it is a file' : code}`, {cause});
  }
}

/**
 * Every file of it in a new directory, an empty one, or one that has just these files already. Throws APPLY_FAILED, REPO_UNUSABLE.
 * Answers with what was left out.
 */
export const restoreFiles = (directory: string, kept: KeptWork, to: string) =>
  restoring.run(directory, async () => {
    // A restore that was killed may have begun with the same directory.
    if (existsSync(journalOf(directory))) await recoverWrites(journalOf(directory));
    const scratch = mkdtempSync(path.join(privateDirectory(directory), scratchName));
    try {
      return await writeWork(directory, await repositoryOf(directory, kept, scratch), kept, to);
    } finally {
      rmSync(scratch, {recursive: true, force: true});
    }
  });

async function writeWork(directory: string, git: Git, kept: KeptWork, to: string) {
  const commit = kept.ref === null ? 'refs/trails/kept' : kept.commit;
  const rows = (await git.run(['ls-tree', '-r', '-z', commit])).split('\0');
  const writes = rows.flatMap((row): readonly FileWrite[] => {
    const [, mode, id = '', raw = ''] = /^(100644|100755|120000) blob ([0-9a-f]+)\t([\s\S]*)$/.exec(row) ?? [];
    return mode === undefined ? [] : [{path: raw, old: null, new: {mode: mode as FileMode, id}}];
  });
  const format = formatOf(kept.commit);
  haveDirectory(to);
  faultPoint('restore.made');
  const blobs = openBlobs(git);
  try {
    const content = blobs.content;
    const plan = await planWrites(to, writes, {content, format});
    const strange = readdirSync(to).length > 0;
    if (strange && plan.writes.length + plan.conflicts.length > 0)
      throw new AppError('APPLY_FAILED', `${to} is not empty: there is something already`);
    await writeFiles({target: to, writes: plan.writes, content, format, journal: journalOf(directory)});
    faultPoint('restore.written');
    return [...plan.refused, ...plan.conflicts].map(({path: raw, why}) => ({path: nameText(raw), why}));
  } finally {
    blobs.close();
  }
}

const scratchName = 'restore-';
const journalOf = (directory: string): string => path.join(directory, 'journal');

/** A repository of ours that reads what is kept. */
async function repositoryOf(directory: string, {id, ref, source, commit}: KeptWork, scratch: string): Promise<Git> {
  makeRepository(scratch, formatOf(commit));
  if (ref !== null) return ourGit(scratch, {borrow: path.join((await openSource(source)).commonDirectory, 'objects')});
  const git = ourGit(scratch);
  await git.run(['fetch', '-q', '--no-tags', bundleFile(directory, id), '+refs/trails/kept:refs/trails/kept']);
  return git;
}

/** Finishes or takes back a restore that was killed, and clears away what it left. */
export const mendRestores = (directory: string): Promise<void> =>
  restoring.run(directory, async () => {
    if (!existsSync(directory)) return;
    if (existsSync(journalOf(directory))) await recoverWrites(journalOf(directory));
    for (const name of readdirSync(directory))
      if (name.startsWith(scratchName)) rmSync(path.join(directory, name), {recursive: true, force: true});
  });

/** Forgets these: their refs, their bundles, their records. */
export async function dropKept(directory: string, works: readonly KeptWork[]): Promise<void> {
  for (const {id, ref, source} of works) {
    // Without the repository the ref is gone, too.
    if (ref !== null)
      await userGit(source)
        .run(['update-ref', '-d', ref])
        .catch(() => {});
    rmSync(bundleFile(directory, id), {force: true});
    await removeTree(workspaceOf(directory, id), path.join(path.dirname(directory), 'trash'));
    rmSync(recordFile(directory, id), {force: true});
  }
}

import {AppError} from '../../errors.ts';
import {nameText, type RawName} from '../../lib/beneath.ts';
import {faultPoint} from '../../lib/fault.ts';
import {identityOf, type Source} from '../making/source.ts';
import {type DiffFile, diffArguments, parseDiff} from '../shadow/diff-files.ts';
import {type Git, GitFailed, gitWords, ourGit} from '../shadow/git.ts';
import {writeCommit} from '../shadow/write-commit.ts';
import {isIn} from './agent-work.ts';

export interface MergeRequest {
  readonly shadow: string;
  readonly source: Source;
  /** The agent's work, a commit of the shadow. */
  readonly result: string;
  /** The branch that gets it; undefined: the one that is checked out. */
  readonly branch: string | undefined;
  /** Where both sides changed a file, the agent's is taken. */
  readonly theirs: boolean;
  /** The session's, for the message of a merge. */
  readonly name: string;
}

/** How a merge goes, worked out in the shadow: nothing of the user's is touched. */
export interface MergePlan {
  readonly branch: string;
  /** It is what is checked out. */
  readonly current: boolean;
  /** What the branch is at; undefined: there is none yet. */
  readonly head: string | undefined;
  /** What it will be at; undefined when there are conflicts. */
  readonly merged: string | undefined;
  readonly files: readonly DiffFile[];
  readonly conflicts: readonly RawName[];
}

interface Tree {
  readonly tree: string;
  readonly conflicts: readonly RawName[];
}

/** The tree of both sides. In it a file with conflicts has markers. Throws APPLY_FAILED where git knows no way. */
async function mergeTrees(git: Git, head: string, result: string): Promise<Tree> {
  try {
    const tree = await git.run(['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', head, result]);
    return {tree: tree.split('\0')[0] ?? '', conflicts: []};
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    const [tree = '', ...names] = error.printed.split('\0');
    if (error.exitCode !== 1 || !/^[0-9a-f]{40,64}$/.test(tree))
      throw new AppError('APPLY_FAILED', `It cannot be merged: ${gitWords(error)}`, {
        hint: 'Nothing was changed. `--files` writes the changed files instead.',
      });
    return {tree, conflicts: [...new Set(names.filter(name => name !== ''))]};
  }
}

/** The same tree with the agent's version of these files. */
async function withTheirs(git: Git, {tree, conflicts}: Tree, result: string): Promise<string> {
  const deleted: RawName[] = [];
  const known: {path: RawName; mode: string; id: string}[] = [];
  for (const path of conflicts) {
    const row = await git.run(['--literal-pathspecs', 'ls-tree', '-z', result, '--', nameText(path)]);
    const [, mode = '', id] = /^(\d+) \w+ ([0-9a-f]+)\t/.exec(row) ?? [];
    if (id === undefined) deleted.push(path);
    else known.push({path, mode, id});
  }
  const commit = await writeCommit(git, {from: undefined, tree, deleted, known});
  return (await git.run(['rev-parse', '--verify', `${commit}^{tree}`])).trim();
}

const text = (raw: string): string => nameText(raw.trim());

/** The branch that gets the work, and where it is. Throws USAGE, REPO_UNUSABLE. */
async function targetOf({source, branch}: MergeRequest): Promise<Pick<MergePlan, 'branch' | 'current' | 'head'>> {
  const {git, directory, bare} = source;
  const checkedOut = text(await git.run(['symbolic-ref', '-q', '--short', 'HEAD']).catch(() => ''));
  const name = branch ?? checkedOut;
  if (branch === undefined && bare)
    throw new AppError('USAGE', `${directory} is bare, nothing is checked out there`, {
      hint: 'Name a branch: `--branch NAME`.',
    });
  if (name === '') {
    const at = (await git.run(['rev-parse', '--verify', 'HEAD'])).trim();
    return {branch: 'HEAD', current: true, head: at};
  }
  await git.run(['check-ref-format', '--branch', name]).catch(() => {
    throw new AppError('USAGE', `"${name}" cannot be the name of a branch`);
  });
  const at = await git.run(['rev-parse', '--verify', '-q', `refs/heads/${name}^{commit}`]).catch(() => '');
  const current = name === checkedOut && !bare;
  if (
    !current &&
    text(await git.run(['worktree', 'list', '--porcelain']))
      .split('\n')
      .includes(`branch refs/heads/${name}`)
  )
    throw new AppError('REPO_UNUSABLE', `The branch ${name} is checked out in another work tree of ${directory}`, {
      hint: 'Apply to it from there, or choose another branch.',
    });
  return {branch: name, current, head: at.trim() || undefined};
}

/** Works out a merge without touching anything of the user's. */
export async function planMerge(request: MergeRequest): Promise<MergePlan> {
  const {shadow, source, result, theirs, name} = request;
  const target = await targetOf(request);
  const git = ourGit(shadow);
  const {head} = target;
  const diff = async (from: string, to: string) =>
    parseDiff(await git.run(diffArguments(from, to), {timeoutMs: 60_000}));
  if (head === undefined) {
    const files = await diff(source.base, result);
    return {...target, merged: result, files, conflicts: []};
  }
  if (await isIn(shadow, result, head)) return {...target, merged: head, files: [], conflicts: []};
  if (await isIn(shadow, head, result))
    return {...target, merged: result, files: await diff(head, result), conflicts: []};
  const both = await mergeTrees(git, head, result);
  const {conflicts} = both;
  if (conflicts.length > 0 && !theirs) {
    // There is nothing to show but the session's side.
    const fork = (await git.run(['merge-base', head, result])).trim();
    return {...target, merged: undefined, files: await diff(fork, result), conflicts};
  }
  const tree = conflicts.length > 0 ? await withTheirs(git, both, result) : both.tree;
  const {name: user, email} = await identityOf(source);
  const who = ['-c', `user.name=${user}`, '-c', `user.email=${email}`];
  const merged = await git.run([...who, 'commit-tree', tree, '-p', head, '-p', result, '-m', `Merge trails/${name}`]);
  return {...target, merged: merged.trim(), files: await diff(head, merged.trim()), conflicts};
}

/** Names the work in the user's repository for as long as the session lives. */
export const workRef = (name: string): string =>
  // Under that name are the ones of all sessions that are removed; a session's has no dot.
  `refs/trails/${name === 'recovery' ? 'recovery.session' : name}`;
const mergedRef = (name: string): string => `refs/trails-merging/${name}`;

const fetched = ['fetch', '-q', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-gc'];

/**
 * Brings commits of the shadow into the user's repository, each checked by git on its way. Throws APPLY_FAILED when git does not accept
 * them; nothing of the repository but these refs changes.
 */
export async function fetchInto(source: Source, shadow: string, refs: Readonly<Record<string, string>>): Promise<void> {
  const specs = Object.entries(refs).map(([ref, commit]) => `+${commit}:${ref}`);
  try {
    await source.git.run(['-c', 'transfer.fsckObjects=true', ...fetched, shadow, ...specs]);
  } catch (error) {
    throw new AppError('APPLY_FAILED', `Git does not take it into ${source.directory}: ${gitWords(error)}`, {
      cause: error,
    });
  }
}

type Mergeable = MergePlan & {readonly merged: string};

/** Brings the commits of a planned merge into the user's repository. Throws APPLY_FAILED. */
export async function bringMerge({source, shadow, result, name}: MergeRequest, {merged}: Mergeable): Promise<void> {
  await fetchInto(source, shadow, {[workRef(name)]: result, [mergedRef(name)]: merged});
  faultPoint('merge.fetched');
}

/**
 * Makes a merge come true that was brought. What is checked out is changed by one git command, which first looks whether anything of the
 * user's would be lost, and then changes nothing. Throws APPLY_FAILED.
 */
export async function doMerge({source, name}: MergeRequest, plan: Mergeable): Promise<void> {
  const {git, directory} = source;
  const {branch, current, head, merged} = plan;
  try {
    if (current)
      await git.run(['merge', '-q', '--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-stat', merged]);
    else await git.run(['update-ref', '-m', `trails: apply ${name}`, `refs/heads/${branch}`, merged, head ?? '']);
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    throw new AppError('APPLY_FAILED', `${directory} does not take it: ${gitWords(error)}`, {
      cause: error,
      hint: 'Nothing was changed. Commit or stash what is in the way, or use `--branch NAME`; `--files` writes only what the session changed.',
    });
  } finally {
    await git.run(['update-ref', '-d', mergedRef(name)]).catch(() => {});
  }
  faultPoint('merge.merged');
}

/** Takes the name of a session's work out of the user's repository. */
export const forgetWork = ({git}: Source, name: string): Promise<unknown> =>
  git.run(['update-ref', '-d', workRef(name)]);

import {shadowRefs} from '../places.ts';
import {type Git, ourGit} from '../shadow/git.ts';
import {writeCommit} from '../shadow/write-commit.ts';
import type {FileWrite} from '../writing/file-write.ts';
import {type AgentWork, isIn} from './agent-work.ts';

export interface ResultRequest {
  readonly shadow: string;
  /** The commit the clone began at. */
  readonly base: string;
  readonly work: AgentWork;
  /** The files as they are now, as a commit of the shadow. */
  readonly now: string;
  /** Further commits that must not get lost. */
  readonly along: readonly string[];
  readonly author: {readonly name: string; readonly email: string};
  readonly message: string;
}

export interface Result {
  /** The agent's work as one commit with its history. */
  readonly commit: string;
  /** It has files that the agent did not commit, or more than one line of history: the last commit is ours. */
  readonly ours: boolean;
}

/** Links to commits, of submodules. */
export const linksIn = async (git: Git, commit: string): Promise<readonly (readonly [path: string, id: string])[]> => {
  const rows = (await git.run(['ls-tree', '-r', '-z', commit])).split('\0');
  return rows.flatMap(row => {
    const [, id, path] = /^160000 commit ([0-9a-f]+)\t([\s\S]*)$/.exec(row) ?? [];
    return id === undefined || path === undefined ? [] : [[path, id] as const];
  });
};

const treeOf = async (git: Git, commit: string): Promise<string> =>
  (await git.run(['rev-parse', '--verify', `${commit}^{tree}`])).trim();

/** The tree of `now` with submodules as the agent's history has them: there they are links to commits, here they are files. */
async function ownTree(git: Git, now: string, history: string): Promise<string> {
  const links = await linksIn(git, history);
  if (links.length === 0) return treeOf(git, now);
  const known = links.map(([path, id]) => ({path, id, mode: '160000'}));
  return treeOf(git, await writeCommit(git, {from: now, deleted: [], known}));
}

/** What a session has done, as one commit in the shadow that has all of it in its history. */
export async function makeResult(request: ResultRequest): Promise<Result> {
  const {shadow, base, work, now, along, author, message} = request;
  const git = ourGit(shadow);
  const tip = work.tip ?? base;
  const apart: string[] = [];
  for (const commit of along) if (!(await isIn(shadow, commit, tip))) apart.push(commit);
  const tree = await ownTree(git, now, tip);
  // One that is in the history of another one is a parent through it.
  const ends = (await git.run(['merge-base', '--independent', tip, ...apart])).trim().split('\n');
  const [end = tip] = ends;
  if (ends.length === 1 && tree === (await treeOf(git, end))) return {commit: end, ours: false};
  const parents = ends.flatMap(parent => ['-p', parent]);
  const who = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`];
  const commit = (await git.run([...who, 'commit-tree', tree, ...parents, '-m', message])).trim();
  return {commit, ours: tree !== (await treeOf(git, tip))};
}

/** The commit that the user has from the last apply. */
export const deliveredIn = (shadow: string): Promise<string | undefined> =>
  ourGit(shadow)
    .run(['rev-parse', '--verify', '-q', `${shadowRefs.delivered}^{commit}`])
    .then(
      printed => printed.trim(),
      () => undefined,
    );

/** A commit of the shadow with these files written over another one's. */
export const commitWrites = (shadow: string, from: string, writes: readonly FileWrite[]): Promise<string> =>
  writeCommit(ourGit(shadow), {
    from,
    deleted: writes.filter(write => !write.new).map(({path}) => path),
    known: writes.flatMap(({path, new: after}) => (after ? [{path, ...after}] : [])),
  });

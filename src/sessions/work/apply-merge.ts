import {AppError} from '../../errors.ts';
import {nameText} from '../../lib/beneath.ts';
import {identityOf, openSource, type Source} from '../../workspaces/making/source.ts';
import type {Places} from '../../workspaces/places.ts';
import {type MergePlan, type MergeRequest, planMerge} from '../../workspaces/returning/merge.ts';
import {commitWrites, deliveredIn, makeResult} from '../../workspaces/returning/result.ts';
import {partBySubmodules} from '../../workspaces/returning/submodule-files.ts';
import type {DiffFile} from '../../workspaces/shadow/diff-files.ts';
import {GitFailed, gitWords, ourGit} from '../../workspaces/shadow/git.ts';
import type {Look} from '../../workspaces/shadow/review.ts';
import type {AgentCommit, ApplyRequest} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import type {TakenOut} from './agent-commits.ts';
import {writesOf} from './apply-files.ts';

export interface PreparedMerge {
  readonly request: MergeRequest;
  readonly merge: MergePlan;
  readonly commits: readonly AgentCommit[];
  /** There is a last commit of ours, with what the agent did not commit. */
  readonly uncommitted: boolean;
  /** Changed files within submodules: they are left where they are, unapplied. */
  readonly inSubmodules: readonly DiffFile[];
  /** A commit of the shadow with the files that the user has by it. */
  readonly arrives: string;
  /** Why commits of the agent are missing. */
  readonly problem: string | undefined;
}

const mostCommits = 500;

/** The commits that a branch would get, oldest first. */
async function commitsOf(shadow: string, result: string, head: string | undefined) {
  const git = ourGit(shadow);
  const range = [result, ...(head === undefined ? [] : [`^${head}`])];
  const asked = ['log', '-z', `-n${mostCommits}`, '--format=%H%n%<(200,trunc)%an%n%<(400,trunc)%s', ...range];
  const rows = (await git.run(asked, {timeoutMs: 60_000})).split('\0').filter(row => row !== '');
  return rows.reverse().map((row): AgentCommit => {
    const [id = '', author = '', subject = ''] = nameText(row).split('\n');
    return {id, author: author.trimEnd(), subject: subject.trimEnd()};
  });
}

async function workOut(
  record: SessionRecord,
  places: Places,
  look: Look,
  {work, problem}: TakenOut,
  {branch, theirs = false}: ApplyRequest,
): Promise<PreparedMerge> {
  const {shadow} = places;
  const base = record.workspace.base ?? '';
  const source: Source = {...(await openSource(record.workspace.source)), base};
  const delivered = await deliveredIn(shadow);
  const {commit: result, ours} = await makeResult({
    ...{shadow, base, work, now: look.commit, along: delivered === undefined ? [] : [delivered]},
    author: await identityOf(source),
    message: `Work of ${record.name} that it did not commit`,
  });
  const request: MergeRequest = {shadow, source, result, branch, theirs, name: record.name};
  const merge = await planMerge(request);
  const commits = await commitsOf(shadow, result, merge.head ?? base);
  const {inside, outside} = await partBySubmodules(shadow, result, look.files);
  return {
    inSubmodules: inside,
    arrives: inside.length === 0 ? look.commit : await commitWrites(shadow, look.from, outside.flatMap(writesOf)),
    request,
    merge,
    commits: ours ? commits.filter(({id}) => id !== result) : commits,
    uncommitted: ours,
    problem,
  };
}

/** Works a merge out. `look`: the session's files, kept in the shadow. Throws APPLY_FAILED where git cannot, or takes too long. */
export async function prepareMerge(...args: Parameters<typeof workOut>): Promise<PreparedMerge> {
  try {
    return await workOut(...args);
  } catch (cause) {
    if (!(cause instanceof GitFailed)) throw cause;
    const [{name}] = args;
    throw new AppError('APPLY_FAILED', `What ${name} committed cannot be worked with: ${gitWords(cause)}`, {
      cause,
      hint: 'Nothing was changed. `--files` writes the changed files instead.',
    });
  }
}

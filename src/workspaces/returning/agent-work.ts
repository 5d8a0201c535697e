import {rmSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {type Git, GitFailed, ourGit} from '../shadow/git.ts';
import {makeRepository} from '../shadow/repository.ts';
import {formatOf} from '../writing/file-write.ts';

/** Where the agent's own refs are in the shadow. */
const agentRefs = 'refs/agent';

/** What the script below ends with when the agent has committed nothing. */
export const nothingCommitted = 40;

/**
 * Runs inside, where the agent's git settings can do no harm: prints a bundle of every commit that is on its branches, its HEAD or its
 * stash, and not in `base`.
 */
export const bundleScript = (base: string): string => `
set -- -c safe.directory='*' -c core.fsmonitor=false -c core.hooksPath=/dev/null
git "$@" rev-parse -q --verify HEAD >/dev/null || exit ${nothingCommitted}
stash=; git "$@" rev-parse -q --verify refs/stash >/dev/null && stash=refs/stash
[ -n "$(git "$@" rev-list -n 1 HEAD --branches $stash --not ${base})" ] || exit ${nothingCommitted}
exec git "$@" bundle create -q - HEAD --branches $stash --not ${base}
`;

/** What the agent committed, in the shadow. */
export interface AgentWork {
  /** What it has checked out; undefined when that is nothing new. */
  readonly tip: string | undefined;
  /** Of its other branches and its stash. */
  readonly others: readonly string[];
}

/** Each is asked after by itself. */
const mostBranches = 200;
/** Of the list of all files in what it has checked out: a few trees within each other can stand for billions. */
const mostListBytes = 128 * 2 ** 20;

/** Of one object. */
const mostMemory = '512m';
const careful = [
  'transfer.fsckObjects=true',
  'fetch.unpackLimit=1',
  'core.bigFileThreshold=16m',
  'pack.threads=1',
].flatMap(setting => ['-c', setting]);
const fetch = [
  ...['fetch', '-q', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-gc'],
  '--no-show-forced-updates',
];

async function checkTree(git: Git, tip: string): Promise<void> {
  let bytes = 0;
  for await (const piece of git.stream(['ls-tree', '-r', '-z', tip])) {
    bytes += piece.byteLength;
    if (bytes > mostListBytes) throw new AppError('WORKSPACE_UNREADABLE', 'a commit has more files than can be listed');
  }
}

export const noWork: AgentWork = {tip: undefined, others: []};

/**
 * Takes a bundle that came out of a sandbox into the shadow. Its objects are checked one by one and never unpacked in memory whole.
 * Throws GitFailed for one that git does not accept, WORKSPACE_UNREADABLE for one that has too much in it.
 */
export async function takeBundle(shadow: string, bundle: string): Promise<AgentWork> {
  const git = ourGit(shadow, {mostMemory});
  const heads = (await git.run(['bundle', 'list-heads', bundle], {mostBytes: 2 ** 20, timeoutMs: 10_000})).split('\n');
  const found = heads.flatMap(line => {
    const [, id, ref] = /^([0-9a-f]{40,64}) (HEAD|refs\/heads\/\S+|refs\/stash)$/.exec(line) ?? [];
    return id === undefined || ref === undefined ? [] : [{id, ref}];
  });
  if (found.length === 0) return noWork;
  if (found.length > mostBranches)
    throw new AppError('WORKSPACE_UNREADABLE', `there are more than ${mostBranches} branches`);
  const specs = found.map(({ref}, index) => `+${ref}:${agentRefs}/${ref === 'HEAD' ? 'HEAD' : `other/${index}`}`);
  const scratch = `${bundle}.git`;
  rmSync(scratch, {recursive: true, force: true});
  try {
    makeRepository(scratch, formatOf(found[0]?.id ?? ''), path.join(shadow, 'objects'));
    await ourGit(scratch, {mostMemory}).run([...careful, ...fetch, bundle, ...specs], {timeoutMs: 120_000});
    // Git checks the objects of a repository as it fetches them, but not those of a bundle.
    await git.run([...careful, ...fetch, scratch, `+${agentRefs}/*:${agentRefs}/*`], {timeoutMs: 120_000});
  } finally {
    rmSync(scratch, {recursive: true, force: true});
  }
  const tip = found.find(({ref}) => ref === 'HEAD')?.id;
  if (tip !== undefined) await checkTree(git, tip);
  return {tip, others: [...new Set(found.map(({id}) => id))].filter(id => id !== tip)};
}

/** Whether a commit has another one in its history. */
export const isIn = (shadow: string, commit: string, whole: string): Promise<boolean> =>
  ourGit(shadow)
    .run(['merge-base', '--is-ancestor', commit, whole])
    .then(
      () => true,
      error => {
        if (error instanceof GitFailed) return false;
        throw error;
      },
    );

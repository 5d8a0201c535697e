import {GitFailed, ourGit} from './git.ts';

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

export const noWork: AgentWork = {tip: undefined, others: []};

/**
 * Takes a bundle that came out of a sandbox into the shadow. Its objects are checked one by one and never unpacked in memory whole.
 * Throws GitFailed for one that git does not accept.
 */
export async function takeBundle(shadow: string, bundle: string): Promise<AgentWork> {
  const git = ourGit(shadow);
  const heads = (await git.run(['bundle', 'list-heads', bundle], {mostBytes: 2 ** 20, timeoutMs: 10_000})).split('\n');
  const found = heads.flatMap(line => {
    const [, id, ref] = /^([0-9a-f]{40,64}) (HEAD|refs\/heads\/\S+|refs\/stash)$/.exec(line) ?? [];
    return id === undefined || ref === undefined ? [] : [{id, ref}];
  });
  if (found.length === 0) return noWork;
  const checks = ['transfer.fsckObjects=true', 'fetch.unpackLimit=1', 'core.bigFileThreshold=16m', 'pack.threads=1'];
  const specs = found.map(({ref}, index) => `+${ref}:${agentRefs}/${ref === 'HEAD' ? 'HEAD' : `other/${index}`}`);
  await git.run(
    [
      ...checks.flatMap(setting => ['-c', setting]),
      ...[
        'fetch',
        '-q',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-recurse-submodules',
        '--no-auto-gc',
        '--no-show-forced-updates',
      ],
      ...[bundle, ...specs],
    ],
    {timeoutMs: 120_000},
  );
  const tip = found.find(({ref}) => ref === 'HEAD')?.id;
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

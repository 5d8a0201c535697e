import path from 'node:path';

/** Where the parts of one workspace are, below the directory of its session. */
export interface Places {
  /** The agent's files of a clone or a copy, seen as /workspace inside. The only part that the agent can touch. */
  readonly files: string;
  /** The repository the host keeps of it: how it was made, what came out of it. */
  readonly shadow: string;
  /** Scratch: what was seen in it last. */
  readonly seen: string;
  /** Names, contents and stat data of the files as they were made. */
  readonly table: string;
  /** Where the agent's branches were when it was made. */
  readonly refs: string;
  /** The commits that came out last. */
  readonly taken: string;
  /** What the user ignores besides .gitignore files. */
  readonly excludes: string;
  /** What an apply of files is in the middle of. */
  readonly journal: string;
  /** What an apply of commits is in the middle of. */
  readonly pending: string;
}

export const placesIn = (sessionDirectory: string): Places => ({
  files: path.join(sessionDirectory, 'workspace'),
  shadow: path.join(sessionDirectory, 'shadow.git'),
  seen: path.join(sessionDirectory, 'seen.git'),
  table: path.join(sessionDirectory, 'made.table'),
  refs: path.join(sessionDirectory, 'made.refs'),
  taken: path.join(sessionDirectory, 'taken.json'),
  excludes: path.join(sessionDirectory, 'excludes'),
  journal: path.join(sessionDirectory, 'apply'),
  pending: path.join(sessionDirectory, 'merge.json'),
});

/** Refs of the shadow. */
export const shadowRefs = {
  /** Every file as the workspace was made. */
  made: 'refs/trails/made',
  /** Every file as it was looked at for an apply. */
  looked: 'refs/trails/looked',
  /** Every file as it was last applied; what is different from it is unapplied. */
  applied: 'refs/trails/applied',
  /** The commit the user has from the last apply. */
  delivered: 'refs/trails/delivered',
} as const;

export const branchOf = (name: string): string => `trails/${name}`;

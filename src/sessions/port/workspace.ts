import type {WorkspaceMode} from './session.ts';

export interface ChangeCount {
  readonly files: number;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
}

export const changeKinds = ['added', 'modified', 'deleted', 'renamed', 'mode'] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface FileChange {
  /** From the workspace's root; bytes that are not UTF-8 come as U+FFFD. It may hold anything but NUL: clean it before it is shown. */
  readonly path: string;
  /** What it was called before it was renamed; null otherwise. */
  readonly from: string | null;
  readonly kind: ChangeKind;
  /** Lines; 0 of a binary file. */
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
  /** As git writes them: 100644, 100755, 120000; null where there is no file. */
  readonly oldMode: string | null;
  readonly newMode: string | null;
}

/** Something in a workspace that is not looked at or not written, and the reason in words for a person. */
export interface Refused {
  readonly path: string;
  readonly why: string;
}

/** What is different in a workspace since it was made, or since it was last applied. Files that are ignored are not in it. */
export interface WorkspaceChanges extends Omit<ChangeCount, 'files'> {
  readonly files: readonly FileChange[];
  readonly refused: readonly Refused[];
  /** Names this state of the files: the same for as long as nothing changes. */
  readonly version: string;
}

export interface PatchQuery {
  /** Of these files only. */
  readonly paths?: readonly string[];
  /** The state to show; left out, or no longer known: the one of now. */
  readonly version?: string;
}

/** `merge`: as commits, into a branch. `files`: as files, into the directory it came from. */
export const applyWays = ['merge', 'files'] as const;
export type ApplyWay = (typeof applyWays)[number];

export interface ApplyRequest {
  /** Left out: `merge` for a clone, `files` for a copy. */
  readonly how?: ApplyWay;
  /** Of a merge: to this branch, which is made if there is none, instead of the one that is checked out. */
  readonly branch?: string;
  /** Where both sides changed a file, the agent's is taken. Otherwise it is left as it is, or the merge is refused. */
  readonly theirs?: boolean;
  /** Only this state, as it was shown. Throws WORKSPACE_CHANGED when it is another one now. */
  readonly version?: string;
}

export interface AgentCommit {
  readonly id: string;
  readonly subject: string;
  readonly author: string;
}

/** What an apply does, or has done. */
export interface ApplyPlan {
  readonly how: ApplyWay;
  /** The repository or directory that gets it. */
  readonly target: string;
  /** Of a merge: the branch that gets it. */
  readonly branch: string | null;
  /** The agent's own, oldest first. */
  readonly commits: readonly AgentCommit[];
  /** What the agent did not commit comes as one more commit. */
  readonly uncommitted: boolean;
  readonly files: readonly FileChange[];
  /** Changed on both sides: a merge is refused for them, as files they are left unless the agent's are asked for. */
  readonly conflicts: readonly Refused[];
  /** Left out, whatever is asked. */
  readonly refused: readonly Refused[];
  readonly version: string;
}

export interface ApplyResult extends ApplyPlan {
  /** Of a merge: what the branch is at now. */
  readonly commit: string | null;
}

/** The work of a session that was removed, kept for 30 days. */
export interface Recovery {
  /** The session's. */
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly removedAt: number;
  readonly expiresAt: number;
  readonly mode: WorkspaceMode;
  /** The directory it was made of. */
  readonly source: string;
  /** Where it is kept: a ref of the repository, or a file. */
  readonly kept: string;
  readonly changes: ChangeCount;
}

export interface RestoreResult {
  /** The branch it is on now; null when it was written to a directory. */
  readonly branch: string | null;
  readonly directory: string;
  readonly refused: readonly Refused[];
}

/** What teardown of a session would take with it, in lines for a person. */
export interface TeardownSummary {
  /** Work that nobody has applied: commits, files, ignored files with their sizes. */
  readonly work: readonly string[];
  /** Where that is kept. */
  readonly saves: readonly string[];
  readonly removes: readonly string[];
  readonly keeps: readonly string[];
}

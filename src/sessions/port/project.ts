import type {CreateRequest} from '../port.ts';

/** `changed`: it was trusted as it was, and is not as it is now. */
export const trustStates = ['trusted', 'changed', 'untrusted'] as const;
export type TrustState = (typeof trustStates)[number];

/** How the project file of its repository went into a session; null: there was none. */
export const projectUses = ['trusted', 'tightened'] as const;
export type ProjectUse = (typeof projectUses)[number];

export const projectUseWords: Readonly<Record<ProjectUse, string>> = {
  trusted: '.trails.yaml (trusted)',
  tightened: '.trails.yaml (not trusted: it could only tighten)',
};

/** The file in which a repository says how its sessions are to be. Its words are anybody's: clean them before they are shown. */
export interface ProjectView {
  /** The repository's directory. */
  readonly repo: string;
  readonly file: string;
  readonly trust: TrustState;
  /** Names its content: trust is given to this and to nothing else. */
  readonly digest: string;
  /** Everything it says, a thing a line. */
  readonly says: readonly string[];
  /** What of that goes into the session that was asked about. */
  readonly applied: readonly string[];
  /** What is left out of it while the file is not trusted. */
  readonly refused: readonly string[];
  /** Of a changed file: what it says since, and what it says no more. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What a request comes to before anything is made: the person's word, then the project's, then the configuration's. */
export interface Resolved {
  readonly agent: string;
  /** Names of the asker's variables that the session would be given, where they are set. */
  readonly variables: readonly string[];
  /** Null where the directory has no project file. */
  readonly project: ProjectView | null;
}

export interface TrustedProject {
  readonly repo: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `gone`: there is no file any more, or none that can be read. */
  readonly now: 'trusted' | 'changed' | 'gone';
}

export interface ProjectPort {
  /** Throws AGENT_UNKNOWN, and CONFIG_INVALID for a project file that cannot be read, with each mistake in it. */
  resolve(request: CreateRequest): Promise<Resolved>;
  /** Trusts the project file of a directory while its digest is this one. Throws PROJECT_CHANGED, PROJECT_MISSING. */
  trust(directory: string, digest: string): Promise<ProjectView>;
  /** False where nothing was trusted. */
  revokeTrust(directory: string): Promise<boolean>;
  trusted(): Promise<readonly TrustedProject[]>;
}

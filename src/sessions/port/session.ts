import type {Mode} from '../../agents/agent.ts';
import type {StatusVerdict} from '../../agents/status/verdict.ts';
import type {Limits, Network} from '../../providers/provider.ts';
import type {Loosening, Profile} from '../../providers/sandbox/profile.ts';
import type {PromptView} from './agent.ts';
import type {ProjectUse} from './project.ts';
import type {ChangeCount} from './workspace.ts';

export const phases = ['creating', 'running', 'stopping', 'stopped', 'failed', 'lost'] as const;
export type Phase = (typeof phases)[number];

export type WorkspaceMode = 'clone' | 'copy' | 'bind';

/** Why an agent at rest does not run: its processes are frozen, or its container was stopped; "" while it does. */
export const asleeps = ['', 'paused', 'stopped'] as const;
export type Asleep = (typeof asleeps)[number];

/** How an agent's keys reach its model: handed over to it, or added on this side while it never sees them. */
export const credentialWays = ['forward', 'broker'] as const;
export type Credentials = (typeof credentialWays)[number];

/** Download caches of tools: one for all sessions of a user, one for each, or none. */
export type Caches = 'shared' | 'private' | 'off';

export interface SessionView {
  readonly id: string;
  readonly name: string;
  readonly agent: string;
  /** What runs inside, argument by argument. */
  readonly command: readonly string[];
  readonly provider: string;
  readonly image: string;
  readonly phase: Phase;
  /** Milliseconds since the epoch. */
  readonly phaseSince: number;
  /** Why it is failed or lost, or the step of a creation under way; "" otherwise. */
  readonly note: string;
  readonly status: StatusVerdict;
  /** It came to its end, a question or an error, and nobody has looked since. */
  readonly unseen: boolean;
  /** How much it may do without asking; null when its agent has no such choice. */
  readonly mode: Mode | null;
  /** Names of the variables that were handed to it; never values. */
  readonly variables: readonly string[];
  /** Those of them that its last start had to do without: their values are nowhere but in memory. */
  readonly missing: readonly string[];
  /** Its agent can go on with its last conversation. */
  readonly resumes: boolean;
  readonly prompts: {
    /** That are not delivered yet. */
    readonly waiting: number;
    readonly last: PromptView | null;
  };
  readonly workspace: {
    readonly mode: WorkspaceMode;
    /** What the agent works on, on this machine. */
    readonly path: string;
    /** The user's directory that it was made of; of a bind the same as `path`. */
    readonly source: string;
    readonly branch: string | null;
    readonly repo: string | null;
    /** Of a clone: the commit it began at. */
    readonly base: string | null;
  };
  /** Null when it was made without setup steps. */
  readonly setup: SetupView | null;
  /** What the agent has changed and nobody has applied; null while it is not known. */
  readonly changes: ChangeCount | null;
  readonly limits: Limits;
  readonly network: Network;
  /** Attempts to reach what it may not, since a person last looked at them. */
  readonly denied: number;
  readonly sandbox: {readonly profile: Profile; readonly loosened: readonly Loosening[]};
  /** The OCI runtime by name; null: the engine's default. */
  readonly runtime: string | null;
  /** Limits that its engine was seen not to enforce: memory, cpus, pids, disk. */
  readonly unenforced: readonly string[];
  readonly credentials: Credentials;
  /** The kept home it works in; null: one of its own, which goes with it. */
  readonly home: string | null;
  /** Its place among those that wait for room to start, from 1; null when it does not wait. */
  readonly queued: number | null;
  readonly asleep: Asleep;
  /** How the project file of its repository went into it; null: there was none. */
  readonly project: ProjectUse | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly exitCode: number | null;
  /** What the agent calls its window, cleaned; "" when it set none. */
  readonly title: string;
}

/** The steps before the agent, and how far they are. */
export interface SetupView {
  readonly commands: readonly string[];
  /** How many have ended well; the next one is under way, or waits for a start. */
  readonly done: number;
  /** A step is under way: what it prints is the session's screen and log. */
  readonly running: boolean;
}

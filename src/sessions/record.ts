import type {Worker} from '../lib/worker.ts';
import type {EnvironmentId, Limits, Network} from '../providers/provider.ts';
import {type Sandbox, sandboxOf} from '../providers/sandbox/profile.ts';
import type {Asleep, Caches, Credentials, Mode, Phase, ProjectUse, StartWay, WorkspaceMode} from './port.ts';

/** What never changes about a session once it is asked for. Also kept as a label of its environment, so that it can be found again. */
export interface SessionFacts {
  readonly id: string;
  readonly name: string;
  readonly agent: string;
  /** What runs when it begins, and again. */
  readonly command: readonly [string, ...string[]];
  /** The user's own arguments in it. */
  readonly args: readonly string[];
  /** The agent's program on this machine; null where its image has it. */
  readonly program: string | null;
  /** Null when its agent has no such choice. */
  readonly mode: Mode | null;
  /** Names of the variables that are handed to it at each start. */
  readonly variables: readonly string[];
  readonly provider: string;
  readonly image: string;
  readonly workspace: {
    readonly mode: WorkspaceMode;
    readonly path: string;
    /** The user's directory that it was made of. */
    readonly source: string;
    readonly branch: string | null;
    readonly repo: string | null;
    /** Of a clone: the commit it began at. */
    readonly base: string | null;
  };
  readonly limits: Limits;
  readonly network: Network;
  /** Hosts it may reach beside those of its agent. */
  readonly allow: readonly string[];
  readonly sandbox: Sandbox;
  readonly credentials: Credentials;
  /** The kept home it works in; null: one of its own, which goes with it. */
  readonly home: string | null;
  /** Whose download caches it works with. */
  readonly caches: Caches;
  /** How the project file of its repository went into it; null: there was none. */
  readonly project: ProjectUse | null;
  readonly runtime: string | null;
  readonly createdAt: number;
  /** Shell commands that run in its environment before its agent does. */
  readonly setup: readonly string[];
}

/** What older versions wrote down, with what they did not know of yet: setup, how an agent is launched, where a workspace came from. */
export const wholeFacts = (facts: SessionFacts): SessionFacts => ({
  ...{setup: [], args: [], program: null, mode: null, variables: []},
  // Made before there was a strict sandbox.
  ...{allow: [], credentials: 'forward', home: null, project: null, caches: 'off', sandbox: sandboxOf('relaxed')},
  ...facts,
  workspace: {...{source: facts.workspace.path, base: null}, ...facts.workspace},
});

/** `worked`: what it comes to is news; `unseen`: it has come to that, and nobody has looked since. */
export type Attention = '' | 'worked' | 'unseen';

export interface SessionRecord extends SessionFacts {
  readonly environment: EnvironmentId | null;
  readonly phase: Phase;
  readonly phaseSince: number;
  readonly note: string;
  readonly exitCode: number | null;
  /** How many of its setup steps have ended well. */
  readonly setupDone: number;
  /** What its last start ran. */
  readonly run: StartWay;
  /** The name its agent gave to the conversation that a resume goes on with; "" while it is not known. */
  readonly conversation: string;
  /** Whether its agent, in this run, came to something that nobody has looked at. */
  readonly attention: Attention;
  /** Variables that its last start had to do without. */
  readonly missing: readonly string[];
  /** Milliseconds since the epoch: since then it waits for room to start; null when it does not. */
  readonly queuedAt: number | null;
  readonly asleep: Asleep;
  /** Limits that its engine was seen not to enforce, and what of its sandbox does not hold there. */
  readonly unenforced: readonly string[];
  /** Teardown was asked: whoever finds this finishes it. */
  readonly removing: boolean;
  /** The process in the middle of creating, starting, stopping or removing it; when that is dead, reconcile takes over. */
  readonly worker: Worker | null;
}

import type {Worker} from '../lib/worker.ts';
import type {EnvironmentId, Limits, Network} from '../providers/provider.ts';
import type {Phase, WorkspaceMode} from './port.ts';

/** What never changes about a session once it is asked for. Also kept as a label of its environment, so that it can be found again. */
export interface SessionFacts {
  readonly id: string;
  readonly name: string;
  readonly agent: string;
  readonly command: readonly [string, ...string[]];
  readonly provider: string;
  readonly image: string;
  readonly workspace: {
    readonly mode: WorkspaceMode;
    readonly path: string;
    /** The user's directory that it was made of. */
    readonly source: string;
    readonly branch: string | null;
    readonly repo: string | null;
  };
  readonly limits: Limits;
  readonly network: Network;
  readonly runtime: string | null;
  readonly createdAt: number;
  /** Shell commands that run in its environment before its agent does. */
  readonly setup: readonly string[];
}

export interface SessionRecord extends SessionFacts {
  readonly environment: EnvironmentId | null;
  readonly phase: Phase;
  readonly phaseSince: number;
  readonly note: string;
  readonly exitCode: number | null;
  /** How many of its setup steps have ended well. */
  readonly setupDone: number;
  /** Teardown was asked: whoever finds this finishes it. */
  readonly removing: boolean;
  /** The process in the middle of creating, starting, stopping or removing it; when that is dead, reconcile takes over. */
  readonly worker: Worker | null;
}

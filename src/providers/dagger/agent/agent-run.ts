import type {Command, ExecOptions, ExecStream, Size, Stats, TerminalOptions, TerminalStream} from '../../provider.ts';

export type RunState = 'idle' | 'running' | 'paused' | 'exited';

/** What is known of an agent inside, and since when. */
export interface RunStatus {
  readonly state: RunState;
  /** Of the last run, once it ended: 128 + N where signal N ended it. */
  readonly exitCode?: number;
}

/**
 * The agent of one environment as this machine follows it, over every break of the connection. Its output is recorded in a file here,
 * which outlives the environment; positions are offsets in it.
 */
export interface AgentRun {
  /** As it was heard last; what is heard again after a break may be another state. */
  readonly status: RunStatus;
  /** Calls on every change of `status`; the result ends the listening. */
  onStatus(listener: () => void): () => void;
  /** Calls when something changed that cannot wait for the next checkpoint: `exchange`, or `commits` for a git of the workspace. */
  onChanged(listener: (what: 'exchange' | 'commits') => void): () => void;
  /**
   * Starts the command as the agent's user on a terminal of this size; its variables and secrets reach it over the connection alone.
   * Resolves with the position at which its output begins. Throws ENGINE_UNREACHABLE, ENGINE_REFUSED while one runs.
   */
  spawn(command: Command, size: Size, signal?: AbortSignal): Promise<number>;
  /** The terminal of the run, or its record once it is over or out of reach. */
  openTerminal(options: TerminalOptions): TerminalStream;
  exec(command: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecStream>;
  /** To all processes of the agent's user. */
  signal(name: 'TERM' | 'HUP' | 'KILL' | 'STOP' | 'CONT'): Promise<void>;
  /** Of all processes of the agent's user; undefined when none runs or nobody is there. */
  stats(): Promise<Stats | undefined>;
  /** The environment is gone, with what was running: terminals end as `lost`, and the record stays. */
  lose(): void;
  /** Lets go; the agent runs on. */
  close(): void;
}

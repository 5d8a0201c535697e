import type {Finding} from '../lib/checkup/check.ts';
import type {Size} from '../lib/size.ts';
import type {Sandbox} from './sandbox/profile.ts';

/** Names an environment within its provider. Podman and Docker: the container's id. */
export type EnvironmentId = string & {readonly brand: 'EnvironmentId'};

export type {Size} from '../lib/size.ts';

export interface Limits {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly pids: number;
  /** Of the workspace and the home together; left out: as much as there is. */
  readonly diskBytes?: number;
}

/** `allowlist`: nothing but a socket to a proxy, which lets through what it was told to. */
export const networks = ['none', 'allowlist', 'open'] as const;
export type Network = (typeof networks)[number];

/** Where the proxy of an `allowlist` is, seen from inside. */
export const relayAddress = 'http://127.0.0.1:3128';

/** Of a file, on the host. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Where an environment on the host image looks for programs. */
export const usualPath = '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin';

export interface EnvironmentSpec {
  /** Unique; Podman and Docker use it as the container's name. */
  readonly name: string;
  readonly hostname: string;
  /** `host` for the machine's own tools, else a reference of the engine's. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** A directory of the host that the environment sees at /workspace, writable; files made in it belong to its owner. */
  readonly workspace: string;
  readonly mounts: readonly Mount[];
  /**
   * A private directory of the host for this environment: the agent's command, its home, the engine's log. The provider makes it. What
   * lies in its `home` before, owned as the workspace is, is the agent's home; what lies in its `run` is read-only at /run/trails.
   */
  readonly stateDir: string;
  /** A directory of the host that is the agent's home, owned as the workspace is; left out: `home` in the state directory. */
  readonly home?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly network: Network;
  /** With `allowlist`: the directory of the host that holds the proxy's socket. It is read-only at /run/trails-egress. */
  readonly egress?: string;
  readonly sandbox: Sandbox;
  /** An OCI runtime by name, else the engine's default. */
  readonly runtime?: string;
}

/**
 * `lost`: it ran when it was heard of last, and nothing is heard of it any more. It may be found again; with `supports.checkpoints` a
 * start begins anew from what was brought last.
 */
export type EnvironmentState = 'created' | 'running' | 'paused' | 'exited' | 'lost';

export interface Environment {
  readonly id: EnvironmentId;
  readonly name: string;
  readonly state: EnvironmentState;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Of the main process once it ended: 128 + N where signal N ended it. */
  readonly exitCode?: number;
  /** Why it is lost, and what of it is kept, in words. */
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly startedAt?: number;
  /** With `supports.checkpoints`: when what it wrote was brought here last, in milliseconds since the epoch. */
  readonly checkpointAt?: number;
}

export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Additions to the environment's own variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** More of them: their values are on no command line and in nothing the engine tells, and on the disk only until the command began. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export type TerminalEnd = 'exited' | 'detached' | 'lost';

/**
 * The agent's terminal. It pushes: nothing a reader does can hold the agent back.
 * Positions count bytes of the provider's record of the output; they only grow, and mean something to that provider alone.
 */
export interface TerminalStream {
  /** Output from `from` on: first what was recorded, then live. `end` is the position just behind `bytes`. One listener. */
  onData(listener: (bytes: Uint8Array, end: number) => void): void;
  /** Resolves when everything recorded before the opening has been delivered. */
  readonly caughtUp: Promise<void>;
  write(bytes: Uint8Array): void;
  /** Resolves with the position from which output is laid out for the new size. A resize to the same size does nothing. */
  resize(size: Size): Promise<number>;
  /**
   * Nobody takes more in just now: what comes may wait in the provider's record until `resume`. The agent never waits; where there is
   * no record to wait in, output goes on.
   */
  pause(): void;
  resume(): void;
  /** Lets go of the terminal; never ends the agent. */
  close(): void;
  readonly closed: Promise<TerminalEnd>;
}

export interface TerminalOptions {
  readonly size: Size;
  /** Position to begin at; 0 for everything that is recorded. */
  readonly from: number;
  /** Positions, rising, at which no delivered piece may straddle: the resizes of the past. */
  readonly cuts: readonly number[];
}

export interface ExecOptions {
  readonly tty?: Size;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Run as the environment's agent user (default) or, for set-up, as its root. */
  readonly user?: 'agent' | 'root';
  readonly signal?: AbortSignal;
}

/** A further process in a running environment. Backpressure reaches it: a slow reader slows only this process. */
export interface ExecStream {
  readonly stdin: {
    /** Resolves when there is room for more. */
    write(bytes: Uint8Array): Promise<void>;
    end(): void;
  };
  onOutput(listener: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void): void;
  /** Brings no more output until `resume`: the command waits when it has filled what is in between. */
  pause(): void;
  resume(): void;
  resize(size: Size): Promise<void>;
  /** The command's own exit code; 128 + N for signal N, 126 and 127 as in a shell. */
  readonly exit: Promise<number>;
  kill(): void;
}

export interface Stats {
  /** In hundredths of one core since the previous reading: 200 is two full cores. */
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly pids: number;
}

/** What an environment is really held to; Infinity: to nothing. */
export type HeldLimits = Pick<Limits, 'memoryBytes' | 'cpus' | 'pids'>;

export type EnvironmentEvent = {
  readonly type: 'created' | 'started' | 'paused' | 'resumed' | 'exited' | 'lost' | 'removed';
  readonly id: EnvironmentId;
  readonly labels: Readonly<Record<string, string>>;
  readonly exitCode?: number;
};

export type {Finding} from '../lib/checkup/check.ts';

export interface Progress {
  /** In words, for the screen: "making the container". */
  readonly step: string;
}

export interface ImageInfo {
  readonly reference: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly createdAt: number;
}

/** An image to be made from `images/<name>/Containerfile`. */
export interface ImageBuild {
  readonly name: string;
  /** What it is called when it is there. */
  readonly reference: string;
  /** Build arguments; those that it does not take are left out. */
  readonly args: Readonly<Record<string, string>>;
  /** A file of certificates that the build's downloads trust besides the usual ones. Nothing of it stays in the image. */
  readonly ca?: string;
}

export interface Images {
  list(signal?: AbortSignal): Promise<readonly ImageInfo[]>;
  /** The build arguments of `images/<name>`; undefined where there is no such image. */
  takes(name: string): readonly string[] | undefined;
  /** `onLine` gets the builder's output. Throws CANNOT_CREATE. */
  build(build: ImageBuild, onLine: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo>;
  /** Throws IMAGE_MISSING, and ENGINE_REFUSED for one that is in use. */
  remove(reference: string, signal?: AbortSignal): Promise<void>;
}

/** A place where environments run. It has never heard of sessions or screens. Every method throws AppError for what a person can mend. */
export interface Provider {
  readonly name: string;
  readonly supports: {
    readonly pause: boolean;
    readonly limits: boolean;
    readonly networks: readonly Network[];
    /** Environments work on copies of their workspace and home, which come back by `refresh`; else on the directories themselves. */
    readonly checkpoints: boolean;
    /** What of this machine its environments can see besides their workspace: anything, files that are brought in, or nothing. */
    readonly machine: 'mounted' | 'brought' | 'nothing';
    /** Of the strict sandbox: what does not hold here, each in a few words. */
    readonly notHeld?: readonly string[];
  };
  /** Never throws: what is missing is a finding. */
  check(signal?: AbortSignal): Promise<readonly Finding[]>;
  /**
   * The OCI runtime to be asked for: undefined for `auto`, the engine's own. Throws UNSUPPORTED with the reason for one that cannot be
   * used here, which is found out by a trial.
   */
  resolveRuntime(asked: string, network: Network): Promise<string | undefined>;
  /**
   * Who a directory that root has made for an environment of this runtime is to be given to; undefined: it can stay root's. A directory
   * of a person is never given away: one of root's is then refused with NOT_ALLOWED.
   */
  inPlaceOfRoot(runtime: string | undefined): Promise<Owner | undefined>;
  /** Made, not started. When it fails or is cancelled, nothing is left over. */
  createEnvironment(
    spec: EnvironmentSpec,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<EnvironmentId>;
  getEnvironment(id: EnvironmentId, signal?: AbortSignal): Promise<Environment | undefined>;
  listEnvironments(labels: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<readonly Environment[]>;
  /**
   * Starts the environment with this command on its main terminal, which has the given size from its first byte.
   * Resolves with the position in the record at which this run's output begins.
   */
  spawnAgent(id: EnvironmentId, command: Command, size: Size, signal?: AbortSignal): Promise<number>;
  /** The main terminal, of a running environment or, read-only, of one that ended. */
  openTerminal(id: EnvironmentId, options: TerminalOptions): Promise<TerminalStream>;
  exec(id: EnvironmentId, command: readonly [string, ...string[]], options?: ExecOptions): Promise<ExecStream>;
  /** TERM, then KILL after `graceMs`; a paused one goes on for it. Asking twice is fine. */
  stopEnvironment(id: EnvironmentId, graceMs: number, signal?: AbortSignal): Promise<void>;
  /** Runs the last spawned command again; resolves like spawnAgent. The record goes on behind the earlier run's. */
  startEnvironment(id: EnvironmentId, size: Size, signal?: AbortSignal): Promise<number>;
  /** Freezes all of its processes, which keep their memory. Asking twice is fine. Throws UNSUPPORTED where `supports.pause` is false. */
  pauseEnvironment(id: EnvironmentId, signal?: AbortSignal): Promise<void>;
  /** Lets them go on. One that is not paused is left alone. */
  resumeEnvironment(id: EnvironmentId, signal?: AbortSignal): Promise<void>;
  /** Ends and removes it, with what it wrote outside its workspace. Asking twice is fine, and so is one that is gone. */
  destroyEnvironment(id: EnvironmentId, signal?: AbortSignal): Promise<void>;
  stats(ids: readonly EnvironmentId[], signal?: AbortSignal): Promise<ReadonlyMap<EnvironmentId, Stats>>;
  /** Of a running one, as the kernel has it where that can be seen, else as the engine says; undefined where nobody knows. */
  heldLimits(id: EnvironmentId, signal?: AbortSignal): Promise<HeldLimits | undefined>;
  /** Events from now on, of environments with these labels. Ends with the signal; throws when the engine goes away. */
  watch(labels: Readonly<Record<string, string>>, signal: AbortSignal): AsyncIterable<EnvironmentEvent>;
  /** A tar stream into a directory of the environment, owned by its agent user. */
  copyIn(id: EnvironmentId, directory: string, tar: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  copyOut(id: EnvironmentId, path: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * With `supports.checkpoints`: brings what a running environment has written in its workspace, its home and its writable mounts to
   * this machine now. One that does not run is as it was brought last. Throws ENGINE_UNREACHABLE.
   */
  refresh?(id: EnvironmentId, signal?: AbortSignal): Promise<void>;
  /** Left out by a place that keeps none. */
  readonly images?: Images;
  /** Lets go of connections and of anything started for them; environments run on. */
  close(): Promise<void>;
}

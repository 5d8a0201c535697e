import type {Mode} from '../agents/agent.ts';
import type {Status} from '../agents/status/verdict.ts';
import type {Finding, ImageInfo, Limits, Network, Size} from '../providers/provider.ts';
import type {Loosening, Profile} from '../providers/sandbox/profile.ts';
import type {AgentInfo, PromptView, StartOptions} from './port/agent.ts';
import type {FleetPort} from './port/fleet.ts';
import type {KeptPort} from './port/kept.ts';
import type {NetworkPort} from './port/network.ts';
import type {ProjectPort} from './port/project.ts';
import type {AuditQuery, AuditRow, LogPiece, LogQuery} from './port/records.ts';
import type {Credentials, SessionView, WorkspaceMode} from './port/session.ts';
import type {Attachment, ExecHandle, ExecRequest, ScreenFrame} from './port/terminal.ts';
import type {
  ApplyPlan,
  ApplyRequest,
  ApplyResult,
  PatchQuery,
  Recovery,
  RestoreResult,
  TeardownSummary,
  WorkspaceChanges,
} from './port/workspace.ts';

export type {Mode} from '../agents/agent.ts';
export {modes} from '../agents/agent.ts';
export {modeWords} from '../agents/mode-words.ts';
export type {Kind, Status, StatusSource, StatusVerdict} from '../agents/status/verdict.ts';
export {statuses} from '../agents/status/verdict.ts';
export {briefWords, retries, sourceWords, verdictWords} from '../agents/status/words.ts';
export type {Finding, ImageInfo, Limits, Network, Size} from '../providers/provider.ts';
export {networks} from '../providers/provider.ts';
export {type Loosening, loosenings, looseningWords, type Profile, profiles} from '../providers/sandbox/profile.ts';
export * from './port/agent.ts';
export * from './port/explain.ts';
export * from './port/fleet.ts';
export * from './port/kept.ts';
export * from './port/network.ts';
export * from './port/project.ts';
export * from './port/records.ts';
export * from './port/session.ts';
export * from './port/terminal.ts';
export * from './port/workspace.ts';

/** Whether the engine answers. Sessions run on when it does not; nothing can be asked of them meanwhile. */
export interface EngineState {
  readonly provider: string;
  readonly state: 'connecting' | 'ready' | 'unreachable';
  readonly detail: string;
  readonly hint: string;
}

export interface CreateRequest {
  /** Suggested by the service when left out. */
  readonly name?: string;
  /** "": the project's, else the configured one. */
  readonly agent: string;
  /** For `shell`: the command to run instead of a shell. For others: further arguments. */
  readonly args: readonly string[];
  /** `auto` or a provider's name; left out: the configured one. */
  readonly provider?: string;
  readonly repo: string;
  /** Left out: a clone of a git repository, a copy of anything else. */
  readonly workspace?: WorkspaceMode;
  /** Of a clone: the commit it begins at; left out: the one that is checked out. */
  readonly base?: string;
  /** Of a clone: what is not committed comes along. */
  readonly withChanges?: boolean;
  /** Of a copy: however much it is. Otherwise more than 2 GB are refused with TOO_BIG. */
  readonly big?: boolean;
  /**
   * Shell commands that run in the environment before the agent, in order. One that fails leaves the session failed; a start goes on
   * with it.
   */
  readonly setup?: readonly string[];
  readonly image?: string;
  /** How much it may do without asking; left out: the configured one. */
  readonly mode?: Mode;
  /** Its first prompt. */
  readonly prompt?: string;
  /** Variables for the agent and the setup steps. Their values are kept nowhere but in memory. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the asker's own environment: those that AgentInfo.variables names and that are set. Handled like `env`. */
  readonly here?: Readonly<Record<string, string>>;
  readonly limits: Partial<Limits>;
  /** Left out: the configured one, which by default is `allowlist` for an agent that names hosts, else `none`. */
  readonly network?: Network;
  /** Further hosts: `name.example`, `.suffix.example`, or a group such as `npm`. With one the network is `allowlist` unless it was said. */
  readonly allow?: readonly string[];
  readonly profile?: Profile;
  /** What is loosened by name, beside what the profile loosens. */
  readonly loosen?: readonly Loosening[];
  readonly credentials?: Credentials;
  /** A kept home of this agent, made when it is not there: it survives the session. Locked to one session at a time. */
  readonly home?: string;
  /** `auto`, or an OCI runtime by name: crun, runc, runsc, kata. */
  readonly runtime?: string;
  readonly size: Size;
}

export interface CreateProgress {
  readonly step: string;
  /** Steps begin at 1. */
  readonly index: number;
  readonly total: number;
  /** How much of a long step is done, from 0 to 1. */
  readonly fraction?: number;
}

/** An image to be built. */
export interface BuildRequest {
  /** An agent, or `base`. */
  readonly name: string;
  /** Build arguments, of its own or of what it is built on. */
  readonly args: Readonly<Record<string, string>>;
  /** A file of certificates on the daemon's machine that the build's downloads trust as well. */
  readonly ca?: string;
}

export interface SessionStats {
  readonly id: string;
  readonly name: string;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  /** Limits that are not held are 0. */
  readonly memoryLimit: number;
  readonly pids: number;
  readonly pidsLimit: number;
  /** Of its workspace and home; null while it is not known. */
  readonly diskBytes: number | null;
  /** Null when it has none. */
  readonly diskLimit: number | null;
}

/** Who asks. */
export interface Caller {
  /** Of the client's process; 0 when it did not say. */
  readonly pid: number;
  /** Its command, or what it calls itself. */
  readonly command: string;
  /** Takes the place of the configured provider. */
  readonly provider?: string;
  /** What our images are called, where that is not the usual `localhost/trails` and `latest`. */
  readonly images?: {readonly prefix?: string; readonly tag?: string};
}

/** What has changed since the last one of the same watch. */
export interface Change {
  /** Everything there is, in place of what was known before: the first of a watch. */
  readonly whole: boolean;
  /** New or changed. */
  readonly sessions: readonly SessionView[];
  /** Ids of those that are gone. */
  readonly removed: readonly string[];
  /** In a whole one, and when it changed. */
  readonly engine?: EngineState;
}

/**
 * What clients may ask of the sessions. `ref` is a name, an id, or a unique prefix of either; unknown: SESSION_UNKNOWN.
 * Every method throws AppError for what a person can mend.
 */
export interface SessionsPort extends FleetPort, KeptPort, NetworkPort, ProjectPort {
  list(): Promise<readonly SessionView[]>;
  get(ref: string): Promise<SessionView>;
  /** First everything there is, then each change; changes that a slow reader missed come as one. Ends with the signal. */
  watch(signal: AbortSignal): AsyncIterable<Change>;
  engine(): Promise<EngineState>;
  /** A free name for a new session. */
  suggestName(): Promise<string>;
  /** The message of what is wrong with this request, per field; empty when it would be accepted. Cheap: asked at each key. */
  validate(request: CreateRequest): Promise<Partial<Record<keyof CreateRequest, string>>>;
  /**
   * Resolves once the agent runs or, where there is no room for it, once it waits for that: its `queued` is its place. When it fails or is cancelled, nothing is left over; but a setup step that fails or is interrupted
   * leaves the session, failed: throws SETUP_FAILED, or what interrupted it.
   */
  create(
    request: CreateRequest,
    onProgress: (progress: CreateProgress) => void,
    signal: AbortSignal,
  ): Promise<SessionView>;
  stop(ref: string): Promise<SessionView>;
  /** Where there is no room for it, it waits: its `queued` is its place then. */
  start(ref: string, size: Size, options?: StartOptions): Promise<SessionView>;
  restart(ref: string, size: Size, options?: StartOptions): Promise<SessionView>;
  /** Puts a prompt behind those that wait; it is delivered once, when the agent can take one. Throws PROMPT_INVALID, PHASE_FORBIDS. */
  send(ref: string, text: string): Promise<PromptView>;
  /** Those of the session, the oldest first; what was delivered long ago is forgotten. */
  prompts(ref: string): Promise<readonly PromptView[]>;
  /** Until it is delivered or has failed. Throws TIMEOUT, PROMPT_UNKNOWN; ends with the signal. */
  awaitPrompt(
    ref: string,
    id: string,
    options: {readonly timeoutMs?: number},
    signal: AbortSignal,
  ): Promise<PromptView>;
  /** Takes one back that still waits. Throws PROMPT_UNKNOWN for one that is on its way or delivered. */
  takeBackPrompt(ref: string, id: string): Promise<void>;
  /** A person has looked at what it came to: it is no longer unseen. */
  seen(ref: string): Promise<void>;
  teardown(ref: string): Promise<TeardownSummary>;
  /** What the agent changed. */
  changes(ref: string, signal?: AbortSignal): Promise<WorkspaceChanges>;
  /** The same, now and soon after each change; a slow reader misses what is between. */
  watchChanges(ref: string, signal: AbortSignal): AsyncIterable<WorkspaceChanges>;
  /** As a unified diff, in pieces of any size. What the agent wrote is in it as it is: clean it before it is shown. */
  patch(ref: string, query: PatchQuery, signal: AbortSignal): AsyncIterable<string>;
  /** What an apply would do; changes nothing. Without files there is nothing to apply. */
  planApply(ref: string, request: ApplyRequest, signal?: AbortSignal): Promise<ApplyPlan>;
  /** All of it or, when it fails, nothing. Throws APPLY_CONFLICT for a merge that has conflicts. */
  apply(ref: string, request: ApplyRequest): Promise<ApplyResult>;
  /** The newest first. */
  recoveries(): Promise<readonly Recovery[]>;
  /** Brings the work of a removed session back: on a branch of its repository or, with `to`, in a new directory. Throws RECOVERY_UNKNOWN. */
  restore(id: string, options: {readonly to?: string}): Promise<RestoreResult>;
  /** Forgets what is past its 30 days; with `id` that one, whenever it was removed. */
  pruneRecoveries(options: {readonly id?: string}): Promise<readonly Recovery[]>;
  /**
   * Without `force` a running session is refused. A lost one is forgotten. Work that nobody has applied is kept first, and what cannot
   * be kept is not removed.
   */
  remove(ref: string, options: {readonly force: boolean}): Promise<void>;
  /**
   * Until the agent has one of these statuses. Throws TIMEOUT, and PHASE_FORBIDS when its run ended without it; ends with the signal.
   */
  wait(
    ref: string,
    options: {readonly statuses: readonly Status[]; readonly timeoutMs?: number},
    signal: AbortSignal,
  ): Promise<SessionView>;
  attach(ref: string, size: Size): Promise<Attachment>;
  exec(ref: string, request: ExecRequest): Promise<ExecHandle>;
  /** The shell a person gets in this session. */
  shell(ref: string, size: Size): Promise<ExecHandle>;
  screen(ref: string): Promise<ScreenFrame>;
  /**
   * A frame now and after each change, at most `maxFps` a second; only the newest one waits for a slow reader. Goes on with the
   * session's next run; ends when it is removed.
   */
  watchScreen(
    ref: string,
    options: {readonly scrolled: number; readonly maxFps: number},
    signal: AbortSignal,
  ): AsyncIterable<ScreenFrame>;
  /**
   * The output as lines of plain text, escapes removed. With `follow` until the run ends, setup steps and the first run of the agent
   * being one; the next run is asked for anew.
   */
  logs(ref: string, query: LogQuery, signal: AbortSignal): AsyncIterable<LogPiece>;
  stats(signal?: AbortSignal): Promise<readonly SessionStats[]>;
  /** From the oldest row to the newest. Ends with the signal. */
  audit(query: AuditQuery, signal: AbortSignal): AsyncIterable<AuditRow>;
  agents(): Promise<readonly AgentInfo[]>;
  images(signal?: AbortSignal): Promise<readonly (ImageInfo & {readonly provider: string})[]>;
  /** And first what it is built on, when that is not there. Throws AGENT_UNKNOWN, USAGE, CANNOT_CREATE. */
  buildImage(request: BuildRequest, onLine: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo>;
  /** By an agent's name or its own; resolves with what the engine called it. Throws IMAGE_MISSING, ENGINE_REFUSED while it is in use. */
  removeImage(name: string, signal?: AbortSignal): Promise<string>;
  doctor(signal?: AbortSignal): Promise<readonly Finding[]>;
  /** Ends what this client has under way and lets go of the sessions; they run on. */
  close(): Promise<void>;
}

import type {Status, StatusVerdict} from '../agents/status/verdict.ts';
import type {Finding, ImageInfo, Limits, Network, Size} from '../providers/provider.ts';

export type {Status, StatusSource, StatusVerdict} from '../agents/status/verdict.ts';
export {statuses} from '../agents/status/verdict.ts';
export type {Finding, ImageInfo, Limits, Network, Size} from '../providers/provider.ts';

export const phases = ['creating', 'running', 'stopping', 'stopped', 'failed', 'lost'] as const;
export type Phase = (typeof phases)[number];

export type WorkspaceMode = 'clone' | 'copy' | 'bind';

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
  readonly workspace: {
    readonly mode: WorkspaceMode;
    /** What the agent works on, on this machine. */
    readonly path: string;
    /** The user's directory that it was made of; of a bind the same as `path`. */
    readonly source: string;
    readonly branch: string | null;
    readonly repo: string | null;
  };
  /** Null when it was made without setup steps. */
  readonly setup: SetupView | null;
  /** What the agent has changed and nobody has applied; null while it is not known. */
  readonly changes: ChangeCount | null;
  readonly limits: Limits;
  readonly network: Network;
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
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Partial<Limits>;
  readonly network?: Network;
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

/** A live picture for a preview. Each line is text with SGR codes only: every other escape of the agent's is gone. */
export interface ScreenFrame {
  readonly size: Size;
  readonly lines: readonly string[];
  readonly cursor: {readonly column: number; readonly row: number; readonly visible: boolean};
  readonly title: string;
  /** Rows kept above the screen, and how far above its end this frame is. */
  readonly scrollback: number;
  readonly scrolled: number;
}

export type AttachmentEnd =
  | {readonly reason: 'detached'}
  | {readonly reason: 'exited'; readonly exitCode: number | null}
  | {readonly reason: 'lost'; readonly detail: string};

/** One viewer on a session's terminal: first the exact screen, then the agent's own bytes, made safe for a real terminal. */
export interface Attachment {
  /**
   * For one reader, in pieces of any size; ends with the attachment, and leaving it early detaches. A reader that falls more than
   * 1 MB behind gets the exact screen anew instead of what it missed.
   */
  readonly output: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  detach(): void;
  readonly closed: Promise<AttachmentEnd>;
}

export interface ExecRequest {
  readonly argv: readonly [string, ...string[]];
  /** With a size the command gets a terminal. */
  readonly tty?: Size;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecHandle {
  onOutput(listener: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void): void;
  /** Brings no more output until `resume`: the command waits when it has filled what is in between. */
  pause(): void;
  resume(): void;
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  resize(size: Size): void;
  kill(): void;
  readonly exit: Promise<number>;
}

export interface SessionStats {
  readonly id: string;
  readonly name: string;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly memoryLimit: number;
  readonly pids: number;
  readonly pidsLimit: number;
}

/** Who asks. */
export interface Caller {
  /** Of the client's process; 0 when it did not say. */
  readonly pid: number;
  /** Its command, or what it calls itself. */
  readonly command: string;
  /** Takes the place of the configured provider. */
  readonly provider?: string;
}

/** One operation, by whom, and how it went. */
export interface AuditRow {
  /** Grows with each row. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Empty when the operation was about no session. */
  readonly session: string;
  readonly name: string;
  readonly action: string;
  readonly detail: string;
  /** "ok", or the message of the error. */
  readonly result: string;
  /** Of the client. */
  readonly pid: number;
  readonly by: string;
}

export interface LogQuery {
  /** The last lines only. */
  readonly tail?: number;
  /** Only lines from this number on; the first line of a session is 0. */
  readonly from?: number;
  readonly follow: boolean;
}

/** Lines of a log that came together. */
export interface LogPiece {
  readonly lines: readonly string[];
  /** The number of the line that follows them. */
  readonly next: number;
}

export interface AuditQuery {
  /** Also of a session that was removed: its name or id, whole. */
  readonly ref?: string;
  /** The newest rows only. */
  readonly limit?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  /** Only rows behind the one of this id. */
  readonly after?: number;
  /** Go on with each new row. */
  readonly follow?: boolean;
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

export interface AgentInfo {
  readonly name: string;
  readonly title: string;
  readonly command: readonly string[];
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

/**
 * What clients may ask of the sessions. `ref` is a name, an id, or a unique prefix of either; unknown: SESSION_UNKNOWN.
 * Every method throws AppError for what a person can mend.
 */
export interface SessionsPort {
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
   * Resolves once the agent runs. When it fails or is cancelled, nothing is left over; but a setup step that fails or is interrupted
   * leaves the session, failed: throws SETUP_FAILED, or what interrupted it.
   */
  create(
    request: CreateRequest,
    onProgress: (progress: CreateProgress) => void,
    signal: AbortSignal,
  ): Promise<SessionView>;
  stop(ref: string): Promise<SessionView>;
  start(ref: string, size: Size): Promise<SessionView>;
  restart(ref: string, size: Size): Promise<SessionView>;
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
  buildImage(name: string, onLine: (line: string) => void, signal?: AbortSignal): Promise<ImageInfo>;
  doctor(signal?: AbortSignal): Promise<readonly Finding[]>;
  /** Ends what this client has under way and lets go of the sessions; they run on. */
  close(): Promise<void>;
}

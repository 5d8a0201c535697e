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
    readonly path: string;
    readonly branch: string | null;
    readonly repo: string | null;
  };
  readonly limits: Limits;
  readonly network: Network;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly exitCode: number | null;
  /** What the agent calls its window, cleaned; "" when it set none. */
  readonly title: string;
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
  readonly workspace?: WorkspaceMode;
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
  /** Resolves once the agent runs. When it fails or is cancelled, nothing is left over. */
  create(
    request: CreateRequest,
    onProgress: (progress: CreateProgress) => void,
    signal: AbortSignal,
  ): Promise<SessionView>;
  stop(ref: string): Promise<SessionView>;
  start(ref: string, size: Size): Promise<SessionView>;
  restart(ref: string, size: Size): Promise<SessionView>;
  teardown(ref: string): Promise<TeardownSummary>;
  /** Without `force` a running session is refused. A lost one is forgotten. */
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
  /** The output as lines of plain text, escapes removed. With `follow` until the run ends: the next run is asked for anew. */
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

import type {Readable, Writable} from 'node:stream';
import {AppError} from '../errors.ts';
import type {Step} from '../lib/checkup/step.ts';
import type {Clock} from '../lib/clock.ts';
import type {Config, ConfigFile} from '../lib/config.ts';
import {orAborted} from '../lib/or-aborted.ts';
import type {
  Attachment,
  AttachmentEnd,
  Explanation,
  Finding,
  RecordingExplanation,
  SessionsPort,
  Size,
} from '../sessions/port.ts';
import {createPrint, type Print} from './print.ts';

export type Input = Readable & {readonly isTTY?: boolean};
export type Output = Writable & {readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number};

export interface Setup {
  /** What keeps sessions from starting here, found without asking an engine; empty on a machine that is ready. */
  missing(): Promise<readonly Finding[]>;
  /** The steps that are still needed; empty when there is nothing to do. */
  plan(): Promise<readonly Step[]>;
}

export interface DoctorOptions {
  readonly provider?: string | undefined;
  /** Nobody reads the result as it is drawn: the terminal is left alone. */
  readonly json: boolean;
  /** What the engines say, from who holds the sessions. */
  ask(): Promise<readonly Finding[]>;
}

/** The process in the background, as `trails daemon status` shows it. */
export interface DaemonStatus {
  readonly version: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly sessions: number;
  readonly liveSessions: number;
  readonly clients: number;
  readonly socket: string;
  readonly log: string;
}

export interface Daemon {
  /** Is the daemon until it ends. Resolves with its exit code; 75 when another one runs. */
  run(): Promise<number>;
  /** Is what lets the sessions out, until nobody needs it. Resolves with its exit code. */
  keep(): Promise<number>;
  /** Starts it unless it runs. */
  start(): Promise<DaemonStatus>;
  /** False when none ran. */
  stop(): Promise<boolean>;
  /** Undefined when none runs; starts nothing. */
  status(): Promise<DaemonStatus | undefined>;
}

export interface PortOptions {
  readonly provider?: string;
  /** The mock provider in this process: no engine, no daemon. */
  readonly dev?: boolean;
  /** The caller stays: follow the engine, the store and every terminal. */
  readonly stay?: boolean;
}

/** A file with what was on an agent's terminal, of a size that is the file's own where it is not said. */
export interface Capture extends Partial<Size> {
  readonly file: string;
  readonly title?: string;
}

/** What the status rules of an agent make of captures. Throws AGENT_UNKNOWN, CAPTURE_UNUSABLE. */
export interface Explain {
  screen(agent: string, capture: Capture): Promise<Explanation>;
  recording(agent: string, capture: Capture): Promise<RecordingExplanation>;
}

/** Everything the commands reach the world through. What is heavy is behind a function and loaded when called. */
export interface CliDeps {
  openPort(options: PortOptions): Promise<SessionsPort>;
  /** Resolves with the exit code when the user leaves. */
  startDashboard(options: {
    readonly port: SessionsPort;
    readonly detachKey: string;
    readonly notify: Config['notify'];
    readonly dev: boolean;
  }): Promise<number>;
  /** Hands the terminal to a session until its end or the detach key. */
  runAttach(options: {readonly attachment: Attachment; readonly detachKey: string}): Promise<AttachmentEnd>;
  /** Everything that was looked at, on this machine and in its engines. */
  doctor(options: DoctorOptions): Promise<readonly Finding[]>;
  readonly setup: Setup;
  readonly daemon: Daemon;
  readonly explain: Explain;
  /** What editors complete config.yaml by, or the project file of a repository. */
  schema(of: 'config' | 'project'): Promise<object>;
  /** Runs a program on this terminal: the editor of `config edit`. Resolves with its exit code. */
  runHere(file: string, args: readonly string[]): Promise<number>;
  /** Calls at SIGINT instead of ending the process, until the returned function is called. */
  onInterrupt(call: () => void): () => void;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  readonly clock: Clock;
  readonly config: ConfigFile;
  readonly version: string;
}

/** Ctrl-C: the command was stopped by its user, and says nothing more. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Whoever read our output has gone; there is nobody to tell. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

const usualSize: Size = {columns: 80, rows: 24};

/** What one run of the command line works with. */
export interface Context extends CliDeps {
  readonly print: Print;
  /** The words behind `--`, if it was there. */
  readonly rest: readonly string[] | undefined;
  /** Aborts when the reader of stdout has gone, and at Ctrl-C while a port is in use. */
  readonly stop: AbortController;
  /** The options every command takes, known once the line is parsed. */
  globals: PortOptions;
  exitCode: number;
}

export const createContext = (deps: CliDeps, rest: readonly string[] | undefined): Context => ({
  ...deps,
  print: createPrint(deps),
  rest,
  stop: new AbortController(),
  globals: {},
  exitCode: 0,
});

export const terminalSize = ({stdout}: Pick<CliDeps, 'stdout'>): Size =>
  stdout.columns && stdout.rows ? {columns: stdout.columns, rows: stdout.rows} : usualSize;

/** Throws NOT_A_TERMINAL unless both ends are one. */
export function needTerminal({stdin, stdout}: CliDeps, what: string): void {
  const [end] = [!stdin.isTTY && 'stdin', !stdout.isTTY && 'stdout'].filter(Boolean);
  if (end) throw new AppError('NOT_A_TERMINAL', `${what} needs a terminal, and ${end} is not one`);
}

export interface WithPortOptions {
  /** The work ends by itself after the signal, leaving nothing behind: wait for it. Otherwise Ctrl-C leaves it at once. */
  readonly cleansUp?: boolean;
}

/** Opens the sessions for one piece of work and lets go of them after it. */
export async function withPort<T>(
  context: Context,
  work: (port: SessionsPort, signal: AbortSignal) => Promise<T>,
  options: WithPortOptions = {},
): Promise<T> {
  const {stop} = context;
  const ignore = context.onInterrupt(() => {
    // The second Ctrl-C ends the process, should the first one get stuck.
    ignore();
    stop.abort(new Interrupted('interrupted'));
  });
  try {
    const port = await orAborted(context.openPort(context.globals), stop.signal);
    try {
      const working = work(port, stop.signal);
      return await (options.cleansUp ? working : orAborted(working, stop.signal));
    } finally {
      await port.close();
    }
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    ignore();
  }
}

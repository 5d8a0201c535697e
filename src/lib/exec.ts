import {spawn, spawnSync} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';

export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's own variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** How the streams become text; `latin1` keeps every byte, one character each. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Of stdout; with more the program is ended. 100 MB when left out. */
  readonly mostBytes?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface RunResult {
  /** 127 when the program is not there; -1 when it was ended by a signal or the time-out. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Most commands run no program. */
export const loadRunner = () => import('execa');

/** Runs a program to its end. Never throws for a failing program: the caller reads the exit code. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const {execa} = await loadRunner();
  const child = execa(file, [...args], {
    reject: false,
    encoding: options.encoding ?? 'utf8',
    ...(options.mostBytes === undefined ? {} : {maxBuffer: {stdout: options.mostBytes}}),
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : {input: options.input}),
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    ...(options.env === undefined ? {} : {env: {...options.env}}),
    ...(options.timeoutMs === undefined ? {} : {timeout: options.timeoutMs}),
    ...(options.signal === undefined ? {} : {cancelSignal: options.signal}),
    all: options.onLine !== undefined,
  });
  if (options.onLine) for await (const line of child.iterable({from: 'all'})) options.onLine(String(line));
  const result = await child;
  const missing = (result.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return {
    exitCode: missing ? 127 : (result.exitCode ?? -1),
    stdout: String(result.stdout ?? ''),
    stderr: missing ? `${file}: not found` : String(result.stderr ?? ''),
  };
}

export interface WaitingOptions {
  /** Added to this process's own variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: Uint8Array;
  /** Of stdout; with more the program is ended. */
  readonly mostBytes: number;
  readonly timeoutMs: number;
}

/** Runs a program to its end while the whole thread waits: for threads of work, never for the main one. Exit codes as those of `run`. */
export function runWaiting(file: string, args: readonly string[], options: WaitingOptions) {
  const {status, stdout, stderr, error} = spawnSync(file, [...args], {
    env: {...process.env, ...options.env},
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.input ? {input: options.input} : {}),
    maxBuffer: options.mostBytes,
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
  });
  const missing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return {
    exitCode: missing ? 127 : (status ?? -1),
    stdout: stdout ?? Buffer.alloc(0),
    stderr: missing ? `${file}: not found` : String(stderr ?? ''),
  };
}

export interface StreamOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** What a program prints, as it comes; a reader that leaves ends the program. Throws when it fails, with the end of what it said. */
export async function* streamOf(
  file: string,
  args: readonly string[],
  {env, signal}: StreamOptions = {},
): AsyncIterable<Buffer> {
  const child = spawn(file, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, ...env},
    ...(signal ? {signal} : {}),
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = `${said}${bytes}`.slice(-2000);
  });
  const ended = new Promise<number | Error>(resolve => {
    child.once('error', resolve);
    child.once('close', code => resolve(code ?? -1));
  });
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const end = await ended;
    if (end !== 0) throw end instanceof Error ? end : new Error(`${file} ended with ${end}: ${said.trim()}`);
  } finally {
    child.kill('SIGKILL');
  }
}

/** A program that is asked one thing after another. */
export interface Conversation {
  say(text: string): void;
  /** The next line, without its end. Throws when the program ends before. */
  line(): Promise<string>;
  /** The next so many bytes. Throws when the program ends before. */
  bytes(count: number): Promise<Buffer>;
  close(): void;
}

export function converse(
  file: string,
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
): Conversation {
  const child = spawn(file, [...args], {stdio: ['pipe', 'pipe', 'ignore'], env: {...process.env, ...env}});
  // What it says after it has gone is told by who waits for its answer.
  child.stdin.on('error', () => {});
  child.on('error', () => {});
  const pieces = (child.stdout as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  const more = async () => {
    const next = await pieces.next();
    if (next.done) throw new Error(`${file} ended in the middle of its answer`);
    held = Buffer.concat([held, next.value]);
  };
  const take = (count: number) => {
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  return {
    say: text => child.stdin.write(text),
    async line() {
      while (!held.includes(10)) await more();
      const line = take(held.indexOf(10) + 1);
      return line.toString('latin1', 0, line.length - 1);
    },
    async bytes(count) {
      const parts: Buffer[] = [];
      let left = count;
      while (left > 0) {
        if (held.length === 0) await more();
        const part = take(Math.min(left, held.length));
        parts.push(part);
        left -= part.length;
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** Runs a program on this process's own terminal: set-up, an editor. Resolves with its exit code. */
export const runHere = (
  file: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<number> =>
  new Promise(resolve => {
    const child = spawn(file, [...args], {stdio: 'inherit', env: {...process.env, ...env}});
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 130 : -1)));
  });

export interface DetachedOptions {
  readonly logFile: string;
  /** Where its stdout goes, anew; left out: the log. */
  readonly outputFile?: string;
  /** A FIFO that is its stdin, which it holds open itself: it never ends. Left out: nothing. */
  readonly inputFifo?: string;
  /** Added to this process's own variables; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts a program that outlives us. `failed` resolves with a reason if it could not be started; `ended` with its exit code,
 * or -1 after a signal, if that comes while we live.
 */
export function startDetached(file: string, args: readonly string[], options: DetachedOptions) {
  const opened: number[] = [];
  const open = (name: string, flags: string) => {
    const fd = openSync(name, flags, 0o600);
    opened.push(fd);
    return fd;
  };
  try {
    const log = open(options.logFile, 'a');
    const output = options.outputFile === undefined ? log : open(options.outputFile, 'w');
    const input = options.inputFifo === undefined ? 'ignore' : open(options.inputFifo, 'r+');
    return detachedChild(file, args, [input, output, log], options.env);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function detachedChild(
  file: string,
  args: readonly string[],
  stdio: ['ignore' | number, number, number],
  env: DetachedOptions['env'],
) {
  const child = spawn(file, [...args], {detached: true, cwd: '/', stdio, env: {...process.env, ...env}});
  const failed = new Promise<Error>(resolve => child.once('error', resolve));
  const ended = new Promise<number>(resolve => child.once('exit', code => resolve(code ?? -1)));
  child.unref();
  return {pid: child.pid, failed, ended};
}

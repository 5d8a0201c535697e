import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, expect, onTestFinished, vi} from 'vitest';
import {daemonFiles, pathsFrom} from '../../src/lib/paths.ts';
import {bundle} from '../support/bundle.ts';

export type Env = Readonly<Record<string, string>>;

/** What a client got: who the daemon is, or the error it was told. */
export interface Answer {
  readonly pid?: number;
  readonly version?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

/** Longer than a client's own patience. */
export const patience = {timeout: 15_000, interval: 20};

/** test/support/daemon-program.ts as one file, made once for all tests of a file. */
export function daemonProgram() {
  let directory: string;
  let file: string;
  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'trails-daemon-'));
    file = await bundle('test/support/daemon-program.ts', directory);
  });
  afterAll(() => rmSync(directory, {recursive: true, force: true}));
  return {
    /** The file to run. */
    get file() {
      return file;
    },
    world: () => world(file),
  };
}

/** Whether a process runs our own copy of the program, which has a path of its own, in this home. */
function isOurs(pid: number, file: string, home: string): boolean {
  try {
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
    const inHome = () => read('environ').split('\0').includes(`TRAILS_HOME=${home}`);
    return read('cmdline').includes(file) && inHome() && !/\) Z /.test(read('stat'));
  } catch {
    return false;
  }
}

/** A home of its own; the daemons of it end with the test. */
function world(file: string) {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-t-')));
  const paths = pathsFrom({TRAILS_HOME: home});
  const files = daemonFiles(paths);
  const children: ChildProcess[] = [];
  const traces = path.join(paths.state, 'daemons');
  /** Those that are alive of all who ever were the daemon here. */
  const daemons = (): readonly number[] => {
    try {
      return readdirSync(traces)
        .map(Number)
        .filter(pid => isOurs(pid, file, home));
    } catch {
      return [];
    }
  };
  /** Daemons that a client has only just started are among them. */
  const left = (): readonly number[] =>
    readdirSync('/proc')
      .map(Number)
      .filter(pid => pid > 0 && isOurs(pid, file, home));
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await vi.waitFor(() => {
      const pids = left();
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      expect(pids).toEqual([]);
    }, patience);
    rmSync(home, {recursive: true, force: true});
  });
  const launch = (words: readonly [string, ...string[]], env: Env, descriptors: readonly number[] = []) => {
    const [command, ...args] = words;
    const child = spawn(command, args, {
      env: {...process.env, TRAILS_HOME: home, ...env},
      stdio: ['pipe', 'pipe', 'pipe', ...descriptors],
    });
    children.push(child);
    const said = {stdout: '', stderr: ''};
    child.stdout!.on('data', data => {
      said.stdout += data;
    });
    child.stderr!.on('data', data => {
      said.stderr += data;
    });
    const ended = new Promise<number>(resolve => child.once('close', code => resolve(code ?? -1)));
    return {child, ended, said};
  };
  const start = (args: readonly string[], env: Env = {}) => launch([process.execPath, file, ...args], env);
  return {
    ...{home, paths, files, start, daemons},
    /** A daemon that gets a listening descriptor as systemd hands it over. */
    async activated() {
      mkdirSync(paths.runtime, {recursive: true, mode: 0o700});
      const server = net.createServer().listen(files.socket);
      await once(server, 'listening');
      // Node shows the descriptor of a listening socket nowhere else.
      const {fd} = (server as unknown as {readonly _handle: {readonly fd: number}})._handle;
      // A shell knows its own process id, and becomes the daemon.
      const run = launch(
        ['sh', '-c', 'LISTEN_PID=$$ exec "$0" "$@"', process.execPath, file, 'run'],
        {LISTEN_FDS: '1', LISTEN_FDNAMES: 'trails.socket'},
        [fd],
      );
      // We keep it open no longer, or we would accept its connections; closing must not unlink it.
      renameSync(files.socket, `${files.socket}.kept`);
      server.close();
      renameSync(`${files.socket}.kept`, files.socket);
      return run;
    },
    /** A daemon in the foreground. Resolves when it listens. */
    async daemon(env: Env = {}) {
      const run = start(['run'], env);
      await vi.waitFor(() => expect(daemons()).toContain(run.child.pid), patience);
      return run;
    },
    /** A client process; each call is one need of the daemon. */
    async client(env: Env = {}) {
      const {child} = start(['clients'], env);
      const lines = createInterface({input: child.stdout!})[Symbol.asyncIterator]();
      await lines.next();
      return async (): Promise<Answer> => {
        child.stdin!.write('\n');
        return JSON.parse(String((await lines.next()).value)) as Answer;
      };
    },
    log: () => readFileSync(files.log, 'utf8'),
  };
}

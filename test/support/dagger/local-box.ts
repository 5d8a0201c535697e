import {type ChildProcess, spawn} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {onPath} from '../../../src/lib/on-path.ts';
import type {MadeFile, Upload} from '../../../src/providers/dagger/connection/engine.ts';
import {usualPath} from '../../../src/providers/provider.ts';

export interface BoxInput {
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly Omit<MadeFile, 'secret'>[];
  readonly directories: readonly Upload[];
  readonly socket: {readonly source: string; readonly target: string};
  readonly args: readonly [string, ...string[]];
}

export interface Box {
  /** Of the sandbox, on this machine: when it is killed, so is everything inside. */
  readonly pid: number;
  /** The exit code of `args`, 128 + N for signal N. Everything of it is gone then. */
  readonly exited: Promise<number>;
  /** Where the box's files are on this machine: `/` inside. */
  readonly root: string;
  /** What it wrote to its stderr and stdout, for a test that failed. */
  said(): string;
  /** What it says on its connections is kept back from now on, and what is said to it is lost: a network that is gone. */
  silence(): void;
  kill(): Promise<void>;
}

/** Why no box can be started here; undefined where one can. */
export const boxMissing: string | undefined =
  process.getuid?.() !== 0
    ? 'a box has users of its own: that needs root'
    : ['bwrap', 'setpriv', 'perl', 'dropbear'].flatMap(name =>
        onPath(name, usualPath) ? [] : [`${name} is not installed`],
      )[0];

/** What root may do in a container of BuildKit. */
const capabilities = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP'],
  ...['NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE'],
].flatMap(name => ['--cap-add', `CAP_${name}`]);

const etc: Readonly<Record<string, string>> = {
  passwd: 'root:x:0:0:root:/root:/bin/sh\n',
  group: 'root:x:0:\ntty:x:5:\n',
  shadow: 'root:*:19000:0:99999:7:::\n',
  hosts: '127.0.0.1 localhost\n',
};

const alternatives = ['--ro-bind-try', '/etc/alternatives', '/etc/alternatives'];

/** A whole file system of its own: nothing in it is this machine's but /usr, read-only. */
function makeRoot({files, directories}: Pick<BoxInput, 'files' | 'directories'>): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-box-')));
  chmodSync(root, 0o755);
  const directory = (name: string, mode = 0o755, owner = 0) => {
    const place = path.join(root, name);
    mkdirSync(place, {recursive: true});
    chmodSync(place, mode);
    lchownSync(place, owner, owner);
    return place;
  };
  for (const name of ['usr', 'etc/alternatives', 'proc', 'dev', 'run', 'root', 'home', 'var/tmp']) directory(name);
  for (const name of ['tmp', 'var/tmp']) directory(name, 0o1777);
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, path.join(root, name));
  for (const [name, content] of Object.entries(etc)) writeFileSync(path.join(root, 'etc', name), content);
  chmodSync(path.join(root, 'etc/shadow'), 0o640);
  for (const name of ['workspace', 'home/agent']) directory(name, 0o755, 1000);
  for (const {source, target, owner} of directories) {
    const place = path.join(root, target);
    mkdirSync(path.dirname(place), {recursive: true});
    cpSync(source, place, {recursive: true, verbatimSymlinks: true, preserveTimestamps: true});
    give(place, owner.uid, owner.gid);
  }
  for (const {target, content, mode} of files) {
    const place = path.join(root, target);
    mkdirSync(path.dirname(place), {recursive: true});
    writeFileSync(place, content);
    chmodSync(place, mode);
  }
  return root;
}

function give(place: string, uid: number, gid: number): void {
  lchownSync(place, uid, gid);
  let names: string[] = [];
  try {
    names = readdirSync(place);
  } catch {
    // No directory.
  }
  for (const name of names) give(path.join(place, name), uid, gid);
}

/** As a Dagger session does it: who dials inside is let in first, and only then is the socket of this machine dialled. */
async function carry(inside: string, outside: string) {
  const silencers: (() => void)[] = [];
  const server = net.createServer({allowHalfOpen: true}, near => {
    const far = net.connect({path: outside, allowHalfOpen: true});
    near.pipe(far).pipe(near);
    silencers.push(() => {
      near.unpipe();
      far.unpipe();
      far.resume();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    connections.add(near);
    near.once('close', () => connections.delete(near));
  });
  const connections = new Set<net.Socket>();
  server.once('close', () => {
    for (const connection of connections) connection.destroy();
  });
  mkdirSync(path.dirname(inside), {recursive: true});
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(inside, resolve));
  chmodSync(inside, 0o600);
  chownSync(inside, 0, 0);
  return {
    close: () => void server.close(),
    silence() {
      for (const silence of silencers) silence();
    },
  };
}

const codeOf = (child: ChildProcess) =>
  new Promise<number>(resolve => {
    child.once('error', () => resolve(127));
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });

/**
 * Runs a recipe's service as a process of this machine: a file system, users, processes and a network of its own, and root may do what
 * it may in a container of an engine. It ends with whoever started it.
 */
export async function startBox({env, files, directories, socket, args}: BoxInput): Promise<Box> {
  const root = makeRoot({files, directories});
  const way = await carry(path.join(root, socket.target), socket.source);
  const child = spawn(
    'bwrap',
    [
      ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--die-with-parent', '--new-session'],
      ...capabilities,
      ...['--bind', root, '/', '--ro-bind', '/usr', '/usr', ...alternatives, '--proc', '/proc', '--dev', '/dev'],
      ...['--clearenv', ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value])],
      ...['--chdir', '/', '--', ...args],
    ],
    {stdio: ['ignore', 'pipe', 'pipe']},
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', bytes => {
      said = `${said}${bytes}`.slice(-20_000);
    });
  const exited = codeOf(child).then(code => {
    way.close();
    rmSync(root, {recursive: true, force: true});
    return code;
  });
  return {
    pid: child.pid ?? 0,
    exited,
    root,
    said: () => said,
    silence: way.silence,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

import {createHash} from 'node:crypto';
import {homedir, tmpdir} from 'node:os';
import path from 'node:path';

export interface Paths {
  /** config.yaml and the engine's settings. */
  readonly config: string;
  /** The store, byte logs, workspaces: what must survive. */
  readonly state: string;
  /** Sockets; may vanish at logout. */
  readonly runtime: string;
}

/** Where the daemon answers, what it holds for life, what it and its crashes say, and where it wrote down that it answers. */
export const daemonFiles = ({state, runtime}: Paths) => ({
  socket: path.join(runtime, 'trails.sock'),
  lock: path.join(state, 'daemon.lock'),
  log: path.join(state, 'daemon.log'),
  output: path.join(state, 'daemon.out'),
  address: path.join(state, 'daemon.at'),
});

/** Where the keeper of the sessions' ways out is asked, and what it and its crashes say: in no place that vanishes at logout. */
export const keeperFiles = ({state}: Paths) => ({
  socket: path.join(state, 'egress.sock'),
  log: path.join(state, 'egress.log'),
  output: path.join(state, 'egress.out'),
});

/** A unix socket's path is at most 107 bytes on Linux and 103 on macOS; room for the longest name we use stays free. */
const longestRuntime = 103 - Math.max(...['/podman.sock', '/trails.sock'].map(name => name.length));

/** Where everything of ours lives. TRAILS_HOME moves all of it under one directory. */
export function pathsFrom(env: Readonly<Record<string, string | undefined>>): Paths {
  const user = String(process.getuid?.() ?? 0);
  const home = env.TRAILS_HOME ? path.resolve(env.TRAILS_HOME) : undefined;
  // A relative one is to be ignored, says its specification: it would be another directory for the daemon.
  const given = (variable: string) => [env[variable]].find(value => value && path.isAbsolute(value));
  const base = (variable: string, fallback: string) =>
    path.join(given(variable) ?? path.join(homedir(), fallback), 'trails');
  const state = home ? path.join(home, 'state') : base('XDG_STATE_HOME', '.local/state');
  const runtimeBase = given('XDG_RUNTIME_DIR');
  const runtime = home
    ? path.join(home, 'run')
    : runtimeBase
      ? path.join(runtimeBase, 'trails')
      : path.join(tmpdir(), `trails-${user}`);
  const short = path.join('/tmp', `trails-${user}-${createHash('sha256').update(runtime).digest('hex').slice(0, 12)}`);
  return {
    config: home ? path.join(home, 'config') : base('XDG_CONFIG_HOME', '.config'),
    state,
    runtime: Buffer.byteLength(runtime) <= longestRuntime ? runtime : short,
  };
}

import {existsSync, readFileSync, unlinkSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {pause} from '../../lib/clock.ts';
import {startDetached} from '../../lib/exec.ts';
import {privateDirectory} from '../../lib/files.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Flavor} from './engine.ts';
import {writeRuntimes} from './runtimes/settings.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Seconds without a connection after which a service of ours ends by itself. */
const idleSeconds = 300;
const patienceMs = 10_000;

export const settingsFile = (paths: Paths): string => path.join(paths.config, 'containers.conf');

/** What the engine's programs need in their environment: our settings where set-up wrote some, the user's own otherwise. */
export const engineEnv = (paths: Paths): Readonly<Record<string, string>> =>
  existsSync(settingsFile(paths)) ? {CONTAINERS_CONF: settingsFile(paths)} : {};

const answers = (socketPath: string): Promise<boolean> =>
  new Promise(resolve => {
    const socket = net.connect(socketPath);
    const end = (value: boolean) => () => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
    socket.setTimeout(2000, end(false));
  });

const systemSockets: Record<Flavor, (env: Env) => readonly string[]> = {
  podman: env => [
    ...(env.XDG_RUNTIME_DIR ? [path.join(env.XDG_RUNTIME_DIR, 'podman/podman.sock')] : []),
    ...(process.getuid?.() === 0 ? ['/run/podman/podman.sock'] : []),
  ],
  docker: env => [
    ...(env.DOCKER_HOST?.startsWith('unix://') ? [env.DOCKER_HOST.slice('unix://'.length)] : []),
    '/var/run/docker.sock',
    ...(env.XDG_RUNTIME_DIR ? [path.join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
  ],
};

const serviceSocket = (paths: Paths, runtime?: string): string =>
  path.join(paths.runtime, runtime === undefined ? 'podman.sock' : `podman-${runtime}.sock`);
const servicePid = (paths: Paths): string => path.join(paths.runtime, 'podman.pid');

/** Of the service that this home started, while it runs. */
function ownService(paths: Paths): number | undefined {
  try {
    const pid = Number(readFileSync(servicePid(paths), 'latin1'));
    // Its number may be somebody else's by now.
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.includes(`unix://${serviceSocket(paths)}`) ? pid : undefined;
  } catch {
    return undefined;
  }
}

const endMs = 3000;

/** Ends the service that this home started, if it runs: it has the settings of its start. True once there is none of it left. */
export async function endOwnService(paths: Paths): Promise<boolean> {
  const pid = ownService(paths);
  if (pid === undefined) return false;
  process.kill(pid);
  // Until then it answers whoever is connected.
  for (let waited = 0; waited < endMs && ownService(paths) === pid; waited += 10) await pause(10);
  if (ownService(paths) === pid) process.kill(pid, 'SIGKILL');
  return true;
}

/** The settings that its service is started with: with runtimes that need flags as scripts of ours, where there are such. */
function serviceEnv(paths: Paths, env: Env): Readonly<Record<string, string>> {
  const settings = runtimeSettings(paths, env);
  return settings === undefined ? engineEnv(paths) : {CONTAINERS_CONF: settings.file};
}

const runtimeSettings = (paths: Paths, env: Env) =>
  writeRuntimes(paths, {
    ...{settings: engineEnv(paths).CONTAINERS_CONF, home: env.HOME ?? '', search: env.PATH},
    rootless: process.getuid?.() !== 0,
  });

/** A service of ours that began before a runtime was there does not know it: the next one does. */
export async function renewRuntimes(paths: Paths, env: Env): Promise<void> {
  if (runtimeSettings(paths, env)?.changed) await endOwnService(paths);
}

/** One for another runtime than the usual only makes containers: whoever makes one asks at once. */
const makerSeconds = 60;

async function startPodman(paths: Paths, env: Env, runtime?: string): Promise<string> {
  privateDirectory(paths.runtime);
  const socketPath = serviceSocket(paths, runtime);
  if (await answers(socketPath)) return socketPath;
  try {
    unlinkSync(socketPath);
  } catch {
    // None was left behind.
  }
  const logFile = path.join(privateDirectory(paths.state), 'podman-service.log');
  const service = startDetached(
    'podman',
    [
      ...(runtime === undefined ? [] : ['--runtime', runtime]),
      ...['system', 'service', '--time', String(runtime === undefined ? idleSeconds : makerSeconds)],
      `unix://${socketPath}`,
    ],
    {logFile, env: serviceEnv(paths, env)},
  );
  if (runtime === undefined) writeFileSync(servicePid(paths), `${service.pid ?? ''}`, {mode: 0o600});
  let broken: Error | undefined;
  void service.failed.then(error => {
    broken = error;
  });
  let over = false;
  void service.ended.then(() => {
    over = true;
  });
  for (let waited = 0; waited < patienceMs; waited += 10) {
    // Another one of ours may have been quicker: then that one answers.
    const last = broken || over;
    if (await answers(socketPath)) return socketPath;
    if (last) break;
    await pause(10);
  }
  const missing = (broken as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  throw new AppError(
    'ENGINE_UNREACHABLE',
    missing ? 'Podman is not installed' : `Podman's service did not start (see ${logFile})`,
    {
      cause: broken,
      ...(missing ? {hint: 'Run `trails setup` to install it, or `trails --dev` to look around without one.'} : {}),
    },
  );
}

/** The path of a socket on which the engine answers. A Podman service of our own is started where none runs, or where ours has settings. */
export async function engineSocket(flavor: Flavor, paths: Paths, env: Env): Promise<string> {
  const own = flavor === 'podman' && existsSync(settingsFile(paths));
  if (!own) {
    for (const candidate of systemSockets[flavor](env)) if (await answers(candidate)) return candidate;
  }
  if (flavor === 'podman') return startPodman(paths, env);
  throw new AppError('ENGINE_UNREACHABLE', 'Docker does not answer on its socket', {
    hint: 'Start Docker, or use Podman: `trails setup`.',
  });
}

/** Of a service that makes containers of this runtime: Podman takes none for a single container, and says nothing when asked for one. */
export const makerSocket = (paths: Paths, env: Env, runtime: string): Promise<string> =>
  startPodman(paths, env, runtime);

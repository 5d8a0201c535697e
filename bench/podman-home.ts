import {randomBytes} from 'node:crypto';
import {builtIn} from '../src/agents/registry.ts';
import {makeBelieveEgress} from '../src/composition/make-believe/egress.ts';
import {systemClock as clock} from '../src/lib/clock.ts';
import {silentLog} from '../src/lib/log.ts';
import {workerOf} from '../src/lib/worker.ts';
import {createPodman} from '../src/providers/podman/provider.ts';
import {engineEnv} from '../src/providers/podman/socket.ts';
import type {Provider} from '../src/providers/provider.ts';
import {createRegistry} from '../src/providers/registry.ts';
import {createChanges} from '../src/sessions/changes.ts';
import {type Context, homeLabel} from '../src/sessions/context.ts';
import {createSecrets} from '../src/sessions/launch/secrets.ts';
import type {Limits, SessionsPort, SessionView, Size} from '../src/sessions/port.ts';
import {createService} from '../src/sessions/service.ts';
import {openStore} from '../src/sessions/store.ts';
import {createThreadPool} from '../src/workspaces/threads/thread-pool.ts';
import {writeTestSettings} from '../test/support/podman-settings.ts';
import {type DaemonHome, openDaemonHome} from './daemon-home.ts';
import {type Home, openHome} from './home.ts';
import {endedAnyway} from './leaving.ts';
import {processWith} from './proc.ts';

export interface PodmanHome extends DaemonHome {
  /** Beside the daemon's: for what is measured without it. */
  readonly provider: Provider;
  /** Of the engine's service for this home; undefined while none runs. */
  servicePid(): number | undefined;
  /** A running session on the host image, in a directory of its own. */
  session(name: string, command: readonly string[], size: Size, limits?: Partial<Limits>): Promise<SessionView>;
}

export const limits = {memoryBytes: 512 * 2 ** 20, cpus: 2, pids: 256};

/** Makes sessions on the host image through a port, each in a directory of its own. */
const maker =
  (port: SessionsPort, home: Home): PodmanHome['session'] =>
  (name, args, size, own = {}) =>
    port.create(
      {
        ...{
          name,
          agent: 'shell',
          args,
          workspace: 'bind',
          repo: home.repo(name),
          image: 'host',
          env: {},
        },
        ...{limits: {...limits, ...own}, size},
      },
      () => {},
      new AbortController().signal,
    );

async function preparedHome() {
  const home = openHome();
  await writeTestSettings(home.paths);
  const env = {...home.env, ...engineEnv(home.paths)};
  return {home: {...home, env}, provider: createPodman({paths: home.paths, env, clock})};
}

/** Removes every container of a home and ends its engine's service. */
async function clear({paths}: Home, provider: Provider, servicePid: () => number | undefined): Promise<void> {
  for (const {id} of await provider.listEnvironments(homeLabel(paths))) await provider.destroyEnvironment(id);
  await provider.close();
  const pid = servicePid();
  if (pid !== undefined) process.kill(pid);
}

/** The bundled daemon over real Podman. */
export async function openPodmanHome(): Promise<PodmanHome> {
  const {home, provider} = await preparedHome();
  const daemon = await openDaemonHome('podman', home);
  const servicePid = () => processWith(`unix://${home.paths.runtime}/podman.sock`);
  return {
    ...daemon,
    provider,
    servicePid,
    session: maker(daemon.port, home),
    end: endedAnyway(async () => {
      try {
        await clear(home, provider, servicePid);
      } finally {
        await daemon.end();
      }
    }),
  };
}

export interface LocalPodman extends Home {
  readonly context: Context;
  readonly port: SessionsPort;
  session: PodmanHome['session'];
  end(): Promise<void>;
}

/** The same service in this very process, with no daemon: what that adds is the difference. */
export async function openLocalPodman(): Promise<LocalPodman> {
  const {home, provider} = await preparedHome();
  const {paths} = home;
  const caller = {pid: process.pid, command: 'bench'};
  const context: Context = {
    store: openStore(paths.state),
    registry: createRegistry({podman: async () => provider}, ['podman']),
    ...{
      paths,
      clock,
      changes: createChanges(),
      agents: async () => builtIn,
      secrets: createSecrets(),
      egress: makeBelieveEgress(clock, () => []),
      machine: {home: paths.config, configHome: undefined, path: process.env.PATH},
      threads: createThreadPool(clock),
      worker: workerOf(process.pid),
      log: silentLog,
      caller,
    },
    defaults: {
      caches: 'off',
      agent: 'shell',
      provider: 'podman',
      image: 'host',
      limits,
      network: 'none',
      mode: 'ask',
      profile: 'strict',
      credentials: 'forward',
      runtime: {name: 'auto', fallback: false},
      fleet: {maxRunning: 0, memoryBytes: 0, hibernate: 'off', idleMs: 30 * 60_000},
    },
  };
  const service = createService({context});
  const port = service.as(caller);
  return {
    ...home,
    context,
    port,
    session: maker(port, home),
    end: endedAnyway(async () => {
      try {
        await clear(home, provider, () => processWith(`unix://${paths.runtime}/podman.sock`));
      } finally {
        await service.close();
        home.close();
      }
    }),
  };
}

/** For containers that are not ours to name: told apart from those of other runs. */
export const rawName = (): string => `t-bench-${randomBytes(4).toString('hex')}`;

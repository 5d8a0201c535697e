import {homedir} from 'node:os';
import {agentsSource, loadCustom} from '../agents/custom/agents-source.ts';
import type {Egress} from '../egress/egress.ts';
import {systemClock as clock} from '../lib/clock.ts';
import {loadReader} from '../lib/config.ts';
import {parseDuration} from '../lib/duration.ts';
import {loadRunner} from '../lib/exec.ts';
import {imageNames} from '../lib/image-names.ts';
import {parseMemory} from '../lib/limits.ts';
import {mountsHere} from '../lib/mounts.ts';
import {workerOf} from '../lib/worker.ts';
import {createRegistry, type Registry} from '../providers/registry.ts';
import {createChanges} from '../sessions/changes.ts';
import type {Context, Defaults} from '../sessions/context.ts';
import {createSecrets} from '../sessions/launch/secrets.ts';
import {createService, type Service} from '../sessions/service.ts';
import {openStore} from '../sessions/store.ts';
import {loadLive} from '../sessions/terminals/lives.ts';
import {createThreadPool} from '../workspaces/threads/thread-pool.ts';
import {egressOf} from './keeper.ts';
import type {World} from './world.ts';

/** What the configuration says, as it is now. */
export async function configuredDefaults({config}: World): Promise<Defaults> {
  const {provider, agent, image, limits, network, mode, gpg, profile, credentials, runtime, fleet, caches} =
    await config.load();
  return {
    ...{provider, agent, image, network, mode, gpg, profile, credentials, runtime, caches},
    limits: {
      ...{memoryBytes: parseMemory(limits.memory), cpus: limits.cpus, pids: limits.pids},
      ...(limits.disk === '0' ? {} : {diskBytes: parseMemory(limits.disk)}),
    },
    fleet: {
      maxRunning: fleet.maxRunning,
      memoryBytes: fleet.memory === '0' ? 0 : parseMemory(fleet.memory),
      hibernate: fleet.hibernate,
      idleMs: parseDuration(fleet.idleAfter),
    },
  };
}

/** The code of each provider, loaded when a session is of it. */
const code = {
  engine: () => import('../providers/podman/provider.ts'),
  dagger: () => import('../providers/dagger/dagger.ts'),
  mock: () => import('../providers/mock/provider.ts'),
  programs: () => import('../providers/mock/programs.ts'),
};

/**
 * Everything that would otherwise be loaded by need. A daemon lives for weeks, and an upgrade takes the files away from under it. Loaded from
 * where it is needed: Node asks the disk anew for each place that imports.
 */
export const loadWhole = (): Promise<unknown> =>
  Promise.all([...Object.values(code).map(load => load()), loadLive(), loadRunner(), loadReader(), loadCustom()]);

/** Every provider there is. */
export function everyProvider({paths, env, config, log}: World): Registry {
  return createRegistry(
    {
      podman: async () => (await code.engine()).createPodman({paths, env, clock}),
      docker: async () => (await code.engine()).createDocker({paths, env, clock}),
      dagger: async () => {
        const [{createDagger}, {dagger, image}] = await Promise.all([code.dagger(), config.load()]);
        return createDagger({...{paths, env, clock}, log: log(), ...dagger, image});
      },
      mock: async () => {
        const [{createMock}, {devProgram}] = await Promise.all([code.mock(), code.programs()]);
        return createMock({clock, programFor: devProgram});
      },
    },
    ['podman', 'docker'],
  );
}

/** What a service of this world works with. `inMemory`: its rows are kept nowhere. */
export const contextOf = (
  world: World,
  registry: Registry,
  defaults: Defaults,
  options: {readonly inMemory: boolean; readonly egress: Egress},
): Context => ({
  ...{paths: world.paths, log: world.log(), clock, registry, defaults, changes: createChanges()},
  threads: createThreadPool(clock),
  egress: options.egress,
  agents: agentsSource(world.config.path),
  secrets: createSecrets(),
  machine: {home: homedir(), configHome: world.env.XDG_CONFIG_HOME, path: world.env.PATH, mounts: mountsHere},
  store: openStore(options.inMemory ? undefined : world.paths.state),
  worker: workerOf(process.pid),
  caller: {pid: process.pid, command: world.command, images: imageNames(world.env)},
});

/** The sessions on this machine's engines, served by this process: the daemon. */
export async function openSessions(world: World): Promise<Service> {
  const defaults = () => configuredDefaults(world);
  const context = contextOf(world, everyProvider(world), await defaults(), {
    inMemory: false,
    egress: egressOf(world),
  });
  return createService({context, defaults});
}

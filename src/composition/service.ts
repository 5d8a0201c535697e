import {systemClock as clock} from '../lib/clock.ts';
import {parseMemory} from '../lib/limits.ts';
import {workerOf} from '../lib/worker.ts';
import {createRegistry, type Registry} from '../providers/registry.ts';
import {createChanges} from '../sessions/changes.ts';
import type {Context, Defaults} from '../sessions/context.ts';
import {createService, type Service} from '../sessions/service.ts';
import {openStore} from '../sessions/store.ts';
import type {World} from './world.ts';

/** What the configuration says, as it is now. */
export async function configuredDefaults({config}: World): Promise<Defaults> {
  const {provider, image, limits, network} = await config.load();
  return {
    ...{provider, image, network},
    limits: {memoryBytes: parseMemory(limits.memory), cpus: limits.cpus, pids: limits.pids},
  };
}

/** Every provider there is. Loaded when a session is of it. */
export function everyProvider({paths, env}: World): Registry {
  const engine = () => import('../providers/podman/provider.ts');
  return createRegistry(
    {
      podman: async () => (await engine()).createPodman({paths, env, clock}),
      docker: async () => (await engine()).createDocker({paths, env, clock}),
      mock: async () => {
        const [{createMock}, {devProgram}] = await Promise.all([
          import('../providers/mock/provider.ts'),
          import('../providers/mock/programs.ts'),
        ]);
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
  options: {readonly inMemory: boolean},
): Context => ({
  ...{paths: world.paths, log: world.log(), clock, registry, defaults, changes: createChanges()},
  store: openStore(options.inMemory ? undefined : world.paths.state),
  worker: workerOf(process.pid),
  caller: {pid: process.pid, command: world.command},
});

/** The sessions on this machine's engines, served by this process: the daemon. */
export async function openSessions(world: World): Promise<Service> {
  const defaults = () => configuredDefaults(world);
  const context = contextOf(world, everyProvider(world), await defaults(), {inMemory: false});
  return createService({context, defaults});
}

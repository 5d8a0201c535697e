import {randomBytes} from 'node:crypto';
import {systemClock as clock} from '../src/lib/clock.ts';
import {silentLog} from '../src/lib/log.ts';
import {workerOf} from '../src/lib/worker.ts';
import {createPodman} from '../src/providers/podman/provider.ts';
import {engineEnv} from '../src/providers/podman/socket.ts';
import type {Provider} from '../src/providers/provider.ts';
import {createRegistry} from '../src/providers/registry.ts';
import {createChanges} from '../src/sessions/changes.ts';
import {type Context, homeLabel} from '../src/sessions/context.ts';
import type {Limits, SessionsPort, SessionView, Size} from '../src/sessions/port.ts';
import {createService} from '../src/sessions/service.ts';
import {openStore} from '../src/sessions/store.ts';
import {writeTestSettings} from '../test/support/podman-settings.ts';
import {type Home, openHome} from './home.ts';
import {endedAnyway} from './leaving.ts';
import {processWith} from './proc.ts';

export interface PodmanHome extends Home {
  readonly provider: Provider;
  readonly context: Context;
  readonly port: SessionsPort;
  /** Of the engine's service for this home; undefined while none runs. */
  servicePid(): number | undefined;
  /** A running session on the host image, in a directory of its own. */
  session(name: string, command: readonly string[], size: Size, limits?: Partial<Limits>): Promise<SessionView>;
  /** Removes every container of this home, ends its service, and the home. */
  end(): Promise<void>;
}

export const limits = {memoryBytes: 512 * 2 ** 20, cpus: 2, pids: 256};

/** Our service over real Podman, in this process. */
export async function openPodmanHome(): Promise<PodmanHome> {
  const home = openHome();
  const {paths} = home;
  await writeTestSettings(paths);
  const env = {...home.env, ...engineEnv(paths)};
  const provider = createPodman({paths, env, clock});
  const context: Context = {
    store: openStore(paths.state),
    registry: createRegistry({podman: async () => provider}, ['podman']),
    ...{
      paths,
      clock,
      changes: createChanges(),
      worker: workerOf(process.pid),
      log: silentLog,
      caller: {pid: process.pid, command: 'bench'},
    },
    defaults: {provider: 'podman', image: 'host', limits, network: 'none'},
  };
  const service = createService({context});
  const port = service.as(context.caller);
  const servicePid = () => processWith(`unix://${paths.runtime}/podman.sock`);
  return {
    ...home,
    env,
    provider,
    context,
    port,
    servicePid,
    session: (name, args, size, own = {}) =>
      port.create(
        {name, agent: 'shell', args, repo: home.repo(name), image: 'host', env: {}, limits: own, size},
        () => {},
        new AbortController().signal,
      ),
    end: endedAnyway(async () => {
      try {
        for (const {id} of await provider.listEnvironments(homeLabel(paths))) await provider.destroyEnvironment(id);
      } finally {
        await service.close();
        const pid = servicePid();
        if (pid !== undefined) process.kill(pid);
        home.close();
      }
    }),
  };
}

/** For containers that are not ours to name: told apart from those of other runs. */
export const rawName = (): string => `t-bench-${randomBytes(4).toString('hex')}`;

import {existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {builtIn} from '../../src/agents/registry.ts';
import type {Clock} from '../../src/lib/clock.ts';
import {silentLog} from '../../src/lib/log.ts';
import {type Paths, pathsFrom} from '../../src/lib/paths.ts';
import {workerOf} from '../../src/lib/worker.ts';
import {createMock} from '../../src/providers/mock/provider.ts';
import type {EnvironmentId, Provider} from '../../src/providers/provider.ts';
import {createRegistry} from '../../src/providers/registry.ts';
import {createChanges} from '../../src/sessions/changes.ts';
import {type Context, homeLabel, labels} from '../../src/sessions/context.ts';
import {createSecrets} from '../../src/sessions/launch/secrets.ts';
import type {SessionsPort, SessionView} from '../../src/sessions/port.ts';
import {createService} from '../../src/sessions/service.ts';
import {openStore} from '../../src/sessions/store.ts';
import {createThreadPool} from '../../src/workspaces/threads/thread-pool.ts';
import type {PortFixture} from '../contracts/port.ts';
import {fakeEgress} from './fake-egress.ts';
import {manualClock} from './manual-clock.ts';
import {portProgram} from './port-programs.ts';
import {switchable} from './switchable-provider.ts';

/** What a service of these paths works with, over this provider alone. */
export const contextOver = (
  paths: Paths,
  provider: Provider,
  clock: Clock,
  pid = process.pid,
  egress = fakeEgress(clock.now).egress,
): Context => ({
  ...{store: openStore(paths.state), registry: createRegistry({mock: async () => provider}, ['mock'])},
  ...{paths, clock, changes: createChanges(), threads: createThreadPool(clock), worker: workerOf(pid), log: silentLog},
  caller: {pid, command: 'trails test'},
  agents: async () => builtIn,
  secrets: createSecrets(),
  egress,
  machine: {home: paths.config, configHome: undefined, path: '/usr/bin:/bin'},
  defaults: {
    ...{
      provider: 'mock',
      agent: 'shell',
      caches: 'off',
      image: 'host',
      network: 'none',
      mode: 'ask',
      profile: 'strict',
      credentials: 'forward',
      runtime: {name: 'auto', fallback: false},
      fleet: {maxRunning: 0, memoryBytes: 0, hibernate: 'off', idleMs: 30 * 60_000},
    },
    limits: {memoryBytes: 256 * 2 ** 20, cpus: 1, pids: 128},
  },
});

/** The service over the mock provider, with time and engine in the test's hands. */
export const openServiceFixture = async (): Promise<PortFixture> => openService();

type Fleet = Context['defaults']['fleet'];

interface ServiceOptions {
  /** May be changed while it runs, as the configuration may. */
  readonly fleet?: Partial<Fleet>;
  readonly defaults?: Partial<Context['defaults']>;
  /** Stands between the service and the mock. */
  readonly over?: (mock: Provider) => Provider;
}

export async function openService({fleet = {}, defaults: usual = {}, over = mock => mock}: ServiceOptions = {}) {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-port-')));
  const paths = pathsFrom({TRAILS_HOME: home});
  const clock = manualClock();
  const mock = createMock({clock, programFor: portProgram});
  const {provider, down, up, hold} = switchable(over(mock));
  const egress = fakeEgress(clock.now);
  const context = contextOver(paths, provider, clock, process.pid, egress.egress);
  const defaults = async () => ({...context.defaults, ...usual, fleet: {...context.defaults.fleet, ...fleet}});
  const service = createService({context, defaults});
  const serve = (pid: number): SessionsPort => service.as({pid, command: 'trails test'});
  const environments = () => mock.listEnvironments(homeLabel(paths));
  const behind = async ({id}: SessionView, work: (environment: EnvironmentId) => Promise<void>) => {
    const found = (await environments()).find(one => one.labels[labels.session] === id);
    if (found) await work(found.id);
  };
  return {
    service,
    fleet,
    port: serve(process.pid),
    repo(name = 'repo') {
      const directory = path.join(home, name);
      mkdirSync(directory, {recursive: true});
      return directory;
    },
    pass: clock.pass,
    egress,
    paths,
    engine: {
      ...{down, up},
      hold: (method: string) => hold(method as keyof Provider),
      names: async () => (await environments()).map(one => one.name),
      removeBehind: (session: SessionView) => behind(session, id => mock.destroyEnvironment(id)),
      pauseBehind: (session: SessionView) => behind(session, id => mock.pauseEnvironment(id)),
      resumeBehind: (session: SessionView) => behind(session, id => mock.resumeEnvironment(id)),
    },
    directories() {
      const directory = path.join(paths.state, 'sessions');
      return existsSync(directory) ? readdirSync(directory) : [];
    },
    another: () => serve(process.ppid),
    async close() {
      up();
      await service.close();
      rmSync(home, {recursive: true, force: true});
    },
  };
}

import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {builtIn} from '../src/agents/registry.ts';
import {makeBelieveEgress} from '../src/composition/make-believe/egress.ts';
import {systemClock as clock} from '../src/lib/clock.ts';
import {silentLog} from '../src/lib/log.ts';
import {pathsFrom} from '../src/lib/paths.ts';
import {workerOf} from '../src/lib/worker.ts';
import {devProgram} from '../src/providers/mock/programs.ts';
import {createMock} from '../src/providers/mock/provider.ts';
import {createRegistry} from '../src/providers/registry.ts';
import {createChanges} from '../src/sessions/changes.ts';
import {createSecrets} from '../src/sessions/launch/secrets.ts';
import {createService} from '../src/sessions/service.ts';
import {openStore} from '../src/sessions/store.ts';
import {runAttach} from '../src/terminal/attach.ts';
import {startDashboard} from '../src/ui/start.ts';
import {createThreadPool} from '../src/workspaces/threads/thread-pool.ts';

// What `trails --dev` starts, with sessions that are all alike: `--dev` itself has one of each.
const {env, stdin, stdout} = process;
const [scene = 'rests'] = process.argv.slice(2);
const paths = pathsFrom(env);
const count = Number(env.TRAILS_DEV_SESSIONS);
const size = {columns: 100, rows: 30};

mkdirSync(paths.state, {recursive: true, mode: 0o700});
const mock = async () => createMock({clock, programFor: devProgram});
const service = createService({
  context: {
    ...{
      store: openStore(undefined),
      registry: createRegistry({mock}, ['mock']),
      paths,
      clock,
      changes: createChanges(),
      agents: async () => builtIn,
      secrets: createSecrets(),
      egress: makeBelieveEgress(clock, () => []),
      machine: {home: paths.config, configHome: undefined, path: process.env.PATH},
    },
    threads: createThreadPool(clock),
    ...{worker: workerOf(process.pid), log: silentLog, caller: {pid: process.pid, command: 'bench'}},
    defaults: {
      provider: 'mock',
      agent: 'shell',
      caches: 'off',
      image: 'host',
      limits: {memoryBytes: 2 ** 30, cpus: 1, pids: 64},
      network: 'none',
      mode: 'ask',
      profile: 'strict',
      credentials: 'forward',
      runtime: {name: 'auto', fallback: false},
      fleet: {maxRunning: 0, memoryBytes: 0, hibernate: 'off', idleMs: 30 * 60_000},
    },
  },
});
const port = service.as({pid: process.pid, command: 'bench'});
const settle = async (name: string) => {
  const repo = path.join(paths.state, 'repos', name);
  mkdirSync(repo, {recursive: true});
  const request = {name, agent: 'shell', args: [scene], repo, env: {}, limits: {}, size};
  await port.create(request, () => {}, new AbortController().signal);
};
await Promise.all(Array.from({length: count}, (_, index) => settle(`busy-${index + 1}`)));
await startDashboard({
  ...{port, clock, stdin, stdout, dev: true, detachKey: 'ctrl-q', cwd: paths.state, version: 'bench', runAttach},
  ...{colors: true, unicode: true, env, notify: 'off', showOnDesktop: async () => false},
});
await service.close();

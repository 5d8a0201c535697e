import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {PortOptions} from './cli/context.ts';
import {runCli} from './cli/run-cli.ts';
import {systemClock as clock} from './lib/clock.ts';
import {configAt} from './lib/config.ts';
import {runHere} from './lib/exec.ts';
import {parseMemory} from './lib/limits.ts';
import {type Paths, pathsFrom} from './lib/paths.ts';
import type {SessionsPort} from './sessions/port.ts';

const {env, stdin, stdout, stderr} = process;
const paths = pathsFrom(env);
const config = configAt(paths.config);
// Written out: the bundle puts the number in the place of exactly these words.
const version = process.env.TRAILS_VERSION ?? 'dev';
const by = ['trails', ...process.argv.slice(2, 4)].join(' ').slice(0, 80);
/** The dashboard stays and follows everything; a single command looks once. */
const stays = (options: PortOptions) => options.dev === true || options.stay === true;

async function service(
  options: PortOptions,
  at: Paths,
  provider: string,
  inMemory: boolean,
  programs?: 'dev',
): Promise<SessionsPort> {
  const [{createService}, {openStore}, {createChanges}, {createRegistry}, {workerOf}] = await Promise.all([
    import('./sessions/service.ts'),
    import('./sessions/store.ts'),
    import('./sessions/changes.ts'),
    import('./providers/registry.ts'),
    import('./lib/worker.ts'),
  ]);
  const {image, limits, network} = await config.load();
  const engine = () => import('./providers/podman/provider.ts');
  const registry = createRegistry(
    {
      podman: async () => (await engine()).createPodman({paths: at, env, clock}),
      docker: async () => (await engine()).createDocker({paths: at, env, clock}),
      mock: async () => {
        const [{createMock}, {devProgram}] = await Promise.all([
          import('./providers/mock/provider.ts'),
          import('./providers/mock/programs.ts'),
        ]);
        return createMock({clock, programFor: devProgram, createMs: programs ? 600 : 0});
      },
    },
    ['podman', 'docker'],
  );
  const context = {
    ...{store: openStore(inMemory ? undefined : at.state), registry, paths: at, clock, changes: createChanges()},
    ...{worker: workerOf(process.pid), by},
    defaults: {
      ...{provider, image, network},
      limits: {memoryBytes: parseMemory(limits.memory), cpus: limits.cpus, pids: limits.pids},
    },
  };
  return createService({context, stay: stays(options)});
}

/** The mock provider in this process, over a directory that goes away with it. */
async function devService(options: PortOptions): Promise<SessionsPort> {
  const {usualCount, world} = await import('./providers/mock/world.ts');
  const home = mkdtempSync(path.join(tmpdir(), 'trails-dev-'));
  const at = pathsFrom({TRAILS_HOME: home});
  mkdirSync(at.state, {recursive: true, mode: 0o700});
  const port = await service(options, at, 'mock', true, 'dev');
  const settle = async ({name, command}: ReturnType<typeof world>[number]) => {
    const repo = path.join(home, 'repos', name);
    mkdirSync(repo, {recursive: true});
    const request = {name, agent: 'shell', args: command, repo, env: {}, limits: {}, size: {columns: 100, rows: 30}};
    await port.create(request, () => {}, new AbortController().signal);
  };
  const count = Number(env.TRAILS_DEV_SESSIONS || usualCount);
  void Promise.all(world(count).map(settle)).catch(error => stderr.write(`${(error as Error).stack}\n`));
  return {
    ...port,
    async close() {
      await port.close();
      rmSync(home, {recursive: true, force: true});
    },
  };
}

process.exitCode = await runCli(process.argv.slice(2), {
  async openPort(options) {
    if (options.dev) return devService(options);
    const provider = options.provider ?? env.TRAILS_PROVIDER ?? (await config.load()).provider;
    return service(options, paths, provider, false);
  },
  async startDashboard({port, detachKey, dev}) {
    const [{startDashboard}, {runAttach}] = await Promise.all([
      import('./ui/start.tsx'),
      import('./terminal/attach.ts'),
    ]);
    const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
    await startDashboard({
      ...{port, clock, stdin, stdout, dev, detachKey, cwd: process.cwd(), version, runAttach},
      colors: !env.NO_COLOR,
      unicode: /utf-?8/i.test(locale) || process.platform === 'darwin',
    });
    return 0;
  },
  async runAttach({attachment, detachKey}) {
    const {runAttach} = await import('./terminal/attach.ts');
    try {
      return await runAttach({attachment, stdin, stdout, detachKey, clock});
    } finally {
      // Nobody reads it any more: an open one would keep the process.
      stdin.pause();
      stdin.unref();
    }
  },
  setup: {missing: async () => [], plan: async () => []},
  runHere,
  onInterrupt(call) {
    process.on('SIGINT', call);
    return () => process.off('SIGINT', call);
  },
  ...{stdin, stdout, stderr, env, clock, config, version},
  cwd: () => process.cwd(),
});

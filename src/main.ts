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

async function service(
  options: PortOptions,
  at: Paths,
  provider: string,
  inMemory: boolean,
  _programs?: 'dev',
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
        return createMock({clock, programFor: devProgram, createMs: options.stay ? 600 : 0});
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
  return createService({context, stay: options.stay === true});
}

/** The mock provider in this process, over a directory that goes away with it. */
async function devService(options: PortOptions): Promise<SessionsPort> {
  const {usualCount, world} = await import('./providers/mock/world.ts');
  const home = mkdtempSync(path.join(tmpdir(), 'trails-dev-'));
  const at = pathsFrom({TRAILS_HOME: home});
  mkdirSync(at.state, {recursive: true, mode: 0o700});
  process.once('exit', () => rmSync(home, {recursive: true, force: true}));
  let closed = false;
  const port = await service(options, at, 'mock', true);
  const settle = async ({name, command}: ReturnType<typeof world>[number]) => {
    const repo = path.join(home, 'repos', name);
    mkdirSync(repo, {recursive: true});
    const request = {name, agent: 'shell', args: command, repo, env: {}, limits: {}, size: {columns: 100, rows: 30}};
    await port.create(request, () => {}, new AbortController().signal);
  };
  const count = Number(env.TRAILS_DEV_SESSIONS || usualCount);
  const settled = Promise.all(world(count).map(settle));
  // A single command wants to see the whole world; the dashboard shows it growing.
  if (options.stay) settled.catch(error => void (closed || stderr.write(`${(error as Error).stack}\n`)));
  else await settled;
  return {
    ...port,
    close() {
      closed = true;
      return port.close();
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
    // A hang-up or TERM ends us in order: the terminal is given back, sessions run on.
    for (const [signal, code] of [
      ['SIGHUP', 129],
      ['SIGTERM', 143],
    ] as const)
      process.once(signal, () => process.exit(code));
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
  setup: {
    async missing() {
      const [{missingForSetup}, {engineSocket}] = await Promise.all([
        import('./providers/podman/setup.ts'),
        import('./providers/podman/socket.ts'),
      ]);
      const missing = await missingForSetup({paths, env});
      if (missing.length === 0) return [];
      // A Docker that answers is an engine too.
      const docker = await engineSocket('docker', paths, env).then(
        () => true,
        () => false,
      );
      return docker ? [] : missing;
    },
    plan: async () => (await import('./providers/podman/setup.ts')).planSetup({paths, env}),
  },
  runHere,
  onInterrupt(call) {
    process.on('SIGINT', call);
    return () => process.off('SIGINT', call);
  },
  ...{stdin, stdout, stderr, env, clock, config, version},
  cwd: () => process.cwd(),
});

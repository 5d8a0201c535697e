import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {PortOptions} from './cli/context.ts';
import {runCli} from './cli/run-cli.ts';
import {systemClock as clock} from './lib/clock.ts';
import {configAt} from './lib/config.ts';
import {runHere} from './lib/exec.ts';
import {parseMemory} from './lib/limits.ts';
import {openLog} from './lib/log.ts';
import {type Paths, pathsFrom} from './lib/paths.ts';
import type {Inhabitant} from './providers/mock/world.ts';
import type {EnvironmentSpec, Provider} from './providers/provider.ts';
import type {SessionsPort} from './sessions/port.ts';
import type {SessionFacts} from './sessions/record.ts';

const {env, stdin, stdout, stderr} = process;
const paths = pathsFrom(env);
const config = configAt(paths.config);
// Written out: the bundle puts the number in the place of exactly these words.
const version = process.env.TRAILS_VERSION ?? 'dev';
// The command and what it is about; options may hold secrets.
const by = ['trails', ...process.argv.slice(2, 4).filter(word => !word.startsWith('-'))].join(' ').slice(0, 80);

async function service(options: PortOptions, at: Paths, provider: string, devHome?: string): Promise<SessionsPort> {
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
        // What is there from the beginning is there at once; what a person makes takes the time of a real one.
        let createMs = 0;
        const mock = createMock({
          clock,
          programFor: devProgram,
          createMs: () => createMs,
          ...(devHome ? {recordBytes: 1024 * 1024} : {}),
        });
        if (devHome) await settleWorld(mock, at, devHome);
        createMs = devHome && options.stay ? 600 : 0;
        return mock;
      },
    },
    ['podman', 'docker'],
  );
  const context = {
    ...{store: openStore(devHome ? undefined : at.state), registry, paths: at, clock, changes: createChanges()},
    ...{worker: workerOf(process.pid), log, caller: {pid: process.pid, command: by}},
    defaults: {
      ...{provider, image, network},
      limits: {memoryBytes: parseMemory(limits.memory), cpus: limits.cpus, pids: limits.pids},
    },
  };
  if (devHome) {
    const {reconcile} = await import('./sessions/reconcile.ts');
    await reconcile(context, await registry.open('mock'));
  }
  const service = createService({context});
  return {...service.as(context.caller), close: service.close};
}

/** The world of `--dev`, as if it had been there before: found and entered like any environment of ours. */
async function settleWorld(mock: Provider, at: Paths, home: string): Promise<void> {
  const [{usualCount, world}, {homeLabel, labels, sessionDirectory}, {ulid}] = await Promise.all([
    import('./providers/mock/world.ts'),
    import('./sessions/context.ts'),
    import('ulid'),
  ]);
  const size = {columns: 100, rows: 30};
  const limits = {memoryBytes: 2 ** 31, cpus: 2, pids: 512};
  const settle = async ({name, command}: Inhabitant) => {
    const repo = path.join(home, 'repos', name);
    mkdirSync(repo, {recursive: true});
    const id = ulid().toLowerCase();
    const facts: SessionFacts = {
      ...{id, name, agent: 'shell', command, provider: 'mock', image: 'host', limits, network: 'none', runtime: null},
      ...{workspace: {mode: 'bind', path: repo, branch: null, repo: null}, createdAt: clock.now()},
    };
    const spec: EnvironmentSpec = {
      name: `trails-${id}`,
      hostname: name,
      image: 'host',
      workspace: repo,
      mounts: [],
      env: {},
      limits,
      network: 'none',
      labels: {...homeLabel(at), [labels.session]: id, [labels.facts]: JSON.stringify(facts)},
      stateDir: sessionDirectory(at, id),
    };
    const environment = await mock.createEnvironment(spec, () => {}, new AbortController().signal);
    await mock.spawnAgent(environment, {argv: command}, size);
  };
  for (const one of world(Number(env.TRAILS_DEV_SESSIONS || usualCount))) await settle(one);
}

/** The mock provider in this process, over a directory that goes away with it. */
async function devService(options: PortOptions): Promise<SessionsPort> {
  const home = mkdtempSync(path.join(tmpdir(), 'trails-dev-'));
  const at = pathsFrom({TRAILS_HOME: home});
  mkdirSync(at.state, {recursive: true, mode: 0o700});
  process.once('exit', () => rmSync(home, {recursive: true, force: true}));
  return service(options, at, 'mock', home);
}

const log = openLog(paths, env);
log.debug('begins', {by, version});
/** A bug in the middle of things: the terminal is given back first, then the stack is shown, and kept in the log. */
process.once('uncaughtException', (error: Error) => {
  process.once('exit', () => stderr.write(`internal error: ${error.stack ?? error.message}\n`));
  log.error('internal error', {by, stack: error.stack});
  void log.flush().finally(() => process.exit(70));
});

process.exitCode = await runCli(process.argv.slice(2), {
  async openPort(options) {
    // Loads while the store opens: the dashboard is what a person waits for.
    if (options.stay) void import('./ui/start.tsx');
    if (options.dev) return devService(options);
    const provider = options.provider ?? env.TRAILS_PROVIDER ?? (await config.load()).provider;
    return service(options, paths, provider);
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

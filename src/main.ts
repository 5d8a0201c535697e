import type {Setup} from './cli/context.ts';
import {runCli} from './cli/run-cli.ts';
import type {World} from './composition/world.ts';
import {systemClock as clock} from './lib/clock.ts';
import {configAt} from './lib/config.ts';
import {endAtCrash} from './lib/crash.ts';
import {runHere} from './lib/exec.ts';
import {openLog} from './lib/log.ts';
import {pathsFrom} from './lib/paths.ts';

const {env, stdin, stdout, stderr} = process;
const paths = pathsFrom(env);
const config = configAt(paths.config, [
  async file => (await import('./agents/custom/agents-source.ts')).readAgents(file),
]);
// Written out: the bundle puts the number in the place of exactly these words.
const version = process.env.TRAILS_VERSION ?? 'dev';
const command = ['trails', ...process.argv.slice(2, 4).filter(word => !word.startsWith('-'))].join(' ').slice(0, 80);

let log = openLog(paths, env);
log.debug('begins', {by: command, version});
endAtCrash(() => log, {by: command, version});

const world: World = {paths, env, config, log: () => log, version, command};
const daemon = () => import('./composition/daemon.ts');
const control = async () => (await daemon()).controlOf(world);

const explainer = async () => (await import('./composition/explain.ts')).explainOf(world);

const doctor = () => import('./composition/doctor.ts');

const setup: Setup = {
  async missing() {
    const [{setupOn}, {engineSocket}] = await Promise.all([doctor(), import('./providers/podman/socket.ts')]);
    const missing = await setupOn(world).blocking();
    if (missing.length === 0) return [];
    // A Docker that answers is an engine too.
    const docker = await engineSocket('docker', paths, env).then(
      () => true,
      () => false,
    );
    return docker ? [] : missing;
  },
  async plan() {
    const [{setupOn}, {planSystemd}, {daemonProgram}] = await Promise.all([
      doctor(),
      import('./daemon/systemd.ts'),
      daemon(),
    ]);
    const stop = async () => (await control()).stop();
    return [...(await setupOn(world).plan()), ...(await planSystemd({paths, env, program: daemonProgram, stop}))];
  },
};

process.exitCode = await runCli(process.argv.slice(2), {
  async openPort(options) {
    // Loads while the daemon is asked: the dashboard is what a person waits for.
    if (options.stay) void import('./ui/start.ts');
    if (options.dev) return (await import('./composition/dev.ts')).openDevSessions(world);
    return (await daemon()).connectSessions(world, options.provider ?? (env.TRAILS_PROVIDER || undefined));
  },
  async startDashboard({port, detachKey, notify, dev}) {
    const [{startDashboard}, {runAttach}] = await Promise.all([
      import('./ui/start.ts'),
      import('./terminal/attach.ts'),
    ]);
    const showOnDesktop = async (title: string, text: string) =>
      (await import('./lib/desktop-notice.ts')).showOnDesktop(title, text);
    // A hang-up or TERM ends us in order: the terminal is given back, sessions run on.
    for (const [signal, code] of [
      ['SIGHUP', 129],
      ['SIGTERM', 143],
    ] as const)
      process.once(signal, () => process.exit(code));
    const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
    await startDashboard({
      ...{
        port,
        clock,
        stdin,
        stdout,
        env,
        dev,
        detachKey,
        notify,
        showOnDesktop,
        cwd: process.cwd(),
        version,
        runAttach,
      },
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
  async doctor({provider, json, ask}) {
    return (await doctor()).findingsOn(world, {provider, draws: !json}, ask);
  },
  setup,
  daemon: {
    run: async () =>
      (await daemon()).runAsDaemon({...world, command: 'trails daemon'}, own => {
        log = own;
      }),
    keep: async () =>
      (await import('./composition/keeper.ts')).runAsKeeper({...world, command: 'trails daemon egress'}, own => {
        log = own;
      }),
    start: async () => (await control()).ready(),
    stop: async () => (await control()).stop(),
    status: async () => (await control()).status(),
  },
  explain: {
    screen: async (agent, capture) => (await explainer()).screen(agent, capture),
    recording: async (agent, capture) => (await explainer()).recording(agent, capture),
  },
  schema: async of => (await import('./composition/schemas.ts')).schemas[of],
  runHere,
  onInterrupt(call) {
    process.on('SIGINT', call);
    return () => process.off('SIGINT', call);
  },
  ...{stdin, stdout, stderr, env, clock, config, version},
  cwd: () => process.cwd(),
});

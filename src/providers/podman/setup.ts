import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {run} from '../../lib/exec.ts';
import {writeWhole} from '../../lib/files.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Finding} from '../provider.ts';
import {
  crunWrapper,
  type Machine,
  machineNeeds,
  readMachine,
  type Setting,
  settingsFor,
  settingsText,
} from './machine.ts';
import {type Needed, type PackageManager, packageManagerOf, programOnPath} from './package-managers.ts';
import {type Env, endOwnService, settingsFile} from './socket.ts';

/** One thing `trails setup` would do; nothing happens before `run`. */
export interface SetupStep {
  readonly title: string;
  readonly why: string;
  /** The command or the file, as it would be run or written. */
  readonly detail: string;
  /** Throws AppError when it fails. */
  run(onLine: (line: string) => void): Promise<void>;
}

export interface SetupOptions {
  readonly paths: Paths;
  readonly env: Env;
}

/** Programs by what they are needed for; one of them is enough. */
const programs: Readonly<Record<Needed, readonly string[]>> = {
  podman: ['podman'],
  crun: ['crun'],
  runc: ['runc'],
  conmon: ['conmon', '/usr/libexec/podman/conmon', '/usr/lib/podman/conmon'],
  network: ['netavark', '/usr/lib/podman/netavark', '/usr/libexec/podman/netavark'],
  rootless: ['newuidmap'],
  init: ['catatonit', '/usr/libexec/podman/catatonit', '/usr/lib/podman/catatonit'],
};

const present = (names: readonly string[], env: Env): boolean =>
  names.some(name => (name.startsWith('/') ? existsSync(name) : programOnPath(name, env) !== undefined));

/** What is missing for Podman to run here. On a Mac the rest is inside its virtual machine. */
export function missingPrograms(env: Env, machine: Machine, platform: NodeJS.Platform = process.platform): Needed[] {
  const wanted: readonly Needed[] =
    platform === 'linux'
      ? [
          'podman',
          'conmon',
          'network',
          'init',
          // As root, directories of root need crun, which alone maps their owner.
          ...(machine.root ? (['crun'] as const) : (['rootless'] as const)),
          ...(machine.cgroupHybrid && !machine.root ? (['runc'] as const) : []),
        ]
      : ['podman'];
  return wanted.filter(name => !present(programs[name], env));
}

/** What keeps containers from starting here, found without asking an engine; empty on a machine that is ready. */
export async function missingForSetup({paths, env}: SetupOptions): Promise<Finding[]> {
  const machine = readMachine(env);
  const programs = missingPrograms(env, machine).map(name => ({
    check: name,
    state: 'missing' as const,
    detail: `needed for containers, and not installed: ${name}`,
    fix: 'trails setup',
  }));
  const settings = existsSync(settingsFile(paths)) ? [] : machineNeeds(machine, wrapperFile(paths));
  return [
    ...programs,
    ...settings.map(({key, why}) => ({check: key, state: 'missing' as const, detail: why, fix: 'trails setup'})),
  ];
}

/** What has to be done until a container starts here. Empty when nothing has: it can be asked as often as one likes. */
export async function planSetup({paths, env}: SetupOptions): Promise<SetupStep[]> {
  const machine = readMachine(env);
  const missing = missingPrograms(env, machine);
  return [
    ...(missing.length > 0 ? installSteps(missing, env, machine.root) : []),
    ...settingsSteps(paths, env),
    ...(process.platform === 'darwin' ? await machineSteps(env) : []),
  ];
}

function installSteps(missing: readonly Needed[], env: Env, root: boolean): SetupStep[] {
  const manager = packageManagerOf(env);
  if (!manager) {
    throw new AppError(
      'UNSUPPORTED',
      `No package manager that we know is here, and this is missing: ${missing.join(', ')}`,
      {
        hint: 'Install Podman by hand: https://podman.io/docs/installation',
      },
    );
  }
  const packages = missing.flatMap(name => manager.packages[name]);
  const commands = [manager.refresh, [...manager.install, ...packages]]
    .filter(args => args !== undefined)
    .map(args => asRoot(manager, [manager.program, ...args], root));
  return [
    {
      title: missing.includes('podman') ? 'Install Podman' : 'Install what Podman needs here',
      why: `missing: ${missing.join(', ')}`,
      detail: commands.map(command => command.join(' ')).join(' && '),
      async run(onLine) {
        for (const command of commands) await runOrThrow(command, onLine);
      },
    },
  ];
}

const asRoot = (manager: PackageManager, command: readonly string[], root: boolean): readonly string[] =>
  manager.needsRoot && !root ? ['sudo', ...command] : command;

async function runOrThrow(command: readonly string[], onLine: (line: string) => void): Promise<void> {
  const [file, ...args] = command;
  const done = await run(file!, args, {onLine, env: {DEBIAN_FRONTEND: 'noninteractive'}});
  if (done.exitCode === 0) return;
  throw new AppError('CANNOT_CREATE', `\`${command.join(' ')}\` failed with exit code ${done.exitCode}`, {
    hint: 'Its own output, above, says why. Run it by hand, then `trails setup` again.',
  });
}

/**
 * Decided again when it runs: what an installation before it brought may matter. That file is ours alone and used only for the
 * Podman we start.
 */
function settingsSteps(paths: Paths, env: Env): SetupStep[] {
  const file = settingsFile(paths);
  const wrapper = wrapperFile(paths);
  const settings = settingsFor(readMachine(env), wrapper);
  const wraps = needsWrapper(settings);
  const done = textOf(file) === settingsText(settings) && (!wraps || textOf(wrapper) === crunWrapper);
  if (settings.length === 0 || done) return [];
  return [
    {
      title: "Write settings for this machine's Podman",
      why: settings.map(setting => setting.why).join('; '),
      detail: wraps ? `${file} and ${wrapper}` : file,
      async run(onLine) {
        const now = settingsFor(readMachine(env), wrapper);
        mkdirSync(paths.config, {recursive: true, mode: 0o700});
        if (needsWrapper(now)) writeWhole(wrapper, crunWrapper, 0o755);
        writeWhole(file, settingsText(now), 0o644);
        onLine(`wrote ${file}`);
        if (await endOwnService(paths)) onLine('ended the Podman service that ran without them: the next one has them');
      },
    },
  ];
}

export const wrapperFile = (paths: Paths): string => path.join(paths.config, 'crun');

const needsWrapper = (settings: readonly Setting[]): boolean =>
  settings.some(setting => setting.table === 'engine.runtimes');

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

async function machineSteps(env: Env): Promise<SetupStep[]> {
  if (programOnPath('podman', env)) {
    const listed = await run('podman', ['machine', 'list', '--format', '{{.Running}}']);
    if (listed.stdout.includes('true')) return [];
  }
  return [
    {
      title: "Start Podman's virtual machine",
      why: 'containers need Linux',
      detail: 'podman machine init --now',
      async run(onLine) {
        const made = await run('podman', ['machine', 'init', '--now'], {onLine});
        if (made.exitCode !== 0) await runOrThrow(['podman', 'machine', 'start'], onLine);
      },
    },
  ];
}

import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {asRoot, runOrThrow, shown} from '../../lib/checkup/hands.ts';
import type {Env, Machine} from '../../lib/checkup/machine.ts';
import type {Step} from '../../lib/checkup/step.ts';
import {thisMachine} from '../../lib/checkup/this-machine.ts';
import {writeWhole} from '../../lib/files.ts';
import type {Paths} from '../../lib/paths.ts';
import {crunWrapper, readTraits, type Setting, settingsFor, settingsText, type Traits} from './machine.ts';
import {type Needed, packageManagerOf} from './package-managers.ts';
import {endOwnService, settingsFile} from './socket.ts';

/** Programs by what they are needed for; one of them is enough. */
const programs: Readonly<Record<Needed, readonly string[]>> = {
  podman: ['podman'],
  crun: ['crun'],
  runc: ['runc'],
  conmon: ['conmon', '/usr/libexec/podman/conmon', '/usr/lib/podman/conmon'],
  network: ['netavark', '/usr/lib/podman/netavark', '/usr/libexec/podman/netavark'],
  rootless: ['newuidmap'],
  'rootless network': ['slirp4netns', 'pasta'],
  git: ['git'],
  umount: ['umount'],
  init: ['catatonit', '/usr/libexec/podman/catatonit', '/usr/lib/podman/catatonit'],
};

/** As a person would look for it: "pasta or slirp4netns". */
export const programNames = (names: readonly Needed[]): string =>
  names.map(name => programs[name].filter(program => !program.startsWith('/')).join(' or ')).join(', ');

/** Not on the PATH: each distribution has a place of its own for them, so one that is not found may be there all the same. */
const helpers: readonly Needed[] = ['conmon', 'network', 'init'];
export const isHelper = (name: Needed): boolean => helpers.includes(name);

/** What Podman needs here, there or not. On a Mac all but itself is inside its virtual machine. */
const needed = ({root, cgroupHybrid}: Traits, platform: NodeJS.Platform): readonly Needed[] =>
  platform === 'linux'
    ? [
        ...(['podman', 'conmon', 'network', 'init'] as const),
        // As root, directories of root need crun, which alone maps their owner.
        ...(root ? (['crun'] as const) : (['rootless', 'rootless network'] as const)),
        // Our wrapper of crun takes the second kind of cgroups out of its sight.
        ...(cgroupHybrid ? ([root ? 'umount' : 'runc'] as const) : []),
      ]
    : ['podman'];

/** What is missing for Podman to run here. */
export async function missingPrograms(machine: Machine, traits: Traits): Promise<readonly Needed[]> {
  const wanted = needed(traits, machine.platform);
  const found = await Promise.all(
    wanted.map(async name => (await Promise.all(programs[name].map(machine.which))).some(Boolean)),
  );
  return wanted.filter((_, index) => !found[index]);
}

/** What has to be done until a container starts here. Empty when nothing has: it can be asked as often as one likes. */
export async function planSetup({paths, env}: {readonly paths: Paths; readonly env: Env}): Promise<readonly Step[]> {
  const machine = thisMachine(env);
  const steps = [await installStep(machine), await settingsStep(machine, paths)];
  return steps.filter(step => step !== undefined);
}

/** Throws UNSUPPORTED where nobody installs. */
export async function installStep(machine: Machine): Promise<Step | undefined> {
  const lacking = await missingPrograms(machine, await readTraits(machine));
  if (lacking.length === 0) return undefined;
  return packagesStep(machine, lacking, {
    name: 'podman.programs',
    title: lacking.includes('podman') ? 'Install Podman' : 'Install what Podman needs here',
  });
}

/** Installs what brings these. Throws UNSUPPORTED where nobody installs. */
export async function packagesStep(
  machine: Machine,
  lacking: readonly Needed[],
  words: Pick<Step, 'name' | 'title'>,
): Promise<Step> {
  const manager = await packageManagerOf(machine);
  if (!manager) {
    throw new AppError(
      'UNSUPPORTED',
      `No package manager that we know is here, and this is missing: ${programNames(lacking)}`,
      {
        hint: lacking.includes('podman')
          ? 'Install Podman by hand: https://podman.io/docs/installation'
          : 'Install it by hand, the way this system does it.',
      },
    );
  }
  const packages = lacking.flatMap(name => manager.packages[name]);
  const commands = [manager.refresh, [...manager.install, ...packages]]
    .filter(args => args !== undefined)
    .map(args => [manager.program, ...args])
    .map(command => (manager.needsRoot ? asRoot(command, machine.user.uid) : command));
  return {
    ...words,
    why: `missing: ${programNames(lacking)}`,
    detail: commands.map(shown).join(' && '),
    async run(onLine) {
      for (const command of commands) await runOrThrow(command, onLine);
    },
  };
}

/**
 * Decided again when it runs: what an installation before it brought may matter. That file is ours alone and used only for the
 * Podman we start.
 */
export async function settingsStep(machine: Machine, paths: Paths): Promise<Step | undefined> {
  const file = settingsFile(paths);
  const wrapper = wrapperFile(paths);
  const settings = settingsFor(await readTraits(machine), wrapper);
  const wraps = needsWrapper(settings);
  const written = (await machine.read(file)) === settingsText(settings);
  const wrapped = !wraps || (await machine.read(wrapper)) === crunWrapper;
  if (settings.length === 0 || (written && wrapped)) return undefined;
  return {
    name: 'podman.settings',
    title: "Write settings for this machine's Podman",
    why: settings.map(setting => setting.why).join('; '),
    detail: wraps ? `${file} and ${wrapper}` : file,
    async run(onLine) {
      const now = settingsFor(await readTraits(machine), wrapper);
      mkdirSync(paths.config, {recursive: true, mode: 0o700});
      if (needsWrapper(now)) writeWhole(wrapper, crunWrapper, 0o755);
      writeWhole(file, settingsText(now), 0o644);
      onLine(`wrote ${file}`);
      if (await endOwnService(paths)) onLine('ended the Podman service that ran without them: the next one has them');
    },
  };
}

export const wrapperFile = (paths: Paths): string => path.join(paths.config, 'crun');

const needsWrapper = (settings: readonly Setting[]): boolean =>
  settings.some(setting => setting.table === 'engine.runtimes');

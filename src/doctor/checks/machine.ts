import {bytes} from '../../lib/amount.ts';
import {missing, ok, warning} from '../../lib/checkup/check.ts';
import {packagesStep} from '../../providers/podman/setup.ts';
import {sysctlStep} from '../sysctl.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

const enoughBytes = 2 * 2 ** 30;
const leastBytes = 200 * 2 ** 20;
const enoughFiles = 50_000;
const leastMemory = 4 * 2 ** 30;
const skewMs = 2000;
/** The first that merges without a checkout. */
const leastGit = [2, 38] as const;

/** A watcher of a tree needs a watch for each directory; one for each process that watches. Kernels up to 5.10 came with less. */
const inotify = [
  {name: 'max_user_watches', least: 65_536, set: 524_288},
  {name: 'max_user_instances', least: 128, set: 1024},
] as const;

const inotifyLow = async ({machine}: DoctorView) => {
  const limits = await Promise.all(
    inotify.map(async limit => ({
      ...limit,
      now: Number((await machine.read(`/proc/sys/fs/inotify/${limit.name}`)) ?? Number.NaN),
    })),
  );
  return {limits, low: limits.filter(({now, least}) => now < least)};
};

export const machineChecks: readonly MachineCheck[] = [
  {
    id: 'machine.git',
    title: 'git',
    why: 'workspaces are made, compared and brought back with it',
    fix: 'trails setup',
    async look({machine}, signal) {
      const {exitCode, stdout, stderr} = await machine.run(['git', '--version'], signal);
      if (exitCode === 127) return missing('not installed');
      if (exitCode !== 0) return missing(`does not start: ${stderr.trim().split('\n')[0] ?? ''}`);
      const [, version = '?'] = /(\d+\.\d+\S*)/.exec(stdout) ?? [];
      const [major = 0, minor = 0] = version.split('.').map(Number);
      const old = major < leastGit[0] || (major === leastGit[0] && minor < leastGit[1]);
      return old ? warning(`${version}: older than ${leastGit.join('.')}`, 'Update git.') : ok(version);
    },
    mend: async ({machine}) =>
      (await machine.which('git'))
        ? undefined
        : packagesStep(machine, ['git'], {name: 'machine.git', title: 'Install git'}),
  },
  {
    id: 'machine.memory',
    title: 'Memory',
    why: 'an agent with its builds takes one to two gigabytes, and the system needs the rest',
    fix: 'Lower limits.memory (`trails config set limits.memory 1g`), run fewer sessions at once, or add memory.',
    look({machine}) {
      const detail = `${bytes(machine.memoryBytes)} in all`;
      return machine.memoryBytes < leastMemory ? warning(`${detail}: enough for one agent`) : ok(detail);
    },
  },
  {
    id: 'machine.disk',
    title: 'Disk for workspaces',
    why: 'each session has its own copy of the code there; on a full disk nothing starts and nothing is recorded',
    fix: 'Remove sessions that are done (`trails rm NAME`), or move the state: TRAILS_HOME, XDG_STATE_HOME.',
    async look({machine, paths}) {
      const space = await machine.space(paths.state);
      if (!space) return warning(`nothing is known of the disk of ${paths.state}`);
      const {freeBytes, totalBytes, freeFiles, totalFiles} = space;
      const detail = `${bytes(freeBytes)} of ${bytes(totalBytes)} free at ${paths.state}`;
      if (freeBytes < leastBytes) return missing(detail);
      if (totalFiles > 0 && freeFiles < enoughFiles) return warning(`${detail}, but only ${freeFiles} files more`);
      return freeBytes < enoughBytes ? warning(detail) : ok(detail);
    },
  },
  {
    id: 'machine.inotify',
    title: 'Watched files',
    why: 'editors, dev servers and Trails share them; without one, changes are not seen and `npm run dev` fails with ENOSPC',
    fix: 'trails setup',
    async look(view) {
      if (view.machine.platform !== 'linux') return undefined;
      const {limits, low} = await inotifyLow(view);
      if (limits.some(({now}) => Number.isNaN(now))) return warning('this kernel has no inotify');
      const detail = limits.map(({name, now}) => `${name} ${now}`).join(', ');
      return low.length === 0 ? ok(detail) : warning(`${detail}: too few for several projects`);
    },
    async mend(view) {
      const {low} = await inotifyLow(view);
      if (low.length === 0) return undefined;
      return sysctlStep(view.machine, {
        name: 'machine.inotify',
        title: 'Let more files be watched',
        why: low.map(({name, now}) => `${name} is ${now}`).join(', '),
        file: '/etc/sysctl.d/60-trails-inotify.conf',
        values: Object.fromEntries(low.map(({name, set}) => [`fs.inotify.${name}`, set])),
      });
    },
  },
  {
    id: 'machine.clock',
    title: 'Clock and files',
    why: 'what changed is told by the times of files: a disk with another clock hides changes',
    fix: 'Set the clocks by NTP on this machine and on the one that has the disk (timedatectl set-ntp true).',
    async look({machine, paths}) {
      const before = machine.now();
      const stamp = await machine.stamp(paths.state);
      if (stamp === undefined) return undefined;
      const skew = Math.max(before - stamp, stamp - machine.now(), 0);
      if (skew <= skewMs) return ok('files have the time of this machine');
      return warning(`files in ${paths.state} are ${Math.round(skew / 1000)} s away from this machine's time`);
    },
  },
];

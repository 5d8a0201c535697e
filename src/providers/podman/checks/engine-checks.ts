import path from 'node:path';
import {bytes} from '../../../lib/amount.ts';
import {type Check, missing, ok, type Seen, warning} from '../../../lib/checkup/check.ts';
import {usualPath} from '../../provider.ts';
import type {Flavor} from '../engine.ts';
import type {EngineView, Leftover} from './engine-view.ts';
import {signaturesSeen} from './signatures.ts';
import {isBelow, knownTrouble, oldest, versionIn, versionText} from './versions.ts';

export type EngineCheck = Check<EngineView> & {
  /** Of Podman alone, or of Docker too. */
  readonly of?: Flavor;
};

const least = 2 * 2 ** 30;
const skewMs = 5000;
/** One of them runs in the sandbox where it has a network of its own. */
const relayPrograms = ['perl', 'python3', 'node'];
const mostNamed = 3;

const gone = async ({machine, environments}: EngineView): Promise<readonly Leftover[]> => {
  const all = await environments();
  const there = await Promise.all(all.map(({directory}) => machine.about(directory)));
  return all.filter((_, index) => there[index] === undefined);
};

/** What is asked of an engine that answers. That it does is the first of them. */
export const engineChecks: readonly EngineCheck[] = [
  {
    id: '',
    title: 'Engine',
    why: 'every session runs in a container of this engine',
    fix: 'Update it to a version that is kept up.',
    look({abilities: {flavor, version, rootless, runtime}}): Seen {
      const number = versionIn(version);
      const detail = `version ${version}, ${rootless ? 'without root' : 'as root'}, ${runtime}`;
      if (number && isBelow(number, oldest[flavor]))
        return missing(`${detail}: at least ${versionText(oldest[flavor])} is needed`);
      const trouble = knownTrouble(runtime);
      return trouble ? warning(`${detail}: ${trouble}`, `Update ${runtime.split(' ')[0]}.`) : ok(detail);
    },
  },
  {
    id: 'socket',
    title: 'Service',
    why: 'whoever can write to its socket can do what the engine can',
    fix: 'chmod 0600 the socket, or take its group away: members of it are root on this machine.',
    async look({machine, paths, abilities, socket}) {
      const at = await socket();
      const facts = await machine.about(at);
      const ours = path.dirname(at) === paths.runtime;
      const whose = ours ? 'started by Trails' : abilities.rootless ? 'your own' : 'of the system';
      if (facts && facts.mode & 0o002) return warning(`${at}, ${whose}: everybody on this machine can write to it`);
      return ok(`${at}, ${whose}`);
    },
  },
  {
    id: 'owners',
    title: 'File owners',
    why: 'the agent is never root, and yet what it writes has to belong to you',
    fix: 'trails setup (installs crun)',
    look({abilities: {flavor, rootless, idmap}}) {
      if (flavor === 'podman' && rootless) return ok('keep-id: you are the agent inside');
      if (idmap) return ok('id-mapped mounts');
      const fix = flavor === 'podman' ? undefined : 'Use Podman, or `chown` the directory to a user.';
      return warning('directories of root cannot be worked in', fix);
    },
  },
  {
    id: 'limits',
    title: 'Limits',
    why: 'without them one session can take the memory, the cores or the processes of all others',
    fix: 'Delegate the controllers to your user (cgroup v2: `trails setup`), or run the engine as root.',
    look({abilities: {limits, cgroupVersion}}) {
      const lacking = Object.entries(limits).filter(([, bites]) => !bites);
      if (lacking.length === 0) return ok(`enforced (cgroup v${cgroupVersion})`);
      return warning(
        `not enforced without root on cgroup v${cgroupVersion}: ${lacking.map(([name]) => name).join(', ')}`,
      );
    },
  },
  {
    id: 'seccomp',
    title: 'System call filter',
    why: 'the kernel’s rarely used calls are the usual way out of a container',
    fix: 'Install an engine that is built with seccomp: that of your distribution is.',
    look: ({seccomp}) => (seccomp ? ok('the engine filters') : missing('the engine cannot filter system calls')),
  },
  {
    id: 'storage',
    title: 'Storage of images',
    why: 'images and what containers write lie there; when it is full nothing starts',
    fix: 'trails images ls, trails images rm, podman system prune',
    async look({machine, storage: {root, driver}}) {
      const space = root && (await machine.about(root)) ? await machine.space(root) : undefined;
      const where = root ? `${root} (${driver})` : driver;
      if (!space) return ok(where);
      const detail = `${where}: ${bytes(space.freeBytes)} of ${bytes(space.totalBytes)} free`;
      if (space.totalFiles > 0 && space.freeFiles < 10_000) return warning(`${detail}, ${space.freeFiles} files more`);
      if (space.freeBytes < least) return warning(detail);
      if (driver === 'vfs')
        return warning(`${detail}; each container is a full copy`, 'Use the overlay driver: install fuse-overlayfs.');
      return ok(detail);
    },
  },
  {
    id: 'images',
    title: 'Images',
    why: 'a session runs in an image of its agent, or with the tools of this machine',
    fix: 'Install Perl, Python or Node, or build the images: trails images build',
    async look({machine, images}) {
      const own = (await images()).filter(image => image.reference.startsWith('localhost/trails/'));
      const built = own.length > 0 ? own.map(image => image.reference).join(', ') : 'base is not built';
      const places = relayPrograms.flatMap(name => usualPath.split(':').map(at => path.join(at, name)));
      const relay = (await Promise.all(places.map(machine.which))).find(Boolean);
      if (machine.platform !== 'linux' || own.length > 0) return ok(built);
      if (relay) return ok(`host (this machine's own tools); ${built}`);
      return warning(`${built}, and on the host image nothing can speak to the proxy: no ${relayPrograms.join(', ')}`);
    },
  },
  {
    id: 'signatures',
    of: 'podman',
    title: 'Signatures of images',
    why: 'it says which images the engine takes, and whose signature they need',
    fix: 'Install containers-common (Debian: golang-github-containers-common), which brings policy.json.',
    look: view => (view.machine.platform === 'linux' ? signaturesSeen(view.machine) : undefined),
  },
  {
    id: 'clock',
    title: 'Clock of the engine',
    why: 'certificates, make and the ages on screen go by it; a virtual machine’s lags after sleep',
    fix: 'podman machine ssh sudo chronyc makestep; in WSL: sudo hwclock -s',
    async look({machine, time}) {
      const told = await time();
      if (told === undefined) return undefined;
      // It tells whole seconds.
      const skew = Math.abs(told + 500 - machine.now());
      return skew > skewMs ? warning(`${Math.round(skew / 1000)} s away from this machine's`) : ok('as this machine’s');
    },
  },
  {
    id: 'leftovers',
    title: 'Left containers',
    why: 'a TRAILS_HOME that was deleted leaves containers behind that nobody sees',
    fix: 'podman rm -f NAME',
    async look(view) {
      const left = await gone(view);
      if (left.length === 0) return ok('none');
      const names = left.slice(0, mostNamed).map(({name}) => name);
      const more = left.length > names.length ? ` and ${left.length - names.length} more` : '';
      return warning(
        `the files of ${names.join(', ')}${more} are gone`,
        `${view.abilities.flavor} rm -f ${names.join(' ')}`,
      );
    },
  },
];

import {missing, ok, type Seen, warning} from '../../lib/checkup/check.ts';
import {kindOf, type MountPoint, mountOf} from '../../lib/mounts.ts';
import {boundsAt} from '../../lib/quota/possible.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

async function mountAt({machine}: DoctorView, directory: string): Promise<MountPoint | undefined> {
  const text = await machine.read('/proc/self/mountinfo');
  return text === undefined ? undefined : mountOf(text, await machine.real(directory));
}

/** What an agent could not do in a directory of this mount. */
function forbidden({options}: MountPoint): Seen | undefined {
  if (options.includes('ro')) return missing('read-only');
  if (options.includes('noexec')) return warning('noexec: what an agent builds there cannot be run');
  return undefined;
}

export const filesChecks: readonly MachineCheck[] = [
  {
    id: 'files.state',
    title: 'File system of workspaces',
    why: 'agents build and run there, and git needs real owners, modes and links',
    fix: 'Move the state to a disk of this machine’s own: TRAILS_HOME or XDG_STATE_HOME, such as ~/.local/state.',
    async look(view) {
      const mount = await mountAt(view, view.paths.state);
      if (!mount) return undefined;
      const where = `${mount.type} at ${mount.at}`;
      const kind = kindOf(mount);
      if (kind?.refused) return missing(`${where} is refused: ${kind.why}`);
      if (kind) return warning(`${where}, ${kind.why}`);
      const trouble = forbidden(mount);
      return trouble ? {...trouble, detail: `${where} is ${trouble.detail}`} : ok(where);
    },
  },
  {
    id: 'files.bounds',
    title: 'Limits of the disk',
    why: '`limits.disk` is set: where the file system cannot hold a session to it, it is only told when one has more',
    fix: 'Put the state on btrfs, XFS or ext4 with quotas: TRAILS_HOME or XDG_STATE_HOME.',
    async look({machine, paths, diskLimit}, signal) {
      if (diskLimit === '0') return undefined;
      const mounts = (await machine.read('/proc/self/mountinfo')) ?? '';
      const run = (command: readonly string[]) => machine.run(command, signal);
      const {uid} = machine.user;
      const bounds = await boundsAt(await machine.real(paths.state), {uid, mounts, run});
      if (typeof bounds !== 'string') return warning(`not enforced: ${bounds.why}`, bounds.fix);
      return ok(`${diskLimit} a session, held by ${bounds}`);
    },
  },
  {
    id: 'files.here',
    title: 'File system of this directory',
    why: 'with `--workspace bind` the agent works right here; a clone or a copy is read from here once',
    fix: 'Keep the repository on a disk of this machine’s own, or work on a clone (the default).',
    async look(view) {
      const mount = await mountAt(view, view.cwd);
      if (!mount) return undefined;
      const where = `${mount.type} at ${mount.at}`;
      const kind = kindOf(mount);
      if (kind?.refused) return warning(`${where}: \`--workspace bind\` is refused: ${kind.why}`);
      if (kind) return warning(`${where}, ${kind.why}`);
      return mount.options.includes('noexec')
        ? warning(`${where} is noexec: a bind could not run what it builds`)
        : ok(where);
    },
  },
];

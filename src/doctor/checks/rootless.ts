import path from 'node:path';
import {missing, ok, type Seen, warning} from '../../lib/checkup/check.ts';
import {asRoot, runOrThrow, shown, writeSystemFile} from '../../lib/checkup/hands.ts';
import type {Step} from '../../lib/checkup/step.ts';
import {sysctlStep} from '../sysctl.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

const idFiles = ['/etc/subuid', '/etc/subgid'] as const;
const firstId = 100_000;
const ids = 65_536;

interface Range {
  readonly owner: string;
  readonly from: number;
  readonly count: number;
}

const rangesIn = (text: string): readonly Range[] =>
  text.split('\n').flatMap(line => {
    const [owner = '', from, count] = line.split(':');
    return from && count ? [{owner, from: Number(from), count: Number(count)}] : [];
  });

async function idsOf({machine}: DoctorView) {
  const {name, uid} = machine.user;
  const files = await Promise.all(
    idFiles.map(async file => ({file, ranges: rangesIn((await machine.read(file)) ?? '')})),
  );
  const own = (range: Range) => (range.owner === name || range.owner === String(uid)) && range.count >= ids;
  const lacking = files.filter(({ranges}) => !ranges.some(own)).map(({file}) => file);
  const free = files.flatMap(({ranges}) => ranges).reduce((top, {from, count}) => Math.max(top, from + count), firstId);
  return {lacking, range: `${free}-${free + ids - 1}`};
}

/** Only where Podman runs without root; on a Mac that is inside its virtual machine. */
const asked = ({machine, provider}: DoctorView): boolean =>
  machine.platform === 'linux' && machine.user.uid !== 0 && ['auto', 'podman'].includes(provider);

const controllers = ['memory', 'cpu', 'pids'] as const;
const delegation = '/etc/systemd/system/user@.service.d/trails-delegate.conf';
const delegated = ({machine: {user}}: DoctorView) =>
  `/sys/fs/cgroup/user.slice/user-${user.uid}.slice/user@${user.uid}.service/cgroup.controllers`;

const hasSystemd = async ({machine}: DoctorView): Promise<boolean> =>
  (await machine.about('/run/systemd/system')) !== undefined;

async function namespaces({machine}: DoctorView): Promise<{readonly key: string; readonly set: number} | undefined> {
  const value = async (key: string) => (await machine.read(`/proc/sys/${key.replaceAll('.', '/')}`))?.trim();
  if ((await value('user.max_user_namespaces')) === '0') return {key: 'user.max_user_namespaces', set: 15_000};
  if ((await value('kernel.unprivileged_userns_clone')) === '0')
    return {key: 'kernel.unprivileged_userns_clone', set: 1};
  return undefined;
}

const step = (
  {machine: {user}}: DoctorView,
  {commands, ...rest}: Pick<Step, 'name' | 'title' | 'why'> & {readonly commands: readonly (readonly string[])[]},
): Step => {
  const all = commands.map(command => asRoot(command, user.uid));
  return {
    ...rest,
    detail: all.map(shown).join(' && '),
    async run(onLine) {
      for (const command of all) await runOrThrow(command, onLine);
    },
  };
};

interface RootlessCheck extends Omit<MachineCheck, 'look'> {
  look(view: DoctorView): Promise<Seen | undefined>;
}

const table: readonly RootlessCheck[] = [
  {
    id: 'rootless.ids',
    title: 'Ids for containers',
    why: 'a container without root has its own users, and they need numbers of yours',
    fix: 'trails setup',
    async look(view) {
      const {lacking, range} = await idsOf(view);
      const {name} = view.machine.user;
      if (lacking.length === 0) return ok(`a range belongs to ${name}`);
      const fix = `sudo usermod --add-subuids ${range} --add-subgids ${range} ${name} && podman system migrate`;
      return missing(`${name} has no ${ids} ids in ${lacking.join(' and ')}`, fix);
    },
    async mend(view) {
      const {lacking, range} = await idsOf(view);
      if (lacking.length === 0) return undefined;
      const flags = lacking.flatMap(file => [file === '/etc/subuid' ? '--add-subuids' : '--add-subgids', range]);
      return step(view, {
        name: 'rootless.ids',
        title: 'Give your containers ids',
        why: `${view.machine.user.name} has none in ${lacking.join(' and ')}`,
        commands: [['usermod', ...flags, view.machine.user.name]],
      });
    },
  },
  {
    id: 'rootless.namespaces',
    title: 'User namespaces',
    why: 'a container without root is made of one',
    fix: 'trails setup',
    async look(view) {
      const off = await namespaces(view);
      if (off) return missing(`switched off by ${off.key}`, `sudo sysctl -w ${off.key}=${off.set}`);
      const held = (await view.machine.read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'))?.trim() === '1';
      if (held && !(await view.machine.about('/etc/apparmor.d/podman')))
        return warning(
          'only for programs with an AppArmor profile, and podman has none',
          'Install your system’s podman.',
        );
      return ok('allowed');
    },
    async mend(view) {
      const off = await namespaces(view);
      if (!off) return undefined;
      return sysctlStep(view.machine, {
        name: 'rootless.namespaces',
        title: 'Allow user namespaces',
        why: `${off.key} switches them off`,
        file: '/etc/sysctl.d/60-trails-userns.conf',
        values: {[off.key]: off.set},
      });
    },
  },
  {
    id: 'rootless.tun',
    title: 'Network device',
    why: 'slirp4netns and pasta give a container without root its network through /dev/net/tun',
    fix: 'sudo modprobe tun && sudo chmod 0666 /dev/net/tun',
    async look({machine}) {
      if (!(await machine.about('/dev/net/tun'))) return warning('/dev/net/tun is not there: no sessions with `open`');
      if (await machine.usable('/dev/net/tun')) return ok('/dev/net/tun');
      return warning('/dev/net/tun is not yours to open: no sessions with `open`', 'sudo chmod 0666 /dev/net/tun');
    },
    async mend(view) {
      const {machine} = view;
      const there = await machine.about('/dev/net/tun');
      return step(view, {
        name: 'rootless.tun',
        title: 'Make the network device usable',
        why: there ? '/dev/net/tun is closed to you' : '/dev/net/tun is not there',
        commands: [...(there ? [] : [['modprobe', 'tun']]), ['chmod', '0666', '/dev/net/tun']],
      });
    },
  },
  {
    id: 'rootless.runtime',
    title: 'XDG_RUNTIME_DIR',
    why: 'Podman keeps its locks and sockets there; another user’s or a lost one makes it lose containers',
    fix: 'Log in by ssh or on a console instead of su, or: export XDG_RUNTIME_DIR=/run/user/$(id -u)',
    async look({machine}) {
      const at = machine.env.XDG_RUNTIME_DIR;
      if (!at) return warning('is not set: Podman makes do with /tmp');
      const facts = await machine.about(at);
      if (facts?.kind !== 'directory') return missing(`${at} is not a directory`);
      if (facts.uid !== machine.user.uid) return missing(`${at} belongs to user ${facts.uid}, not to you`);
      if (!path.isAbsolute(at)) return missing(`${at} is no absolute path`);
      return facts.mode & 0o077 ? warning(`${at} is open to others`, `chmod 0700 ${at}`) : ok(at);
    },
  },
  {
    id: 'rootless.linger',
    title: 'After logout',
    why: 'systemd ends everything of yours when you log out, sessions too',
    fix: 'trails setup',
    async look(view) {
      if (!(await hasSystemd(view))) return undefined;
      const {name} = view.machine.user;
      const lingers = await view.machine.about(`/var/lib/systemd/linger/${name}`);
      return lingers
        ? ok('sessions stay')
        : warning('sessions end when you log out', `sudo loginctl enable-linger ${name}`);
    },
    mend: async view =>
      step(view, {
        name: 'rootless.linger',
        title: 'Let sessions run on after logout',
        why: 'systemd would end them',
        commands: [['loginctl', 'enable-linger', view.machine.user.name]],
      }),
  },
  {
    id: 'rootless.cgroups',
    title: 'Limits without root',
    why: 'the system has to hand you memory, cpu and pids before your containers can be limited',
    fix: 'trails setup',
    async look(view) {
      const {machine} = view;
      if (!(await machine.about('/sys/fs/cgroup/cgroup.controllers')))
        return warning(
          'cgroup v1: limits without root are ignored',
          'Boot with systemd.unified_cgroup_hierarchy=1, or run the engine as root.',
        );
      if (!(await hasSystemd(view))) return warning('without systemd nothing is handed out', 'Run the engine as root.');
      const has = ((await machine.read(delegated(view))) ?? '').trim().split(' ');
      const lacking = controllers.filter(name => !has.includes(name));
      return lacking.length === 0 ? ok(controllers.join(', ')) : warning(`not handed to you: ${lacking.join(', ')}`);
    },
    async mend(view) {
      const {machine} = view;
      const unified = await machine.about('/sys/fs/cgroup/cgroup.controllers');
      if (!unified || !(await hasSystemd(view))) return undefined;
      const text = '# Written by `trails setup`.\n[Service]\nDelegate=cpu cpuset io memory pids\n';
      return {
        name: 'rootless.cgroups',
        title: 'Let your containers be limited',
        why: 'systemd hands you only part of the controllers; it holds from your next login',
        detail: `${delegation}: Delegate=cpu cpuset io memory pids`,
        async run(onLine) {
          await writeSystemFile(delegation, text, machine.user.uid, onLine);
          await runOrThrow(asRoot(['systemctl', 'daemon-reload'], machine.user.uid), onLine);
          onLine(`wrote ${delegation}: log in again`);
        },
      };
    },
  },
];

export const rootlessChecks: readonly MachineCheck[] = table.map(check => ({
  ...check,
  look: async view => (asked(view) ? check.look(view) : undefined),
}));

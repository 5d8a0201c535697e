import type {DoctorView} from '../../src/doctor/view.ts';
import {but, type Described, healthy} from './machines.ts';

/** A machine with one thing wrong, and what doctor is to say of it. */
export interface Broken {
  readonly check: string;
  readonly name: string;
  readonly machine?: Described;
  readonly view?: Partial<DoctorView>;
  readonly state: 'warning' | 'missing';
  readonly detail: RegExp;
  /** What is more exact than the check's own fix. */
  readonly fix?: RegExp;
  /** The step of set-up that is offered, by what it would do. */
  readonly step?: RegExp;
}

const gigabyte = 2 ** 30;
const mounted = (line: string) => ({'/proc/self/mountinfo': `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n${line}\n`});
const files = (changes: Parameters<typeof but>[1]['files']): Described => but(healthy, {files: changes ?? {}});
const without = (...programs: string[]): Described =>
  but(healthy, {programs: (healthy.programs ?? []).filter(name => !programs.includes(name))});
const installs = (machine: Described): Described => but(machine, {programs: [...(machine.programs ?? []), 'apt-get']});

const kernel = (osrelease: string) => ({'/proc/sys/kernel/osrelease': osrelease});
const wsl = files(kernel('5.15.153.1-microsoft-standard-WSL2\n'));
const mac: Described = {
  ...{platform: 'darwin', env: {TERM: 'xterm-256color', LANG: 'C.UTF-8'}, programs: ['podman', 'git']},
  says: {'git --version': 'git version 2.39.2'},
};
const inspected = (more: object) => ({
  'podman machine inspect': JSON.stringify([
    {Name: 'default', State: 'running', ConfigDir: {Path: '/c'}, Resources: {CPUs: 4, Memory: 8192}, ...more},
  ]),
});

export const broken: readonly Broken[] = [
  {
    ...{check: 'trails.node', name: 'an old Node', view: {nodeVersion: 'v22.4.0'}},
    ...{state: 'missing', detail: /v22\.4\.0: at least 24\.15/},
  },
  {
    ...{check: 'trails.config', name: 'settings that are not understood'},
    view: {config: () => Promise.reject(new Error('config.yaml:2:1: colour: there is no such setting'))},
    ...{state: 'missing', detail: /2:1: colour/, fix: /config edit/},
  },
  {
    ...{check: 'trails.directories', name: 'a state that others can read'},
    machine: files({'/t/state': {kind: 'directory', mode: 0o755}}),
    ...{
      state: 'missing',
      detail: /open to others \(0755\)/,
      fix: /^chmod 0700 \/t\/state$/,
      step: /^chmod 0700 \/t\/state$/,
    },
  },
  {
    ...{check: 'trails.directories', name: 'a state of somebody else’s'},
    machine: files({'/t/state': {kind: 'directory', uid: 0, mode: 0o700}}),
    ...{state: 'missing', detail: /belongs to user 0/, fix: /sudo chown -R ada/, step: /^sudo chown/},
  },
  {
    ...{check: 'trails.socket', name: 'a path that is too long for a socket'},
    view: {paths: {config: '/c', state: '/t/state', runtime: `/${'r'.repeat(120)}`}},
    ...{state: 'missing', detail: /133 bytes of 107/},
  },
  {
    ...{check: 'trails.daemon', name: 'an older daemon', view: {daemon: async () => ({version: '0.9.0', pid: 7})}},
    ...{state: 'warning', detail: /process 7, version 0\.9\.0; this is 1\.0\.0/},
  },
  {
    ...{check: 'trails.database', name: 'a damaged record', view: {database: async () => ['row 7 missing from index']}},
    ...{state: 'missing', detail: /trails\.db is damaged: row 7/},
  },
  {
    ...{check: 'wsl.kernel', name: 'WSL 1', machine: files(kernel('4.4.0-19041-Microsoft'))},
    ...{state: 'missing', detail: /WSL 1/, fix: /set-version/},
  },
  {
    ...{check: 'wsl.kernel', name: 'an old kernel of WSL', machine: files(kernel('5.10.16.3-microsoft-standard-WSL2'))},
    ...{state: 'warning', detail: /older than 5\.15/},
  },
  {
    ...{check: 'wsl.systemd', name: 'WSL without systemd'},
    machine: but(wsl, {files: {'/run/systemd/system': undefined, '/etc/wsl.conf': '[user]\ndefault=ada\n'}}),
    ...{state: 'warning', detail: /does not run/, step: /^\+ \[boot\]\n\+ systemd=true$/m},
  },
  {
    ...{check: 'wsl.memory', name: 'WSL with little memory'},
    machine: but(wsl, {
      memoryBytes: 4 * gigabyte,
      files: {'/mnt/c/Users/Ada/.wslconfig': '# mine\n[wsl2]\nmemory=4GB\nswap=0\n'},
      says: {
        'cmd.exe /d /c echo %USERPROFILE%': 'C:\\Users\\Ada\r\n',
        'wslpath -u C:\\Users\\Ada': '/mnt/c/Users/Ada\n',
        'powershell.exe -NoProfile -NonInteractive -Command (Get-CimInstance Win32_ComputerSystem).TotalPhysicalMemory': `${16 * gigabyte}\r\n`,
      },
    }),
    ...{
      state: 'warning',
      detail: /^4G/,
      step: /^\/mnt\/c\/Users\/Ada\/\.wslconfig\n {2}# mine\n {2}\[wsl2\]\n- memory=4GB\n\+ memory=12GB\n {2}swap=0$/,
    },
  },
  {
    ...{check: 'wsl.cgroups', name: 'WSL with both kinds of cgroups'},
    machine: but(wsl, {
      files: {'/sys/fs/cgroup/unified/cgroup.procs': ''},
      says: {
        'cmd.exe /d /c echo %USERPROFILE%': 'C:\\Users\\Ada\r\n',
        'wslpath -u C:\\Users\\Ada': '/mnt/c/Users/Ada\n',
      },
    }),
    ...{state: 'warning', detail: /at once/, step: /\+ kernelCommandLine=cgroup_no_v1=all$/},
  },
  {
    ...{check: 'machine.git', name: 'no git', machine: installs(but(without('git'), {says: {'git --version': 127}}))},
    ...{state: 'missing', detail: /not installed/, step: /sudo apt-get install .*git$/},
  },
  {
    ...{
      check: 'machine.git',
      name: 'an old git',
      machine: but(healthy, {says: {'git --version': 'git version 2.17.1'}}),
    },
    ...{state: 'warning', detail: /2\.17\.1: older/},
  },
  {
    ...{check: 'machine.memory', name: 'little memory', machine: but(healthy, {memoryBytes: 2 * gigabyte})},
    ...{state: 'warning', detail: /^2G in all: enough for one/},
  },
  {
    ...{
      check: 'machine.disk',
      name: 'a disk that is nearly full',
      machine: but(healthy, {space: {freeBytes: gigabyte}}),
    },
    ...{state: 'warning', detail: /^1G of 200G free at \/t\/state/},
  },
  {
    ...{check: 'machine.disk', name: 'a full disk', machine: but(healthy, {space: {freeBytes: 1000}})},
    ...{state: 'missing', detail: /^1000B of/},
  },
  {
    ...{check: 'machine.disk', name: 'a disk without inodes', machine: but(healthy, {space: {freeFiles: 12}})},
    ...{state: 'warning', detail: /only 12 files more/},
  },
  {
    ...{check: 'machine.inotify', name: 'few watches'},
    machine: files({'/proc/sys/fs/inotify/max_user_watches': '8192\n'}),
    ...{
      state: 'warning',
      detail: /max_user_watches 8192/,
      step: /60-trails-inotify\.conf: fs\.inotify\.max_user_watches = 524288$/,
    },
  },
  {
    ...{check: 'machine.clock', name: 'a disk with another clock', machine: but(healthy, {filesAheadMs: -90_000})},
    ...{state: 'warning', detail: /90 s away/},
  },
  {
    ...{check: 'files.state', name: 'a state on a disk of Windows'},
    machine: files(mounted('2 1 0:50 / /t rw,noatime - 9p C:\\134 rw')),
    ...{state: 'missing', detail: /9p at \/t is refused: a disk of Windows/},
  },
  {
    ...{check: 'files.state', name: 'a state on a network'},
    machine: files(mounted('2 1 0:50 / /t rw - nfs4 server:/home rw')),
    ...{state: 'warning', detail: /nfs4 at \/t, a network’s/},
  },
  {
    ...{check: 'files.state', name: 'a state that nothing can be run from'},
    machine: files(mounted('2 1 0:50 / /t rw,noexec - tmpfs none rw')),
    ...{state: 'warning', detail: /tmpfs at \/t is noexec/},
  },
  {
    ...{check: 'files.state', name: 'a state that cannot be written'},
    machine: files(mounted('2 1 0:50 / /t ro - ext4 /dev/sdb rw')),
    ...{state: 'missing', detail: /is read-only/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk where no file system holds it'},
    view: {diskLimit: '10g'},
    ...{state: 'warning', detail: /not enforced: only root/, fix: /told/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk in memory'},
    machine: files(mounted('2 1 0:50 / /t rw - tmpfs none rw')),
    ...{view: {diskLimit: '10g'}, state: 'warning', detail: /nothing on tmpfs at \/t is bounded/, fix: /btrfs/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk on XFS that counts no projects'},
    machine: but(files(mounted('2 1 0:50 / /t rw - xfs /dev/sdb rw,noquota')), {uid: 0}),
    ...{view: {diskLimit: '10g'}, state: 'warning', detail: /xfs at \/t is mounted without prjquota/, fix: /fstab/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk on ext4 without the programs of quotas'},
    machine: but(files(mounted('2 1 0:50 / /t rw - ext4 /dev/sdb rw,prjquota')), {uid: 0}),
    ...{view: {diskLimit: '10g'}, state: 'warning', detail: /the program repquota is not there/, fix: /Install quota/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk, and a daemon without root'},
    machine: files(mounted('2 1 0:50 / /t rw - btrfs /dev/sdb rw')),
    ...{view: {diskLimit: '10g'}, state: 'warning', detail: /not enforced: only root/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk on btrfs, without its program'},
    machine: but(files(mounted('2 1 0:50 / /t rw - btrfs /dev/sdb rw')), {uid: 0}),
    ...{view: {diskLimit: '10g'}, state: 'warning', detail: /the program btrfs is not there/, fix: /btrfs-progs/},
  },
  {
    ...{check: 'files.bounds', name: 'a limit of the disk on btrfs, where quotas are off'},
    machine: but(files(mounted('2 1 0:50 / /t rw - btrfs /dev/sdb rw')), {uid: 0, says: {'btrfs qgroup show /t': 1}}),
    ...{view: {diskLimit: '10g'}, state: 'warning', detail: /btrfs at \/t: failed/, fix: /btrfs quota enable \/t/},
  },
  {
    ...{check: 'files.here', name: 'a repository on a disk of Windows'},
    machine: files(mounted('2 1 0:50 / /home/ada rw - 9p drvfs rw')),
    ...{state: 'warning', detail: /bind` is refused/},
  },
  {
    ...{check: 'files.here', name: 'a repository on FAT'},
    machine: files(mounted('2 1 0:50 / /home/ada rw - vfat /dev/sdb1 rw')),
    ...{state: 'warning', detail: /FAT/},
  },
  {
    ...{check: 'podman-machine.runs', name: 'a Mac without a machine for Podman', machine: mac},
    ...{state: 'missing', detail: /there is none/, fix: /init --now/, step: /^podman machine init --now$/},
  },
  {
    ...{check: 'podman-machine.runs', name: 'a Mac with one that is stopped'},
    machine: but(mac, {says: inspected({State: 'stopped'})}),
    ...{state: 'missing', detail: /default is stopped/, step: /^podman machine start$/},
  },
  {
    ...{check: 'podman-machine.memory', name: 'a small machine for Podman'},
    machine: but(mac, {says: inspected({Resources: {CPUs: 2, Memory: 2048}})}),
    ...{state: 'warning', detail: /^2G, 2 cores/},
  },
  {
    ...{check: 'podman-machine.mounts', name: 'a machine that does not see the state'},
    machine: but(mac, {says: inspected({}), files: {'/c/default.json': '{"Mounts":[{"Source":"/home"}]}'}}),
    ...{state: 'warning', detail: /does not see \/t\/state$/},
  },
  {
    ...{check: 'podman.programs', name: 'no Podman', machine: installs(without('podman', 'conmon', 'newuidmap'))},
    ...{state: 'missing', detail: /^not installed: podman, conmon, newuidmap$/},
    step: /^sudo apt-get update -q && sudo apt-get install .* podman conmon uidmap/,
  },
  {
    ...{check: 'podman.programs', name: 'no network for who is not root', machine: installs(without('slirp4netns'))},
    ...{state: 'missing', detail: /^not installed: slirp4netns or pasta$/, step: /slirp4netns$/},
  },
  {
    ...{
      check: 'podman.programs',
      name: 'a helper that is not in its usual place',
      machine: installs(without('conmon')),
    },
    ...{state: 'warning', detail: /^not where it usually is: conmon$/, step: /conmon$/},
  },
  {
    ...{check: 'podman.settings', name: 'a machine on which containers do not start'},
    machine: but(healthy, {
      files: {'/sys/fs/cgroup/unified/cgroup.procs': ''},
      programs: [...(healthy.programs ?? []), 'runc'],
    }),
    ...{state: 'missing', detail: /crun refuses/, step: /containers\.conf$/},
  },
  {
    ...{check: 'rootless.ids', name: 'no ids for containers'},
    machine: files({'/etc/subuid': 'bob:100000:65536\n', '/etc/subgid': undefined}),
    ...{state: 'missing', detail: /ada has no 65536 ids in \/etc\/subuid and \/etc\/subgid/},
    // Behind what is Bob's.
    ...{
      fix: /--add-subuids 165536-231071/,
      step: /^sudo usermod --add-subuids 165536-231071 --add-subgids 165536-231071 ada$/,
    },
  },
  {
    ...{check: 'rootless.namespaces', name: 'user namespaces switched off'},
    machine: files({'/proc/sys/kernel/unprivileged_userns_clone': '0\n'}),
    ...{state: 'missing', detail: /switched off by kernel/, step: /kernel\.unprivileged_userns_clone = 1/},
  },
  {
    ...{check: 'rootless.namespaces', name: 'user namespaces for named programs alone'},
    machine: files({'/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n'}),
    ...{state: 'warning', detail: /AppArmor profile/},
  },
  {
    ...{check: 'rootless.tun', name: 'no network device', machine: files({'/dev/net/tun': undefined})},
    ...{state: 'warning', detail: /is not there/, step: /^sudo modprobe tun && sudo chmod 0666 \/dev\/net\/tun$/},
  },
  {
    ...{
      check: 'rootless.tun',
      name: 'a network device that is closed',
      machine: but(healthy, {closed: ['/dev/net/tun']}),
    },
    ...{state: 'warning', detail: /not yours to open/, step: /^sudo chmod 0666 \/dev\/net\/tun$/},
  },
  {
    ...{check: 'rootless.runtime', name: 'no XDG_RUNTIME_DIR', machine: but(healthy, {env: {XDG_RUNTIME_DIR: ''}})},
    ...{state: 'warning', detail: /is not set/},
  },
  {
    ...{check: 'rootless.runtime', name: 'the one of root, after su'},
    machine: but(healthy, {env: {XDG_RUNTIME_DIR: '/run/user/0'}, files: {'/run/user/0': {kind: 'directory', uid: 0}}}),
    ...{state: 'missing', detail: /belongs to user 0/},
  },
  {
    ...{
      check: 'rootless.linger',
      name: 'a user whom logout ends',
      machine: files({'/var/lib/systemd/linger/ada': undefined}),
    },
    ...{state: 'warning', detail: /end when you log out/, step: /^sudo loginctl enable-linger ada$/},
  },
  {
    ...{check: 'rootless.cgroups', name: 'limits that are not handed out'},
    machine: files({
      '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers': 'memory pids\n',
    }),
    ...{state: 'warning', detail: /^not handed to you: cpu$/, step: /Delegate=cpu/},
  },
  {
    ...{check: 'rootless.cgroups', name: 'cgroup v1', machine: files({'/sys/fs/cgroup/cgroup.controllers': undefined})},
    ...{state: 'warning', detail: /cgroup v1/, fix: /unified_cgroup_hierarchy/},
  },
  {
    ...{check: 'sandbox.seccomp', name: 'a kernel that cannot filter'},
    machine: files({'/proc/sys/kernel/seccomp/actions_avail': undefined}),
    ...{state: 'missing', detail: /cannot filter/},
  },
  {
    ...{check: 'sandbox.apparmor', name: 'AppArmor without our profiles'},
    machine: files({'/sys/fs/selinux/enforce': undefined, '/sys/module/apparmor/parameters/enabled': 'Y\n'}),
    ...{state: 'warning', detail: /not loaded/, step: /apparmor_parser --replace/},
  },
  {
    ...{check: 'sandbox.apparmor', name: 'no AppArmor', machine: files({'/sys/fs/selinux/enforce': undefined})},
    ...{state: 'warning', detail: /this kernel has none/},
  },
  {
    ...{check: 'sandbox.selinux', name: 'SELinux without rules', machine: files({'/sys/fs/selinux/enforce': '1'})},
    ...{state: 'warning', detail: /without rules/},
  },
  {
    ...{check: 'sandbox.gvisor', name: 'the gVisor of Debian 12'},
    machine: but(healthy, {
      programs: [...(healthy.programs ?? []), 'runsc'],
      says: {'/usr/bin/runsc --version': 'runsc version 0.0~20221219.0\nspec: 1.0.2\n'},
    }),
    ...{state: 'warning', detail: /too old/},
  },
  {
    ...{check: 'terminal.type', name: 'a terminal that draws nothing', machine: but(healthy, {env: {TERM: 'dumb'}})},
    ...{state: 'warning', detail: /"dumb"/},
  },
  {
    ...{check: 'terminal.utf8', name: 'a locale without UTF-8', machine: but(healthy, {env: {LANG: 'C'}})},
    ...{state: 'warning', detail: /"C"/},
  },
  {
    ...{check: 'terminal.size', name: 'a small window'},
    view: {terminal: {isTTY: true, columns: 60, rows: 20, ambiguousWidth: async () => 1}},
    ...{state: 'warning', detail: /60×20/},
  },
  {
    ...{check: 'terminal.width', name: 'signs of two cells'},
    view: {terminal: {isTTY: true, columns: 120, rows: 40, ambiguousWidth: async () => 2}},
    ...{state: 'warning', detail: /2 cells/},
  },
  {
    ...{check: 'terminal.tmux', name: 'a tmux that takes the key for leaving'},
    machine: but(healthy, {env: {TMUX: '/tmp/x,1,0'}, says: {'tmux show-options -gv prefix': 'C-q\n'}}),
    ...{state: 'warning', detail: /takes ctrl-q for itself/},
  },
  {
    ...{check: 'terminal.tmux', name: 'a tmux that swallows notifications', view: {notify: 'osc'}},
    machine: but(healthy, {
      env: {TMUX: '/tmp/x,1,0'},
      says: {'tmux show-options -gv prefix': 'C-b\n', 'tmux show-options -gv allow-passthrough': 'off\n'},
    }),
    ...{state: 'warning', detail: /swallows/, fix: /allow-passthrough on/},
  },
];

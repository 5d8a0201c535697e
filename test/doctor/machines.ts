import type {DoctorView} from '../../src/doctor/view.ts';
import type {FileFacts, Machine, Space} from '../../src/lib/checkup/machine.ts';
import type {RunResult} from '../../src/lib/exec.ts';
import {pathsFrom} from '../../src/lib/paths.ts';

/** What is on a described machine. What is not named is not there. */
export interface Described {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly memoryBytes?: number;
  /** Texts; a directory or a socket has facts instead. */
  readonly files?: Readonly<Record<string, string | Partial<FileFacts>>>;
  /** Those that this user cannot use. */
  readonly closed?: readonly string[];
  readonly space?: Partial<Space>;
  readonly programs?: readonly string[];
  /** By the command line, what it prints; a number is its exit code. */
  readonly says?: Readonly<Record<string, string | number>>;
  /** How far the file system's clock is ahead. */
  readonly filesAheadMs?: number;
}

const now = Date.UTC(2026, 10, 21);
const gigabyte = 2 ** 30;

const result = (said: string | number | undefined): RunResult =>
  typeof said === 'string'
    ? {exitCode: 0, stdout: said, stderr: ''}
    : {exitCode: said ?? 127, stdout: '', stderr: said === undefined ? 'not found' : 'failed'};

/** A machine made of data. */
export function describedMachine(described: Described): Machine {
  const {files = {}, closed = [], programs = [], says = {}, uid = 1000, env = {}} = described;
  const file = (name: string) => (Object.hasOwn(files, name) ? files[name] : undefined);
  return {
    platform: described.platform ?? 'linux',
    env,
    user: {uid, name: uid === 0 ? 'root' : 'ada', home: '/home/ada'},
    memoryBytes: described.memoryBytes ?? 16 * gigabyte,
    now: () => now,
    read: async name => {
      const found = file(name);
      return typeof found === 'string' ? found : undefined;
    },
    list: async directory =>
      Object.keys(files)
        .filter(name => name.startsWith(`${directory}/`))
        .map(name => name.slice(directory.length + 1).split('/')[0]!),
    about: async name => {
      const found = file(name);
      if (found === undefined) return undefined;
      const usual: FileFacts = {kind: 'file', uid, mode: 0o600};
      return typeof found === 'string' ? usual : {...usual, ...found};
    },
    real: async name => name,
    space: async () => ({
      ...{freeBytes: 100 * gigabyte, totalBytes: 200 * gigabyte, freeFiles: 1e6, totalFiles: 2e6},
      ...described.space,
    }),
    usable: async name => file(name) !== undefined && !closed.includes(name),
    which: async name => (programs.includes(name) ? (name.startsWith('/') ? name : `/usr/bin/${name}`) : undefined),
    run: async command => result(says[command.join(' ')]),
    stamp: async () => now + (described.filesAheadMs ?? 0),
  };
}

const systemd = {kind: 'directory'} as const;
const paths = pathsFrom({TRAILS_HOME: '/t'});

/** A Linux machine of a user on which everything is as it should be. */
export const healthy: Described = {
  env: {
    ...{TERM: 'xterm-256color', LANG: 'C.UTF-8', XDG_RUNTIME_DIR: '/run/user/1000'},
    PATH: '/usr/bin',
  },
  files: {
    [paths.state]: {kind: 'directory', mode: 0o700},
    '/proc/sys/fs/inotify/max_user_watches': '524288\n',
    '/proc/sys/fs/inotify/max_user_instances': '1024\n',
    '/proc/self/mountinfo': '1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n',
    '/proc/self/limits': 'Max open files            1048576              1048576              files\n',
    '/proc/self/status': 'CapEff:\t0000000000000000\n',
    '/proc/sys/kernel/osrelease': '6.1.0-18-amd64\n',
    '/proc/sys/kernel/seccomp/actions_avail': 'kill_process kill_thread trap errno log allow\n',
    '/proc/sys/user/max_user_namespaces': '63000\n',
    '/sys/fs/selinux/enforce': '0',
    '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
    '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/cgroup.controllers': 'cpu memory pids\n',
    '/etc/subuid': 'ada:100000:65536\n',
    '/etc/subgid': 'ada:100000:65536\n',
    '/dev/net/tun': {kind: 'device'},
    '/run/user/1000': {kind: 'directory', mode: 0o700},
    '/run/systemd/system': systemd,
    '/run/systemd/journal/socket': {kind: 'socket'},
    '/var/lib/systemd/linger/ada': '',
  },
  programs: ['podman', 'conmon', 'netavark', 'catatonit', 'newuidmap', 'slirp4netns', 'git'],
  says: {'git --version': 'git version 2.39.2'},
};

/** The machine with other things on it. `files`: undefined takes one away. */
export function but(machine: Described, changes: Omit<Described, 'files'> & Changes): Described {
  const files = {...machine.files, ...changes.files};
  return {
    ...machine,
    ...changes,
    ...{env: {...machine.env, ...changes.env}, says: {...machine.says, ...changes.says}},
    files: Object.fromEntries(
      Object.entries(files).filter((entry): entry is [string, string | Partial<FileFacts>] => entry[1] !== undefined),
    ),
  };
}

interface Changes {
  readonly files?: Readonly<Record<string, string | Partial<FileFacts> | undefined>>;
}

/** Doctor's view of it, by a person at a good terminal. */
export const viewOn = (described: Described, changes: Partial<DoctorView> = {}): DoctorView => ({
  ...{machine: describedMachine(described), paths, cwd: '/home/ada/work'},
  ...{version: '1.0.0', nodeVersion: 'v24.21.0', provider: 'auto', detachKey: 'ctrl-q', notify: 'bell'},
  diskLimit: '0',
  terminal: {isTTY: true, columns: 120, rows: 40, ambiguousWidth: async () => 1},
  config: async () => '/t/config/config.yaml',
  daemon: async () => undefined,
  database: async () => [],
  ...changes,
});

import type {Loosening} from './profile.ts';

interface Row {
  /** What holds in a strict sandbox. */
  readonly strict: string;
  readonly why: string;
  /** What is left of it where that is loosened. */
  readonly loosened?: Readonly<Partial<Record<Loosening, string>>>;
}

/** Everything that holds an environment. `test/providers/podman/controls.test.ts` looks for each in what is asked of the engines. */
const table = {
  user: {
    strict: 'user 1000, never root; with a rootful Podman, of ids that nothing else on the machine has',
    why: 'who breaks out is nobody',
  },
  capabilities: {strict: 'none, in no set', why: 'root’s powers one by one: none is needed'},
  'no new privileges': {
    strict: 'a program gains nothing by its setuid bit or its capabilities',
    why: 'no way up inside',
  },
  'root file system': {
    strict: 'read-only',
    why: 'what it is made of stays what it was',
    loosened: {'writable-root': 'changes stay until the session is removed'},
  },
  'system calls': {
    strict: 'those of a list; the dangerous ones are refused (EPERM), the others do not exist (ENOSYS)',
    why: 'most escapes begin with a call that no agent needs',
    loosened: {
      debug: 'ptrace, process_vm_readv and their kind, within the sandbox',
      namespaces: 'unshare, setns, clone, mount and their kind; what is made has no power outside of itself',
    },
  },
  'setuid files': {
    strict: 'no file can be made setuid or setgid, whoever owns it outside',
    why: 'a bound directory would keep the program for the host',
  },
  AppArmor: {
    strict: '`trails-sandbox`, where the kernel has it and `trails setup` has loaded it',
    why: 'a second lock at /proc, /sys and mounts',
    loosened: {namespaces: '`trails-sandbox-namespaces`, which leaves mounts alone'},
  },
  '/tmp and /var/tmp': {
    strict: 'in memory, noexec, nosuid, nodev, at most a quarter and a sixteenth of the memory limit',
    why: 'programs that were fetched are run from there',
    loosened: {'tmp-exec': 'the same, exec'},
  },
  TMPDIR: {
    strict: '/run/trails-tmp: on disk, the session’s own, programs run from it, empty at each start',
    why: 'compilers, installers and test runners run what they make',
  },
  mounts: {
    strict: 'every directory of the host nosuid, nodev (an engine that cannot say so has the rows above)',
    why: 'no device, no way up',
  },
  memory: {strict: 'the limit is that of memory and swap together', why: 'the machine stays usable'},
  CPUs: {strict: 'the limit', why: 'the machine stays usable'},
  processes: {strict: 'the limit', why: 'a fork bomb ends in its sandbox'},
  ulimits: {
    strict: '4096 open files, 4096 processes',
    why: 'the kernel’s tables are shared',
  },
  'core dumps': {
    strict: 'none',
    why: 'the memory of a program, keys and all, as a file of the workspace',
    loosened: {debug: 'as the system has them'},
  },
  namespaces: {
    strict: 'processes, network, host name, shared memory and cgroups of its own, whatever the engine’s settings say',
    why: 'it sees and names nothing else',
  },
  network: {
    strict: 'none, or a socket to a proxy that lets named hosts through; all of it only by `--network open`',
    why: 'what was read cannot be sent away',
  },
  devices: {strict: 'null, zero, full, random, urandom, tty and its terminal', why: 'none of the host’s'},
  sockets: {strict: 'none of the host’s, an engine’s least of all', why: 'who speaks to the engine is root'},
} satisfies Record<string, Row>;

export type ControlName = keyof typeof table;

export interface Control extends Row {
  readonly name: ControlName;
}

export const controls: readonly Control[] = Object.entries<Row>(table).map(([name, row]) => ({
  ...row,
  name: name as ControlName,
}));

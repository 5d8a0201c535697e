import type {Machine} from '../../lib/checkup/machine.ts';

export interface PackageManager {
  readonly program: string;
  /** Before the first installation, where lists of packages may be missing. */
  readonly refresh?: readonly string[];
  readonly install: readonly string[];
  /** Without root it cannot install; Homebrew refuses root. */
  readonly needsRoot: boolean;
  /** Each program we need and the package that brings it. */
  readonly packages: Readonly<Record<Needed, readonly string[]>>;
}

/** Programs and, by the same name, what is needed for them to work. */
export type Needed =
  | 'podman'
  | 'crun'
  | 'runc'
  | 'conmon'
  | 'network'
  | 'rootless'
  | 'rootless network'
  | 'init'
  | 'git'
  | 'umount';

const shared = {podman: ['podman'], crun: ['crun'], runc: ['runc'], conmon: ['conmon'], git: ['git']} as const;

/** The first whose program is there is used. */
export const packageManagers: readonly PackageManager[] = [
  {
    program: 'apt-get',
    refresh: ['update', '-q'],
    install: ['install', '-y', '--no-install-recommends'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['uidmap', 'fuse-overlayfs'],
      'rootless network': ['slirp4netns'],
      init: ['catatonit'],
      umount: ['mount'],
    },
  },
  {
    program: 'dnf',
    install: ['install', '-y', '--setopt=install_weak_deps=False'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables-nft'],
      rootless: ['shadow-utils', 'fuse-overlayfs'],
      'rootless network': ['slirp4netns'],
      init: ['catatonit'],
      umount: ['util-linux'],
    },
  },
  {
    program: 'pacman',
    install: ['-Sy', '--needed', '--noconfirm'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['shadow', 'fuse-overlayfs'],
      'rootless network': ['slirp4netns'],
      init: ['catatonit'],
      umount: ['util-linux'],
    },
  },
  {
    program: 'zypper',
    install: ['--non-interactive', 'install', '--no-recommends'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['shadow', 'fuse-overlayfs'],
      'rootless network': ['slirp4netns'],
      init: ['catatonit'],
      umount: ['util-linux'],
    },
  },
  {
    program: 'apk',
    install: ['add'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['shadow-uidmap', 'fuse-overlayfs'],
      'rootless network': ['slirp4netns'],
      init: ['catatonit'],
      umount: ['util-linux'],
    },
  },
  {
    program: 'brew',
    install: ['install'],
    needsRoot: false,
    // There the engine lives in a virtual machine, which brings everything else.
    packages: {
      ...{podman: ['podman'], crun: [], runc: [], conmon: [], network: []},
      ...{rootless: [], 'rootless network': [], init: [], git: ['git'], umount: []},
    },
  },
];

export async function packageManagerOf(machine: Machine): Promise<PackageManager | undefined> {
  for (const manager of packageManagers) if (await machine.which(manager.program)) return manager;
  return undefined;
}

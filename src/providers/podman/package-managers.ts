import {existsSync} from 'node:fs';
import path from 'node:path';
import type {Env} from './socket.ts';

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
export type Needed = 'podman' | 'crun' | 'runc' | 'conmon' | 'network' | 'rootless' | 'init';

const shared = {podman: ['podman'], crun: ['crun'], runc: ['runc'], conmon: ['conmon']} as const;

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
      rootless: ['uidmap', 'slirp4netns', 'fuse-overlayfs'],
      init: ['catatonit'],
    },
  },
  {
    program: 'dnf',
    install: ['install', '-y', '--setopt=install_weak_deps=False'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables-nft'],
      rootless: ['shadow-utils', 'slirp4netns', 'fuse-overlayfs'],
      init: ['catatonit'],
    },
  },
  {
    program: 'pacman',
    install: ['-Sy', '--needed', '--noconfirm'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['shadow', 'slirp4netns', 'fuse-overlayfs'],
      init: ['catatonit'],
    },
  },
  {
    program: 'zypper',
    install: ['--non-interactive', 'install', '--no-recommends'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['shadow', 'slirp4netns', 'fuse-overlayfs'],
      init: ['catatonit'],
    },
  },
  {
    program: 'apk',
    install: ['add'],
    needsRoot: true,
    packages: {
      ...shared,
      network: ['netavark', 'aardvark-dns', 'iptables'],
      rootless: ['shadow-uidmap', 'slirp4netns', 'fuse-overlayfs'],
      init: ['catatonit'],
    },
  },
  {
    program: 'brew',
    install: ['install'],
    needsRoot: false,
    // There the engine lives in a virtual machine, which brings everything else.
    packages: {podman: ['podman'], crun: [], runc: [], conmon: [], network: [], rootless: [], init: []},
  },
];

export const packageManagerOf = (env: Env): PackageManager | undefined =>
  packageManagers.find(manager => programOnPath(manager.program, env) !== undefined);

export const programOnPath = (name: string, env: Env): string | undefined =>
  (env.PATH ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map(directory => path.join(directory, name))
    .find(file => existsSync(file));

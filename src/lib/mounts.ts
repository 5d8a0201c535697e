import {readFileSync} from 'node:fs';

/** Where a path lies. */
export interface MountPoint {
  readonly at: string;
  /** As the kernel calls it: ext4, 9p, nfs4, `fuse.sshfs`. */
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  /** Those of the file system itself, whatever place it is mounted at. */
  readonly system: readonly string[];
}

const plain = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function mountIn(line: string): MountPoint | undefined {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , , at, options = ''] = before.split(' ');
  const [type, source = '', system = ''] = after.split(' ');
  if (at === undefined || type === undefined || type === '') return undefined;
  return {at: plain(at), type, source: plain(source), options: options.split(','), system: system.split(',')};
}

/** The mount that a real path lies on, by the text of /proc/self/mountinfo. Of several at one place the last one hides the others. */
export function mountOf(mountinfo: string, file: string): MountPoint | undefined {
  let best: MountPoint | undefined;
  for (const line of mountinfo.split('\n')) {
    const mount = mountIn(line);
    if (!mount) continue;
    const holds = mount.at === '/' || file === mount.at || file.startsWith(`${mount.at}/`);
    if (holds && mount.at.length >= (best?.at.length ?? 0)) best = mount;
  }
  return best;
}

/** The mounts of this process; empty where the system does not tell them (macOS). */
export function mountsHere(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

interface Kind {
  readonly types: RegExp;
  /** No workspace can be on it. */
  readonly refused: boolean;
  /** What is wrong with it. */
  readonly why: string;
}

/** File systems that do less than workspaces need. */
const kinds: readonly Kind[] = [
  {
    types: /^(9p|drvfs)$/,
    refused: true,
    why: 'a disk of Windows: owners, modes and links are only played, changes are not told, git takes ten times as long',
  },
  {types: /^(vfat|exfat|msdos)$/, refused: false, why: 'FAT: without owners, modes and links, builds fail in odd ways'},
  {types: /^(ntfs|ntfs3|fuseblk)$/, refused: false, why: 'NTFS: owners and modes are those of the mount'},
  {
    types: /^(nfs4?|cifs|smb3|fuse\.sshfs|afs|ceph)$/,
    refused: false,
    why: 'a network’s: slow, changes of others are not told, and root may be kept out',
  },
];

export const kindOf = ({type}: MountPoint): Kind | undefined => kinds.find(({types}) => types.test(type));

import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import type {Sandbox} from './profile.ts';

const plain = 'trails-sandbox';
/** With mounts, for what makes sandboxes of its own. */
const nesting = 'trails-sandbox-namespaces';

export const apparmorName = ({loosened}: Sandbox): string => (loosened.includes('namespaces') ? nesting : plain);

/** What a sandbox cannot touch even where the kernel's own masks of /proc and /sys were forgotten. */
const common = `  network inet,
  network inet6,
  network unix,
  network netlink raw,
  file,
  # The engine starts, stops and resizes it.
  signal (receive) peer=unconfined,
  signal (receive) peer=crun,
  signal (receive) peer=runc,
  signal (receive) peer=podman,
  signal (receive) peer=/usr/bin/podman,
  signal (receive) peer=docker-default,
  signal (send, receive) peer=@{profile_name},
  # Seccomp rules whether its processes may trace each other; nobody else's ever.
  ptrace (trace, tracedby, read, readby) peer=@{profile_name},

  deny @{PROC}/* w,
  deny @{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9/]*}/** w,
  deny @{PROC}/sys/[^k]** w,
  deny @{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w,
  deny @{PROC}/sysrq-trigger rwklx,
  deny @{PROC}/kmem rwklx,
  deny @{PROC}/mem rwklx,
  deny @{PROC}/kcore rwklx,
  deny @{PROC}/keys rwklx,
  deny /sys/[^f]*/** wklx,
  deny /sys/f[^s]*/** wklx,
  deny /sys/fs/[^c]*/** wklx,
  deny /sys/fs/c[^g]*/** wklx,
  deny /sys/fs/cg[^r]*/** wklx,
  deny /sys/firmware/** rwklx,
  deny /sys/devices/virtual/powercap/** rwklx,
  deny /sys/kernel/security/** rwklx,
`;

const profile = (name: string, more: string): string =>
  `profile ${name} flags=(attach_disconnected,mediate_deleted) {\n${common}\n${more}}\n`;

/** The text that `apparmor_parser --replace` loads: a profile for strict sandboxes, and one for those that may make namespaces. */
export const apparmorProfile = (): string =>
  [
    '# Written by `trails setup`: what a session may touch, whatever else fails.\n\n@{PROC}=/proc/\n',
    profile(plain, '  deny mount,\n  deny umount,\n  deny pivot_root,\n'),
    profile(
      nesting,
      '  # Within a namespace of users of its own.\n  capability,\n  mount,\n  umount,\n  pivot_root,\n',
    ),
  ].join('\n');

export interface ApparmorState {
  /** The kernel has AppArmor, switched on. */
  readonly kernel: boolean;
  /** Both profiles are loaded, and enforced. What cannot be read, for want of root, is taken for not loaded. */
  readonly loaded: boolean;
}

const readable = (file: string): string => {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
};

/** What this machine's kernel says of it. Never throws. */
export function apparmorState(root = '/'): ApparmorState {
  const kernel = readable(path.join(root, 'sys/module/apparmor/parameters/enabled')).trim() === 'Y';
  const lines = readable(path.join(root, 'sys/kernel/security/apparmor/profiles')).split('\n');
  return {kernel, loaded: kernel && [plain, nesting].every(name => lines.includes(`${name} (enforce)`))};
}

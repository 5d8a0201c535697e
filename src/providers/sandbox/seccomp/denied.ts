import type {Loosening} from '../profile.ts';
import type {Group} from './allowed.ts';

/** Refused with EPERM, unless the named loosening is on. Whatever is named nowhere does not exist (ENOSYS), so that programs fall back. */
export interface DeniedGroup extends Group {
  readonly unless?: Loosening;
}

const group = (what: string, why: string, calls: string, unless?: Loosening): DeniedGroup => ({
  ...{what, why, calls: calls.split(/\s+/).filter(Boolean)},
  ...(unless === undefined ? {} : {unless}),
});

export const denied: readonly DeniedGroup[] = [
  group(
    'other processes’ memory',
    'an agent would read the keys of what runs beside it',
    'ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd',
    'debug',
  ),
  group(
    'mounts and roots',
    'the way to most escapes of the last years begins with a mount in a namespace of one’s own',
    `mount umount2 pivot_root chroot move_mount open_tree open_tree_attr fsopen fsconfig fsmount fspick mount_setattr statmount
     listmount`,
    'namespaces',
  ),
  group('namespaces', 'with one of users come all capabilities in it', 'unshare setns', 'namespaces'),
  group('the names of the machine', 'they are the sandbox’s own', 'sethostname setdomainname', 'namespaces'),
  group('programs in the kernel', 'a verifier’s mistake is the kernel’s', 'bpf perf_event_open'),
  group(
    'rings of calls',
    'work in them passes by every rule of this list',
    'io_uring_setup io_uring_enter io_uring_register',
  ),
  group('page faults by hand', 'what makes races in the kernel winnable', 'userfaultfd'),
  group('the kernel’s keys', 'they know no namespaces: keys of others are in reach', 'add_key request_key keyctl'),
  group('files without their path', 'a handle opens what no mount shows', 'open_by_handle_at name_to_handle_at'),
  group('kernel modules and kernels', '', 'init_module finit_module delete_module kexec_load kexec_file_load'),
  group(
    'the machine itself',
    '',
    'reboot swapon swapoff acct quotactl quotactl_fd syslog iopl ioperm vhangup nfsservctl',
  ),
  group('its clocks', '', 'settimeofday clock_settime adjtimex clock_adjtime'),
  group('watching all of a file system', '', 'fanotify_init fanotify_mark lookup_dcookie'),
  group('pages of others', '', 'move_pages migrate_pages vmsplice'),
  group(
    'what nothing of today needs',
    '',
    'modify_ldt uselib ustat sysfs _sysctl create_module get_kernel_syms query_module',
  ),
];

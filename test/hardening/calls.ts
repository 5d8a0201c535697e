/** How a container of the canary is run: as Podman runs it when nobody says anything, without seccomp, or with all powers. */
export const canaries = {
  plain: [],
  unconfined: ['--security-opt', 'seccomp=unconfined'],
  privileged: ['--privileged'],
} as const;
export type Canary = keyof typeof canaries;

/**
 * A system call with arguments that do no harm. `canary`: what it comes to where it is let through, the errno's name or "0"; ENOSYS where a
 * kernel may be built without it, which tells from EPERM, too, who refused.
 */
export interface Call {
  readonly name: string;
  /** On x86-64 and on 64-bit ARM; one number where both have the same. */
  readonly number: number | readonly [x64: number, arm64: number | undefined];
  /** Texts are handed over by their address. */
  readonly args: readonly (number | string)[];
  readonly inside: 'EPERM' | 'ENOSYS' | 'EAFNOSUPPORT';
  readonly canary: readonly [Canary, RegExp];
}

const call = (
  name: string,
  number: Call['number'],
  args: Call['args'],
  canary: Call['canary'],
  inside: Call['inside'] = 'EPERM',
): Call => ({name, number, args, inside, canary});

const [plain, unconfined, privileged] = ['plain', 'unconfined', 'privileged'] as const;
const done = /^0$/;
const here = -100;
const newUser = 0x1000_0000;
const creating = 0o101;

export const calls: readonly Call[] = [
  call('ptrace', [101, 117], [0, 0, 0, 0], [plain, done]),
  call('process_vm_readv', [310, 270], [1, 0, 0, 0, 0, 0], [plain, done]),
  call('process_vm_writev', [311, 271], [1, 0, 0, 0, 0, 0], [plain, done]),
  call('process_madvise', 440, [-1, 0, 0, 0, 0], [unconfined, /^(EBADF|0)$/]),
  call('kcmp', [312, 272], [1, 1, 2, 0, 0], [unconfined, done]),
  call('pidfd_getfd', 438, [-1, 0, 0], [plain, /^EBADF$/]),
  call('mount', [165, 40], ['none', '/nonexistent', 'tmpfs', 0, 0], [privileged, /^ENOENT$/]),
  call('umount2', [166, 39], ['/nonexistent', 0], [privileged, /^ENOENT$/]),
  call('pivot_root', [155, 41], ['/nonexistent', '/nonexistent'], [privileged, /^ENOENT$/]),
  call('chroot', [161, 51], ['/'], [plain, done]),
  call('move_mount', 429, [-1, '', -1, '', 0], [privileged, /^(ENOENT|EBADF)$/]),
  call('open_tree', 428, [here, '/', 0], [plain, done]),
  call('fsopen', 430, ['nosuchfs', 0], [privileged, /^ENODEV$/]),
  call('fsconfig', 431, [-1, 0, 0, 0, 0], [plain, /^EINVAL$/]),
  call('fsmount', 432, [-1, 0, 0], [privileged, /^EBADF$/]),
  call('fspick', 433, [-1, '/nonexistent', 0], [privileged, /^ENOENT$/]),
  call('mount_setattr', 442, [-1, '', 0, 0, 0], [plain, /^EINVAL$/]),
  call('unshare', [272, 97], [newUser], [plain, done]),
  call('setns', [308, 268], [-1, 0], [unconfined, /^EBADF$/]),
  call('clone with a namespace', [56, 220], [newUser | 17, 0, 0, 0, 0], [plain, done]),
  call('clone3', 435, [0, 0], [plain, /^EINVAL$/], 'ENOSYS'),
  call('sethostname', [170, 161], ['x', 1], [privileged, done]),
  call('setdomainname', [171, 162], ['x', 1], [privileged, done]),
  call('bpf', [321, 280], [-1, 0, 0], [privileged, /^EINVAL$/]),
  call('perf_event_open', [298, 241], [0, 0, 0, 0, 0], [unconfined, /^EFAULT$/]),
  call('userfaultfd', [323, 282], [1], [unconfined, done]),
  call('io_uring_setup', 425, [1, 0], [unconfined, /^EFAULT$/]),
  call('io_uring_enter', 426, [-1, 0, 0, 0, 0, 0], [unconfined, /^EBADF$/]),
  call('io_uring_register', 427, [-1, 0, 0, 0], [unconfined, /^(EBADF|EINVAL)$/]),
  call('keyctl', [250, 219], [0, -3, 1], [plain, done]),
  call('add_key', [248, 217], ['user', 'trails-test', 'x', 1, -2], [unconfined, done]),
  call('request_key', [249, 218], ['user', 'trails-none', 0, 0], [unconfined, /^ENOKEY$/]),
  call('open_by_handle_at', [304, 265], [-1, 0, 0], [privileged, /^(EFAULT|EBADF)$/]),
  call('name_to_handle_at', [303, 264], [-1, '', 0, 0, 0], [plain, /^(EFAULT|EBADF|ENOENT)$/]),
  call('init_module', [175, 105], [0, 0, ''], [privileged, /^(EFAULT|ENOEXEC|ENOSYS)$/]),
  call('finit_module', [313, 273], [-1, '', 0], [privileged, /^(EBADF|ENOSYS)$/]),
  call('delete_module', [176, 106], ['trails_none', 0], [privileged, /^(ENOENT|ENOSYS)$/]),
  call('kexec_load', [246, 104], [0, 9999, 0, 0], [privileged, /^(EINVAL|ENOSYS)$/]),
  call('kexec_file_load', [320, 294], [-1, -1, 0, '', 0], [privileged, /^(EBADF|EINVAL|ENOSYS)$/]),
  call('reboot', [169, 142], [0, 0, 0, 0], [privileged, /^EINVAL$/]),
  call('swapon', [167, 224], ['/nonexistent', 0], [privileged, /^ENOENT$/]),
  call('swapoff', [168, 225], ['/nonexistent'], [privileged, /^ENOENT$/]),
  call('acct', [163, 89], ['/nonexistent'], [privileged, /^ENOENT$/]),
  call('quotactl', [179, 60], [0, '/nonexistent', 0, 0], [privileged, /^(ENOENT|EINVAL|ENODEV)$/]),
  call('syslog', [103, 116], [10, 0, 0], [privileged, done]),
  call('iopl', [172, undefined], [0], [privileged, /^(0|ENOSYS)$/]),
  call('ioperm', [173, undefined], [0, 0, 0], [privileged, /^(EINVAL|ENOSYS)$/]),
  call('settimeofday', [164, 170], [0, 0], [privileged, done]),
  call('clock_settime', [227, 112], [9999, 0], [privileged, /^EINVAL$/]),
  call('adjtimex', [159, 171], [0], [plain, /^EFAULT$/]),
  call('clock_adjtime', [305, 266], [9999, 0], [plain, /^(EFAULT|EINVAL)$/]),
  call('fanotify_init', [300, 262], [-1, 0], [privileged, /^EINVAL$/]),
  call('fanotify_mark', [301, 263], [-1, 0, 0, 0, 0], [plain, /^(EBADF|EINVAL)$/]),
  call('move_pages', [279, 239], [0, 0, 0, 0, 0, 0], [unconfined, done]),
  call('migrate_pages', [256, 238], [0, 0, 0, 0], [unconfined, /^(0|EFAULT|EINVAL)$/]),
  call('vmsplice', [278, 75], [-1, 0, 0, 0], [unconfined, /^EBADF$/]),
  call('modify_ldt', [154, undefined], [0, 0, 0], [plain, done]),
  call('personality without shuffled addresses', [135, 92], [0x4_0000], [unconfined, done], 'ENOSYS'),
  call('openat2', 437, [here, '/', 0, 0], [plain, /^EINVAL$/], 'ENOSYS'),
  call('a socket of netfilter', [41, 198], [16, 3, 12], [plain, done], 'EAFNOSUPPORT'),
  call('a socket to the hypervisor', [41, 198], [40, 1, 0], [plain, done], 'EAFNOSUPPORT'),
  call(
    'a pair of sockets of another family',
    [53, 199],
    [2, 1, 0, 0],
    [plain, /^(EOPNOTSUPP|EFAULT)$/],
    'EAFNOSUPPORT',
  ),
  call('a packet socket', [41, 198], [17, 3, 0], [plain, done], 'EAFNOSUPPORT'),
  call('chmod setuid', [90, undefined], ['made', 0o4755], [plain, done]),
  call('chmod setgid', [90, undefined], ['made', 0o2755], [plain, done]),
  call('fchmodat setuid', [268, 53], [here, 'made', 0o6755], [plain, done]),
  call('fchmod setuid', [91, 52], [0, 0o4755], [plain, done]),
  call('creat setuid', [85, undefined], ['made-creat', 0o4755], [plain, done]),
  call('open setuid', [2, undefined], ['made-open', creating, 0o4755], [plain, done]),
  call('openat setuid', [257, 56], [here, 'made-openat', creating, 0o4755], [plain, done]),
  call('an unnamed file, setgid', [257, 56], [here, '.', 0o2020_0002, 0o2755], [plain, done]),
  call('mknod setuid', [133, undefined], ['made-mknod', 0o104755, 0], [plain, done]),
  call('mknodat setuid', [259, 33], [here, 'made-mknodat', 0o104755, 0], [plain, done]),
  call('a subvolume of btrfs', [16, 29], [-1, 0x5000_940e, 0], [plain, /^EBADF$/]),
  call('a subvolume of btrfs, its newer way', [16, 29], [-1, 0x5000_9418, 0], [plain, /^EBADF$/]),
  call('a snapshot of btrfs', [16, 29], [-1, 0x5000_9401, 0], [plain, /^EBADF$/]),
  call('a snapshot of btrfs, its newer way', [16, 29], [-1, 0x5000_9417, 0], [plain, /^EBADF$/]),
  call('btrfs, where it says how it is', [16, 29], [-1, 0x8400_941f, 0], [plain, /^EBADF$/], 'ENOSYS'),
  call('the flags of a file', [16, 29], [-1, 0x4008_6602, 0], [plain, /^EBADF$/]),
  call('the project of a file', [16, 29], [-1, 0x401c_5820, 0], [plain, /^EBADF$/]),
  call('mknod of a disk', [133, undefined], ['made-disk', 0o060600, 0x700], [plain, done]),
];

/** The number on the machine the tests run on; undefined where its kernel knows no such call. */
export const numberOf = ({number}: Call): number | undefined =>
  typeof number === 'number' ? number : process.arch === 'arm64' ? number[1] : number[0];

const literal = (one: number | string) => (typeof one === 'number' ? String(one) : `'${one}'`);

/**
 * A program that makes each call in a process of its own, in the directory it is started in, and prints a line for each. Perl is on
 * every Debian and can make any call.
 */
export const program = (list: readonly Call[]): string =>
  [
    'use Errno; use POSIX (); $| = 1; open STDIN, "+>", "made";',
    'sub errno { my $code = $! + 0; return (grep { Errno->can($_) && Errno->can($_)->() == $code } sort keys %!)[0] // $code }',
    ...list.map(
      (one, index) =>
        `unless (my $pid = fork) { my $self = $$; my @a = (${one.args.map(literal).join(',')}); $! = 0;` +
        ` my $r = syscall(${[numberOf(one), ...one.args.map((_, at) => `$a[${at}]`)].join(',')});` +
        ` my $e = $r < 0 ? errno() : 0; POSIX::_exit(0) if POSIX::getpid() != $self; print "${index} $e\\n"; POSIX::_exit(0) }` +
        ' else { waitpid $pid, 0 }',
    ),
  ].join('\n');

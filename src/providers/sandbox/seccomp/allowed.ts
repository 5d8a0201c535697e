/** System calls that go together, and what for. */
export interface Group {
  readonly what: string;
  readonly why: string;
  readonly calls: readonly string[];
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);
const group = (what: string, why: string, calls: string): Group => ({what, why, calls: words(calls)});

/**
 * What a strict sandbox lets through whatever the arguments. Calls of 64-bit programs alone: a 32-bit one could go round every rule that
 * looks at arguments, by `socketcall` and `ipc`, and is killed.
 */
export const allowed: readonly Group[] = [
  group(
    'reading and writing',
    'every program',
    `read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek close close_range dup dup2 dup3 pipe pipe2 fcntl
     flock fsync fdatasync sync syncfs sync_file_range fallocate fadvise64 ftruncate truncate readahead copy_file_range sendfile
     splice tee`,
  ),
  group(
    'files and directories',
    'every program; what is read-only is so by its mount',
    `stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2 getcwd chdir fchdir getdents getdents64 link linkat
     symlink symlinkat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir readlink readlinkat chown fchown lchown fchownat utime utimes
     futimesat utimensat umask getxattr lgetxattr fgetxattr setxattr lsetxattr fsetxattr listxattr llistxattr flistxattr removexattr
     lremovexattr fremovexattr`,
  ),
  group(
    'waiting',
    'event loops and file watchers',
    `poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd
     signalfd4 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch timerfd_create timerfd_settime timerfd_gettime`,
  ),
  group(
    'asynchronous files',
    'databases; the older way, without rings',
    'io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents',
  ),
  group(
    'memory',
    'allocators, just-in-time compilers, NUMA libraries',
    `brk mmap munmap mremap mprotect madvise mincore msync mlock mlock2 munlock mlockall munlockall membarrier memfd_create pkey_alloc
     pkey_free pkey_mprotect mbind get_mempolicy set_mempolicy remap_file_pages`,
  ),
  group(
    'processes',
    'shells, compilers, test runners',
    `fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill pidfd_open pidfd_send_signal process_mrelease getpid
     getppid gettid getpgid getpgrp getsid setpgid setsid set_tid_address set_robust_list get_robust_list rseq arch_prctl prctl seccomp
     landlock_create_ruleset landlock_add_rule landlock_restrict_self`,
  ),
  group(
    'signals',
    'every program',
    `rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sigaltstack
     pause alarm getitimer setitimer restart_syscall`,
  ),
  group('locks', 'threads', 'futex futex_waitv'),
  group(
    'users and capabilities',
    'programs ask, and give up; no-new-privileges leaves nothing to gain',
    `getuid geteuid getgid getegid getgroups getresuid getresgid setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid
     setgroups capget capset`,
  ),
  group(
    'limits and scheduling',
    'runtimes ask for cores and limits; they can only be lowered',
    `getrlimit setrlimit prlimit64 getrusage times sysinfo uname getcpu getpriority setpriority ioprio_get ioprio_set sched_yield
     sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam sched_setparam sched_getscheduler
     sched_setscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval`,
  ),
  group(
    'time',
    'reading clocks, and timers',
    `time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep timer_create timer_settime timer_gettime timer_getoverrun
     timer_delete`,
  ),
  group('random numbers', 'every program', 'getrandom'),
  group(
    'sockets, once there is one',
    'what may be opened is ruled at `socket` and `socketpair`',
    `bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt sendto recvfrom sendmsg recvmsg sendmmsg
     recvmmsg shutdown`,
  ),
  group(
    'talk between processes of the sandbox',
    'databases, Python’s multiprocessing; the namespace is its own',
    `shmget shmat shmdt shmctl semget semop semctl semtimedop msgget msgsnd msgrcv msgctl mq_open mq_unlink mq_timedsend
     mq_timedreceive mq_notify mq_getsetattr`,
  ),
];

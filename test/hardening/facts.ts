import type {Canary} from './calls.ts';

/** Flags of a container for a canary, beside those of `calls.ts`. */
type Way = Canary | readonly string[];

/** A question to a sandbox: what it says inside, and what it says in a container that is not held, run in the way that is named. */
export interface Fact {
  readonly name: string;
  readonly script: string;
  readonly inside: RegExp;
  readonly canary: readonly [Way, RegExp];
}

const fact = (name: string, script: string, inside: RegExp, canary: Fact['canary']): Fact => ({
  ...{name, script, inside, canary},
});

/** Says whether a file can be made. */
export const makes = (file: string) => `( : > ${file} ) 2>/dev/null && echo made || echo refused`;
/** Says whether one of these files can be opened for writing; writes nothing. */
const opens = (...files: readonly string[]) =>
  `for f in ${files.join(' ')}; do [ -e $f ] && ( : >> $f ) 2>/dev/null && echo opened; done | grep opened || echo refused`;
const runsFrom = (directory: string) =>
  `cp /usr/bin/true ${directory}/t && { ${directory}/t && echo ran || echo refused; }; rm -f ${directory}/t`;
const options = (target: string) => `grep " ${target} " /proc/self/mounts | tail -1 | cut -d' ' -f4`;

export const facts: readonly Fact[] = [
  fact('it is not root', 'id -u', /^1000$/, ['plain', /^0$/]),
  fact(
    'it has no capability in any set',
    'grep -E "^Cap(Inh|Prm|Eff|Bnd|Amb)" /proc/self/status | cut -f2 | sort -u',
    /^0+$/,
    ['plain', /[1-9a-f]/],
  ),
  fact('it gains nothing by a program', 'grep NoNewPrivs /proc/self/status', /\t1$/, ['plain', /\t0$/]),
  fact('its calls are filtered', 'grep "^Seccomp:" /proc/self/status', /\t2$/, ['unconfined', /\t0$/]),
  fact('its root is read-only', 'grep " / " /proc/self/mounts | cut -d" " -f4 | cut -d, -f1', /^ro$/, [
    'plain',
    /^rw$/,
  ]),
  fact('nothing is written beside its root', makes('/made'), /^refused/, ['plain', /^made/]),
  fact('nor in /etc', makes('/etc/made'), /^refused/, ['plain', /^made/]),
  fact('nor in /run/trails', makes('/run/trails/made'), /^refused/, ['plain', /^made/]),
  fact('nothing is run from /tmp', runsFrom('/tmp'), /refused/, ['plain', /ran/]),
  fact('nor from /var/tmp', runsFrom('/var/tmp'), /refused/, ['plain', /ran/]),
  fact('nor from shared memory', runsFrom('/dev/shm'), /refused/, [['--tmpfs', '/dev/shm:exec'], /ran/]),
  fact('/tmp is nosuid, nodev, noexec', options('/tmp'), /nosuid,nodev,noexec/, [
    ['--tmpfs', '/tmp:exec,suid,dev'],
    /^rw,rel/,
  ]),
  fact(
    '/tmp is smaller than its memory',
    'df -k /tmp | tail -1 | awk "{print (\\$2 <= 65536) ? \\"small\\" : \\"large\\"}"',
    /^small/,
    ['plain', /^large/],
  ),
  fact('it dumps no core', 'ulimit -H -c', /^0$/, [
    ['--ulimit', 'core=-1', '--ulimit', 'nofile=1024:4096', '--ulimit', 'nproc=2048:4096'],
    /^unlimited/,
  ]),
  fact('the settings of the kernel are not for it', opens('/proc/sys/kernel/core_pattern'), /^refused/, [
    'privileged',
    /^opened/,
  ]),
  fact('nor those of its memory', opens('/proc/sys/vm/swappiness'), /^refused/, ['privileged', /^opened/]),
  fact('nor what is below /sys', opens('/sys/kernel/mm/transparent_hugepage/enabled'), /^refused/, [
    'privileged',
    /^opened/,
  ]),
  fact('nor cgroups', opens('/sys/fs/cgroup/pids/cgroup.procs', '/sys/fs/cgroup/cgroup.procs'), /^refused/, [
    'privileged',
    /^opened/,
  ]),
  fact('the kernel’s list of keys is empty', 'wc -c < /proc/keys', /^0$/, ['privileged', /^[1-9]/]),
  fact(
    'it has no device but the usual',
    'ls /dev | grep -vxE "core|fd|full|mqueue|null|ptmx|pts|random|shm|std(in|out|err)|tty|urandom|zero|console" | wc -l',
    /^0$/,
    ['privileged', /^[1-9]/],
  ),
  fact('no network but the loop', 'ls /sys/class/net | tr "\\n" " "', /^lo$/, ['plain', /eth0/]),
  fact('no route', 'tail -n +2 /proc/net/route | wc -l', /^0$/, ['plain', /^[1-9]/]),
  fact('no route of IPv6 that leads out', 'grep -v " lo$" /proc/net/ipv6_route | wc -l', /^0$/, ['plain', /^[1-9]/]),
  fact(
    'it sees its own processes alone',
    'ls /proc | grep -c "^[0-9]*$" | awk "{print (\\$1 < 20) ? \\"few\\" : \\"many\\"}"',
    /^few/,
    [['--pid', 'host'], /^many/],
  ),
];

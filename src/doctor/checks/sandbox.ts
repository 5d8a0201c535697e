import {missing, ok, warning} from '../../lib/checkup/check.ts';
import type {MachineCheck} from '../view.ts';

/** Debian 12's is of 2022, and cannot run `ls`. */
const oldestGvisor = 20_240_101;

export const sandboxChecks: readonly MachineCheck[] = [
  {
    id: 'sandbox.seccomp',
    title: 'System call filter',
    why: 'the kernel refuses the calls that lead out of a container by it',
    fix: 'Use a kernel with CONFIG_SECCOMP_FILTER: that of every distribution has it.',
    async look({machine}) {
      if (machine.platform !== 'linux') return undefined;
      const actions = (await machine.read('/proc/sys/kernel/seccomp/actions_avail'))?.trim();
      if (actions?.split(' ').includes('errno')) return ok('the kernel filters');
      return missing('this kernel cannot filter system calls');
    },
  },
  {
    id: 'sandbox.selinux',
    title: 'SELinux',
    why: 'where it is enforced it confines containers a second time, and needs rules for them',
    fix: 'sudo dnf install container-selinux',
    async look({machine}) {
      const enforce = (await machine.read('/sys/fs/selinux/enforce'))?.trim();
      if (enforce === undefined) return undefined;
      if (enforce !== '1') return ok('not enforced');
      const rules = await machine.about('/usr/share/containers/selinux/contexts');
      return rules ? ok('enforced, with rules for containers') : warning('enforced, without rules for containers');
    },
  },
  {
    id: 'sandbox.gvisor',
    title: 'gVisor',
    why: 'a kernel of its own for each session, for who asks with `--runtime runsc`; nobody has to',
    fix: 'Install a newer runsc: https://gvisor.dev/docs/user_guide/install/',
    async look({machine}, signal) {
      if (machine.platform !== 'linux') return undefined;
      const at = await machine.which('runsc');
      if (!at) return ok('not installed, and not needed');
      const {exitCode, stdout} = await machine.run([at, '--version'], signal);
      if (exitCode !== 0) return warning(`${at} does not start`);
      const version = /version\s+(\S+)/.exec(stdout)?.[1] ?? '?';
      const date = Number(/\d{8}/.exec(version)?.[0] ?? Number.NaN);
      return date < oldestGvisor ? warning(`${version} is too old to run usual programs`) : ok(version);
    },
  },
];

import {missing, ok, warning} from '../../lib/checkup/check.ts';
import {asRoot, runOrThrow, shown, writeSystemFile} from '../../lib/checkup/hands.ts';
import {apparmorProfile} from '../../providers/sandbox/apparmor.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

/** Debian 12's is of 2022, and cannot run `ls`. */
const oldestGvisor = 20_240_101;

const profileFile = '/etc/apparmor.d/trails-sandbox';

/** Whether the kernel has AppArmor, and our profiles as they are now. What only root can read is taken from the file they are in. */
async function apparmorIn({machine}: DoctorView): Promise<'none' | 'lacking' | 'loaded'> {
  const enabled = (await machine.read('/sys/module/apparmor/parameters/enabled'))?.trim();
  if (enabled !== 'Y') return 'none';
  const written = (await machine.read(profileFile)) === apparmorProfile();
  const loaded = await machine.read('/sys/kernel/security/apparmor/profiles');
  return written && (loaded === undefined || /^trails-sandbox /m.test(loaded)) ? 'loaded' : 'lacking';
}

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
    id: 'sandbox.apparmor',
    title: 'AppArmor',
    why: 'it keeps an agent from the kernel’s files even where a container’s own masks were forgotten',
    fix: 'trails setup',
    async look(view) {
      if (view.machine.platform !== 'linux' || (await view.machine.about('/sys/fs/selinux/enforce'))) return undefined;
      const state = await apparmorIn(view);
      if (state === 'loaded') return ok('our profiles are loaded');
      if (state === 'lacking') return warning('our profiles are not loaded: sessions run without');
      return warning(
        'this kernel has none: sessions run without',
        'Nothing has to be done: the other walls stand. A kernel with AppArmor (Debian’s, Ubuntu’s) adds one more.',
      );
    },
    async mend(view) {
      if ((await apparmorIn(view)) !== 'lacking') return undefined;
      const {uid} = view.machine.user;
      const load = asRoot(['apparmor_parser', '--replace', '--write-cache', profileFile], uid);
      return {
        name: 'sandbox.apparmor',
        title: 'Load the AppArmor profiles of sandboxes',
        why: 'one more wall around each session',
        detail: `${profileFile}; ${shown(load)}`,
        async run(onLine) {
          await writeSystemFile(profileFile, apparmorProfile(), uid, onLine);
          await runOrThrow(load, onLine);
          onLine(`wrote ${profileFile}`);
        },
      };
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

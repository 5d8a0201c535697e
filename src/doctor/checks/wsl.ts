import {bytes} from '../../lib/amount.ts';
import {missing, ok, type Seen, warning} from '../../lib/checkup/check.ts';
import {writeSystemFile} from '../../lib/checkup/hands.ts';
import type {Step} from '../../lib/checkup/step.ts';
import {writeWhole} from '../../lib/files.ts';
import type {DoctorView, MachineCheck} from '../view.ts';
import {lineDiff, type Values, valueIn, withValues} from '../wsl/ini.ts';
import {windowsMemory, wslConfigFile, wslKernel} from '../wsl/windows.ts';

const gigabyte = 2 ** 30;
const enoughMemory = 6 * gigabyte;
const leastKernel = [5, 15] as const;
/** Of the memory of Windows; by itself it gives half. */
const share = 0.75;

const changed = (file: string, before: string, after: string): string => [file, ...lineDiff(before, after)].join('\n');

async function hybrid({machine}: DoctorView): Promise<boolean> {
  return (await machine.about('/sys/fs/cgroup/unified/cgroup.procs')) !== undefined;
}

/** A change of .wslconfig: it is for every distribution of this user, so nobody makes it without being asked. */
async function wslConfigStep(
  {machine}: DoctorView,
  values: Values,
  step: Pick<Step, 'name' | 'title' | 'why'>,
): Promise<Step | undefined> {
  const file = await wslConfigFile(machine);
  if (file === undefined) return undefined;
  const before = (await machine.read(file)) ?? '';
  const after = withValues(before, 'wsl2', values);
  if (after === before) return undefined;
  return {
    ...step,
    detail: changed(file, before, after),
    optional: true,
    async run(onLine) {
      // Once more: somebody may have written it while the question stood.
      writeWhole(file, withValues((await machine.read(file)) ?? '', 'wsl2', values), 0o644);
      onLine(`wrote ${file}: it holds after \`wsl --shutdown\` in Windows`);
    },
  };
}

async function memoryWanted({machine}: DoctorView): Promise<Values | undefined> {
  const all = await windowsMemory(machine);
  const wanted = all === undefined ? Math.ceil(enoughMemory / gigabyte) : Math.floor((all * share) / gigabyte);
  return wanted * gigabyte > machine.memoryBytes ? {memory: `${wanted}GB`} : undefined;
}

interface WslCheck extends Omit<MachineCheck, 'look'> {
  look(view: DoctorView, kernel: string): Promise<Seen | undefined> | Seen | undefined;
}

const table: readonly WslCheck[] = [
  {
    id: 'wsl.kernel',
    title: 'WSL',
    why: 'containers need the Linux kernel of WSL 2; WSL 1 has none',
    fix: 'In Windows: wsl --update',
    look(_, kernel) {
      const [major = 0, minor = 0] = kernel.split('.').map(part => Number.parseInt(part, 10));
      if (major < 4 || (major === 4 && minor < 19))
        return missing(`${kernel}: this is WSL 1`, 'In Windows: wsl --set-version DISTRIBUTION 2');
      const old = major < leastKernel[0] || (major === leastKernel[0] && minor < leastKernel[1]);
      return old ? warning(`${kernel}: older than ${leastKernel.join('.')}`) : ok(kernel);
    },
  },
  {
    id: 'wsl.systemd',
    title: 'systemd in WSL',
    why: 'it hands out limits and keeps sessions when the last window is closed',
    fix: 'Put [boot] systemd=true into /etc/wsl.conf, then in Windows: wsl --shutdown',
    async look({machine}) {
      if (await machine.about('/run/systemd/system')) return ok('runs');
      const told = valueIn((await machine.read('/etc/wsl.conf')) ?? '', 'boot', 'systemd') === 'true';
      return told
        ? warning('is switched on in /etc/wsl.conf and does not run', 'In Windows: wsl --shutdown')
        : warning('does not run');
    },
    async mend({machine}) {
      const file = '/etc/wsl.conf';
      const before = (await machine.read(file)) ?? '';
      const after = withValues(before, 'boot', {systemd: 'true'});
      if (after === before) return undefined;
      return {
        name: 'wsl.systemd',
        title: 'Let this distribution start systemd',
        why: 'sessions end with the last window otherwise, and limits without root are ignored',
        detail: changed(file, before, after),
        optional: true,
        async run(onLine) {
          await writeSystemFile(file, after, machine.user.uid, onLine);
          onLine(`wrote ${file}: it holds after \`wsl --shutdown\` in Windows`);
        },
      };
    },
  },
  {
    id: 'wsl.memory',
    title: 'Memory of WSL',
    why: 'WSL takes half of the memory of Windows unless it is told otherwise, and sessions share it',
    fix: 'Put memory= into [wsl2] of .wslconfig: `trails setup` proposes it.',
    look({machine}) {
      const detail = bytes(machine.memoryBytes);
      return machine.memoryBytes < enoughMemory ? warning(`${detail}: enough for one or two agents`) : ok(detail);
    },
    async mend(view) {
      const values = await memoryWanted(view);
      if (!values) return undefined;
      return wslConfigStep(view, values, {
        name: 'wsl.memory',
        title: 'Give WSL more memory',
        why: `it has ${bytes(view.machine.memoryBytes)}`,
      });
    },
  },
  {
    id: 'wsl.cgroups',
    title: 'cgroups of WSL',
    why: 'with the old and the new ones mounted at once, limits without root are ignored',
    fix: 'Put kernelCommandLine=cgroup_no_v1=all into [wsl2] of .wslconfig: `trails setup` proposes it.',
    look: async view => ((await hybrid(view)) ? warning('old and new ones at once') : ok('of one kind')),
    async mend(view) {
      const file = await wslConfigFile(view.machine);
      const text = file === undefined ? undefined : await view.machine.read(file);
      const line = valueIn(text ?? '', 'wsl2', 'kernelCommandLine') ?? '';
      if (line.includes('cgroup_no_v1=all')) return undefined;
      const kernelCommandLine = `${line} cgroup_no_v1=all`.trim();
      return wslConfigStep(
        view,
        {kernelCommandLine},
        {
          name: 'wsl.cgroups',
          title: 'Let WSL have the new cgroups alone',
          why: 'limits without root are ignored otherwise',
        },
      );
    },
  },
];

export const wslChecks: readonly MachineCheck[] = table.map(check => ({
  ...check,
  async look(view) {
    const kernel = await wslKernel(view.machine);
    return kernel === undefined ? undefined : check.look(view, kernel);
  },
}));

import path from 'node:path';
import {bytes} from '../../lib/amount.ts';
import {missing, ok, warning} from '../../lib/checkup/check.ts';
import {runOrThrow} from '../../lib/checkup/hands.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

const enoughMb = 4096;

interface Inspected {
  readonly Name?: string;
  readonly State?: string;
  readonly ConfigDir?: {readonly Path?: string};
  readonly Resources?: {readonly CPUs?: number; readonly Memory?: number};
}

const asked = ({machine, provider}: DoctorView): boolean =>
  machine.platform === 'darwin' && ['auto', 'podman'].includes(provider);

/** Podman's own first one; undefined where there is none. */
async function inspected({machine}: DoctorView, signal?: AbortSignal): Promise<Inspected | undefined> {
  const {exitCode, stdout} = await machine.run(['podman', 'machine', 'inspect'], signal);
  if (exitCode !== 0) return undefined;
  return (JSON.parse(stdout) as readonly Inspected[])[0];
}

async function mountsOf({machine}: DoctorView, {Name = '', ConfigDir}: Inspected): Promise<readonly string[]> {
  const text = await machine.read(path.join(ConfigDir?.Path ?? '', `${Name}.json`));
  if (text === undefined) return [];
  const {Mounts = []} = JSON.parse(text) as {readonly Mounts?: readonly {readonly Source?: string}[]};
  return Mounts.flatMap(({Source}) => (Source ? [Source] : []));
}

const within = (directory: string, file: string): boolean =>
  file === directory || file.startsWith(directory.endsWith('/') ? directory : `${directory}/`);

export const virtualMachineChecks: readonly MachineCheck[] = [
  {
    id: 'podman-machine.runs',
    title: 'Podman’s virtual machine',
    why: 'containers need Linux, which runs in it',
    fix: 'podman machine init --now, or podman machine start',
    async look(view, signal) {
      if (!asked(view)) return undefined;
      const found = await inspected(view, signal);
      if (!found) return missing('there is none', 'podman machine init --now');
      return found.State === 'running' ? ok(`${found.Name} runs`) : missing(`${found.Name} is ${found.State}`);
    },
    async mend(view) {
      const command = (await inspected(view)) ? ['podman', 'machine', 'start'] : ['podman', 'machine', 'init', '--now'];
      return {
        name: 'podman-machine.runs',
        title: 'Start Podman’s virtual machine',
        why: 'containers need Linux',
        detail: command.join(' '),
        run: onLine => runOrThrow(command, onLine),
      };
    },
  },
  {
    id: 'podman-machine.memory',
    title: 'Its memory',
    why: 'all sessions share what the virtual machine has, not what the Mac has',
    fix: 'podman machine stop && podman machine set --memory 8192 && podman machine start',
    async look(view, signal) {
      const found = asked(view) ? await inspected(view, signal) : undefined;
      const memory = found?.Resources?.Memory;
      if (memory === undefined) return undefined;
      const detail = `${bytes(memory * 2 ** 20)}, ${found?.Resources?.CPUs ?? '?'} cores`;
      return memory < enoughMb ? warning(`${detail}: enough for one agent`) : ok(detail);
    },
  },
  {
    id: 'podman-machine.mounts',
    title: 'What it sees',
    why: 'only directories that are mounted in the virtual machine can be workspaces',
    fix: 'podman machine rm, then podman machine init --now -v "$HOME:$HOME" -v /private:/private',
    async look(view, signal) {
      const found = asked(view) ? await inspected(view, signal) : undefined;
      const mounts = found ? await mountsOf(view, found) : [];
      if (mounts.length === 0) return undefined;
      const hidden = [view.paths.state, view.cwd].filter(file => !mounts.some(mount => within(mount, file)));
      return hidden.length === 0 ? ok(mounts.join(', ')) : warning(`it does not see ${hidden.join(' and ')}`);
    },
  },
];

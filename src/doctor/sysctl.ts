import {asRoot, runOrThrow, writeSystemFile} from '../lib/checkup/hands.ts';
import type {Machine} from '../lib/checkup/machine.ts';
import type {Step} from '../lib/checkup/step.ts';

/** Values of the kernel's, kept in a file of ours so that they hold after the next start too. */
export interface SysctlStep extends Pick<Step, 'name' | 'title' | 'why'> {
  readonly file: string;
  readonly values: Readonly<Record<string, number>>;
}

export function sysctlStep({user}: Machine, {file, values, ...step}: SysctlStep): Step {
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  return {
    ...step,
    detail: `${file}: ${lines.join(', ')}`,
    async run(onLine) {
      await writeSystemFile(file, `# Written by \`trails setup\`.\n${lines.join('\n')}\n`, user.uid, onLine);
      await runOrThrow(asRoot(['sysctl', '-q', '-p', file], user.uid), onLine);
      onLine(`wrote ${file}`);
    },
  };
}

import {readFileSync} from 'node:fs';

/** Names one process for good: a pid alone is given out again. The second part is its start time, where the system tells it. */
export type Worker = string;

const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces: count from behind it. The start time is field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // One that has ended and that nobody has asked about yet is not at work any more.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

export const workerOf = (pid: number): Worker => `${pid}:${startOf(pid) ?? ''}`;

export function isAlive(worker: Worker): boolean {
  const pid = Number(worker.split(':')[0]);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return workerOf(pid) === worker;
}

import {readdirSync, readFileSync} from 'node:fs';

/** Of /proc/PID/stat: the kernel counts in hundredths of a second on every machine that Node runs on. */
const ticksPerSecond = 100;

const read = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
};

/** Memory a process holds now, in MB of 2^20 bytes. */
export function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`)) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} is gone`);
  return Number(kilobytes) / 1024;
}

/** Processor time a process and its ended children have used, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The name in parentheses may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) throw new Error(`process ${pid} is gone`);
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

/** The process that has this very argument, if there is one. */
export function processWith(argument: string): number | undefined {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const found = pids.find(pid => read(`/proc/${pid}/cmdline`).split('\0').includes(argument));
  return found === undefined ? undefined : Number(found);
}

/** How long a process's main thread has run, and been ready to run with every core taken by others; in seconds. */
export function coreSeconds(pid: number): {readonly ran: number; readonly waited: number} {
  const [ran, waited] = read(`/proc/${pid}/schedstat`).split(' ').map(Number);
  if (ran === undefined || waited === undefined) throw new Error(`process ${pid} is gone`);
  return {ran: ran / 1e9, waited: waited / 1e9};
}

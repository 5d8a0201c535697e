import {readdirSync, readFileSync, readlinkSync} from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
};
const numbered = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory).filter(name => /^\d+$/.test(name));
  } catch {
    return [];
  }
};
const alive = (pid: string | number) => !/^\d+ \(.*\) Z /s.test(read(`/proc/${pid}/stat`));

export interface Running {
  readonly pid: number;
  readonly command: string;
}

/** Everything that was started with this home in its environment, whoever started it: clients, daemons, engine services, conmons. */
export const processesOf = (home: string): readonly Running[] =>
  numbered('/proc')
    .filter(pid => read(`/proc/${pid}/environ`).split('\0').includes(`TRAILS_HOME=${home}`) && alive(pid))
    .map(pid => ({pid: Number(pid), command: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}));

const listening = '00010000';

/**
 * The processes, among these, that listen on a unix socket of this path: one for each such socket. A process that was just forked, to become
 * something else, has its parent's for a moment: it is no listener of its own.
 */
export function listenersOn(path: string, among: readonly number[]): readonly number[] {
  const sockets = read('/proc/net/unix')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === listening && fields[7] === path)
    .map(fields => `socket:[${fields[6]}]`);
  const holds = (pid: number, socket: string) =>
    numbered(`/proc/${pid}/fd`).some(fd => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === socket;
      } catch {
        return false;
      }
    });
  return sockets.flatMap(socket => among.find(pid => holds(pid, socket)) ?? []);
}

/** What a process has open, by kind: what leaks is named in the report. */
export function descriptorsOf(pid: number): readonly string[] {
  return numbered(`/proc/${pid}/fd`).flatMap(fd => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\[\d+\]$/, '')];
    } catch {
      return [];
    }
  });
}

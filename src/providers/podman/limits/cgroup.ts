import {readFileSync} from 'node:fs';
import path from 'node:path';
import type {HeldLimits} from '../../provider.ts';

/** Reads a file of the machine; undefined where there is none. */
export type ReadFile = (file: string) => string | undefined;

export const readMachineFile: ReadFile = file => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** Where a hierarchy of cgroups is mounted: by controller for the old ones, "" for the new one. */
function mountsOf(mountinfo: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const place = before.split(' ')[4];
    const [type, , options = ''] = after.split(' ');
    if (place === undefined) continue;
    if (type === 'cgroup2') found.set('', place);
    if (type === 'cgroup') for (const controller of options.split(',')) found.set(controller, place);
  }
  return found;
}

/** The group of a process in each hierarchy, likewise. */
function groupsOf(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/^\d+:([^:]*):(.*)$/gm)];
  return new Map(found.flatMap(([, names = '', group = '']) => names.split(',').map(name => [name, group] as const)));
}

const none = Number.POSITIVE_INFINITY;
/** The kernel's word for no bound is the largest number of pages there is. */
const unboundedFrom = 2 ** 60;

const amount = (text: string | undefined): number => {
  const value = text === undefined || text.trim() === 'max' ? none : Number(text);
  return Number.isFinite(value) && value >= 0 && value < unboundedFrom ? value : none;
};
const share = (quota: string | undefined, period: string | undefined): number => amount(quota) / amount(period ?? '0');
const cores = (found: number): number => (Number.isFinite(found) && found > 0 ? found : none);

type Reader = (read: (file: string) => string | undefined) => number;

/** What bounds what, by the controller and the kind of hierarchy. */
const readers: Readonly<
  Record<keyof HeldLimits, {readonly controller: string; readonly old: Reader; readonly now: Reader}>
> = {
  memoryBytes: {
    controller: 'memory',
    old: read => amount(read('memory.limit_in_bytes')),
    now: read => amount(read('memory.max')),
  },
  pids: {controller: 'pids', old: read => amount(read('pids.max')), now: read => amount(read('pids.max'))},
  cpus: {
    controller: 'cpu',
    old: read => cores(share(read('cpu.cfs_quota_us'), read('cpu.cfs_period_us'))),
    now(read) {
      const [quota, period] = (read('cpu.max') ?? 'max').trim().split(' ');
      return cores(share(quota, period));
    },
  },
};

/** A group and those it lies in: each of them bounds it. */
function* upwards(mount: string, group: string): Generator<string> {
  for (let at = path.posix.join('/', group); ; at = path.posix.dirname(at)) {
    yield path.posix.join(mount, at);
    if (at === '/') return;
  }
}

/** What the kernel of this machine holds a process to; undefined where that cannot be seen from here. */
export function heldByKernel(pid: number, read: ReadFile = readMachineFile): HeldLimits | undefined {
  const own = read(`/proc/${pid}/cgroup`);
  const mounts = mountsOf(read('/proc/self/mountinfo') ?? '');
  if (own === undefined || mounts.size === 0) return undefined;
  const groups = groupsOf(own);
  // Of another part of the tree than ours.
  if ([...groups.values()].some(group => group.includes('..'))) return undefined;
  const held = (limit: keyof HeldLimits): number => {
    const {controller, old, now} = readers[limit];
    const mount = mounts.get(controller);
    const [from, group, ask] =
      mount === undefined ? [mounts.get(''), groups.get(''), now] : [mount, groups.get(controller), old];
    if (from === undefined || group === undefined) return none;
    return Math.min(...[...upwards(from, group)].map(place => ask(file => read(path.posix.join(place, file)))));
  };
  return {memoryBytes: held('memoryBytes'), cpus: held('cpus'), pids: held('pids')};
}

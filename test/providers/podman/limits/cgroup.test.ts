import {expect, test} from 'vitest';
import {heldByKernel} from '../../../../src/providers/podman/limits/cgroup.ts';
import {heldBySaying, heldLimits} from '../../../../src/providers/podman/limits/held.ts';
import type {InspectJson} from '../../../../src/providers/podman/translate.ts';

const none = Number.POSITIVE_INFINITY;
const reading = (files: Readonly<Record<string, string>>) => (file: string) => files[file];

const newMount = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const newTree = (own: Readonly<Record<string, string>>) =>
  reading({
    '/proc/self/mountinfo': newMount,
    '/proc/7/cgroup': '0::/machine.slice/libpod-1.scope/container\n',
    ...Object.fromEntries(
      Object.entries(own).map(([name, text]) => [`/sys/fs/cgroup/machine.slice/libpod-1.scope/${name}`, text]),
    ),
  });

test('in the new hierarchy: of the group, and of each it lies in', () => {
  const bounded = newTree({'memory.max': '268435456\n', 'cpu.max': '150000 100000\n', 'container/pids.max': '128\n'});
  expect(heldByKernel(7, bounded)).toEqual({memoryBytes: 268_435_456, cpus: 1.5, pids: 128});
  expect(heldByKernel(7, newTree({'memory.max': 'max\n', 'cpu.max': 'max 100000\n'}))).toEqual({
    ...{memoryBytes: none, cpus: none, pids: none},
  });
});

test('in the old ones: each controller by itself, with its own words for no bound', () => {
  const mountinfo = [
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
    '35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids',
    '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  ].join('\n');
  const files = {
    '/proc/self/mountinfo': mountinfo,
    '/proc/7/cgroup': '8:pids:/a\n4:memory:/a\n1:cpu,cpuacct:/a\n0::/\n',
    '/sys/fs/cgroup/memory/a/memory.limit_in_bytes': '536870912\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us': '50000\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us': '100000\n',
    '/sys/fs/cgroup/pids/a/pids.max': '64\n',
  };
  expect(heldByKernel(7, reading(files))).toEqual({memoryBytes: 536_870_912, cpus: 0.5, pids: 64});
  const free = {
    ...files,
    '/sys/fs/cgroup/memory/a/memory.limit_in_bytes': '9223372036854771712\n',
    '/sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us': '-1\n',
    '/sys/fs/cgroup/pids/a/pids.max': 'max\n',
  };
  expect(heldByKernel(7, reading(free))).toEqual({memoryBytes: none, cpus: none, pids: none});
});

test('a process that is gone, or of another part of the tree, cannot be judged', () => {
  expect(heldByKernel(8, newTree({}))).toBeUndefined();
  expect(
    heldByKernel(7, reading({'/proc/self/mountinfo': newMount, '/proc/7/cgroup': '0::/../../x\n'})),
  ).toBeUndefined();
});

test('an engine elsewhere is believed: what it did not ask for is not held', () => {
  const json = (HostConfig: InspectJson['HostConfig'], Status = 'running'): InspectJson => ({
    ...{Id: 'c', Name: 'c', Created: '', Config: {Image: 'x'}},
    State: {Status, ExitCode: 0, StartedAt: '', Pid: 1},
    ...(HostConfig ? {HostConfig} : {}),
  });
  const asked = {Memory: 2 ** 28, NanoCpus: 15e8, PidsLimit: 99};
  expect(heldBySaying(json(asked))).toEqual({memoryBytes: 2 ** 28, cpus: 1.5, pids: 99});
  expect(heldBySaying(json({CpuQuota: 50_000, CpuPeriod: 100_000, PidsLimit: null, Memory: 0}))).toEqual({
    ...{memoryBytes: none, cpus: 0.5, pids: none},
  });
  expect(heldLimits(json(asked), false)).toEqual({memoryBytes: 2 ** 28, cpus: 1.5, pids: 99});
  expect(heldLimits(json(asked, 'exited'), false)).toBeUndefined();
});

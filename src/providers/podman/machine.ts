import {existsSync, readFileSync} from 'node:fs';
import {programOnPath} from './package-managers.ts';
import type {Env} from './socket.ts';

/** What of this machine decides over Podman's settings. */
export interface Machine {
  /** Old and new cgroups at once, as on some virtual machines and CI runners: crun refuses it. */
  readonly cgroupHybrid: boolean;
  /** Can limits of processes be raised above our own? Root without CAP_SYS_RESOURCE cannot. */
  readonly canRaiseLimits: boolean;
  readonly hardOpenFiles: number;
  readonly hardProcesses: number;
  readonly hasJournal: boolean;
  readonly hasNetavark: boolean;
  /** Configuration for the older network backend is there, which Podman 4 would then take. */
  readonly hasOldNetworks: boolean;
  readonly root: boolean;
}

export interface Setting {
  readonly table: 'containers' | 'engine' | 'engine.runtimes' | 'network';
  readonly key: string;
  /** As TOML. */
  readonly value: string;
  readonly why: string;
}

const capSysResource = 24n;
const netavarkPlaces = ['/usr/lib/podman/netavark', '/usr/libexec/podman/netavark'];

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

export function readMachine(env: Env): Machine {
  const limits = read('/proc/self/limits');
  const hard = (label: string): number => {
    const found = new RegExp(`^${label}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1];
    return found === undefined || found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found);
  };
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`);
  return {
    cgroupHybrid: existsSync('/sys/fs/cgroup/unified/cgroup.procs'),
    canRaiseLimits: process.platform !== 'linux' || (capabilities >> capSysResource) % 2n === 1n,
    hardOpenFiles: hard('Max open files'),
    hardProcesses: hard('Max processes'),
    hasJournal: existsSync('/run/systemd/journal/socket'),
    hasNetavark: netavarkPlaces.some(existsSync) || programOnPath('netavark', env) !== undefined,
    hasOldNetworks: existsSync('/etc/cni/net.d/87-podman-bridge.conflist'),
    root: process.getuid?.() === 0,
  };
}

/** What Podman asks for when nobody says otherwise, from containers-common. */
const podmanOpenFiles = 1_048_576;

interface Rule {
  readonly when: (machine: Machine) => boolean;
  readonly gives: (machine: Machine, wrapper: string) => Setting;
}

const rules: readonly Rule[] = [
  {
    when: machine => machine.cgroupHybrid && !machine.root,
    gives: () => ({
      table: 'engine',
      key: 'runtime',
      value: '"runc"',
      why: 'old and new cgroups are mounted at once, and crun refuses that',
    }),
  },
  {
    when: machine => machine.cgroupHybrid && machine.root,
    gives: () => ({
      table: 'engine',
      key: 'runtime',
      value: '"crun"',
      why: 'runc before 1.2 cannot give files in a directory of root to root; crun can',
    }),
  },
  {
    when: machine => machine.cgroupHybrid && machine.root,
    gives: (_, wrapper) => ({
      table: 'engine.runtimes',
      key: 'crun',
      value: JSON.stringify([wrapper]),
      why: 'old and new cgroups are mounted at once, and crun refuses that unless the new ones are out of its sight',
    }),
  },
  {
    when: machine => machine.root && !machine.canRaiseLimits && machine.hardOpenFiles < podmanOpenFiles,
    gives: machine => ({
      table: 'containers',
      key: 'default_ulimits',
      value: `["nofile=${Math.min(machine.hardOpenFiles, 65_536)}:${Math.min(machine.hardOpenFiles, 65_536)}", "nproc=${Math.min(machine.hardProcesses, 32_768)}:${Math.min(machine.hardProcesses, 32_768)}"]`,
      why: 'the limits Podman asks for by default are above what this machine allows',
    }),
  },
  {
    when: machine => machine.hasNetavark && machine.hasOldNetworks,
    gives: () => ({
      table: 'network',
      key: 'network_backend',
      value: '"netavark"',
      why: 'settings of the older network backend are there, but not its programs',
    }),
  },
];

/** Alone it would be no reason for a file of ours; with one it is worth saying. */
const companions: readonly Rule[] = [
  {
    when: machine => !machine.hasJournal,
    gives: () => ({
      table: 'engine',
      key: 'events_logger',
      value: '"file"',
      why: 'there is no journal for its events',
    }),
  },
];

/** The settings without which containers would not start here. */
export const machineNeeds = (machine: Machine, wrapper: string): Setting[] =>
  rules.filter(rule => rule.when(machine)).map(rule => rule.gives(machine, wrapper));

/** Needs no change when crun is replaced: it is found anew each time. */
export const crunWrapper = `#!/bin/sh
# Written by \`trails setup\`: crun without the second kind of cgroups, which it refuses to see beside the first.
exec unshare -m --propagation slave sh -c 'umount /sys/fs/cgroup/unified; exec crun "$@"' sh "$@"
`;

/** All settings of the file, or none where the machine needs no file. */
export function settingsFor(machine: Machine, wrapper: string): Setting[] {
  const needs = machineNeeds(machine, wrapper);
  if (needs.length === 0) return [];
  return [...needs, ...companions.filter(rule => rule.when(machine)).map(rule => rule.gives(machine, wrapper))];
}

/** As a containers.conf, each setting with its reason above it. */
export function settingsText(settings: readonly Setting[]): string {
  const tables = [...new Set(settings.map(setting => setting.table))].sort();
  const text = tables.map(table => {
    const lines = settings
      .filter(setting => setting.table === table)
      .map(setting => `# ${setting.why}\n${setting.key} = ${setting.value}`);
    return `[${table}]\n${lines.join('\n')}\n`;
  });
  return `# Written by \`trails setup\` for the Podman that Trails starts; Podman's own settings are untouched.\n\n${text.join('\n')}`;
}

import type {Machine} from '../../lib/checkup/machine.ts';

/** What of a machine decides over Podman's settings. */
export interface Traits {
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

const has = async (machine: Machine, file: string): Promise<boolean> => (await machine.about(file)) !== undefined;

export async function readTraits(machine: Machine): Promise<Traits> {
  const [limits = '', status = ''] = await Promise.all(['/proc/self/limits', '/proc/self/status'].map(machine.read));
  const hard = (label: string): number => {
    const found = new RegExp(`^${label}\\s+\\S+\\s+(\\S+)`, 'm').exec(limits)?.[1];
    return found === undefined || found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found);
  };
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const netavark = await Promise.all([...netavarkPlaces, 'netavark'].map(machine.which));
  return {
    cgroupHybrid: await has(machine, '/sys/fs/cgroup/unified/cgroup.procs'),
    canRaiseLimits: machine.platform !== 'linux' || (capabilities >> capSysResource) % 2n === 1n,
    hardOpenFiles: hard('Max open files'),
    hardProcesses: hard('Max processes'),
    hasJournal: await has(machine, '/run/systemd/journal/socket'),
    hasNetavark: netavark.some(Boolean),
    hasOldNetworks: await has(machine, '/etc/cni/net.d/87-podman-bridge.conflist'),
    root: machine.user.uid === 0,
  };
}

/** What Podman asks for when nobody says otherwise, from containers-common. */
const podmanOpenFiles = 1_048_576;

interface Rule {
  readonly when: (traits: Traits) => boolean;
  readonly gives: (traits: Traits, wrapper: string) => Setting;
}

const rules: readonly Rule[] = [
  {
    when: traits => traits.cgroupHybrid && !traits.root,
    gives: () => ({
      table: 'engine',
      key: 'runtime',
      value: '"runc"',
      why: 'old and new cgroups are mounted at once, and crun refuses that',
    }),
  },
  {
    when: traits => traits.cgroupHybrid && traits.root,
    gives: () => ({
      table: 'engine',
      key: 'runtime',
      value: '"crun"',
      why: 'runc before 1.2 cannot give files in a directory of root to root; crun can',
    }),
  },
  {
    when: traits => traits.cgroupHybrid && traits.root,
    gives: (_, wrapper) => ({
      table: 'engine.runtimes',
      key: 'crun',
      value: JSON.stringify([wrapper]),
      why: 'old and new cgroups are mounted at once, and crun refuses that unless the new ones are out of its sight',
    }),
  },
  {
    when: traits => traits.root && !traits.canRaiseLimits && traits.hardOpenFiles < podmanOpenFiles,
    gives: traits => ({
      table: 'containers',
      key: 'default_ulimits',
      value: `["nofile=${Math.min(traits.hardOpenFiles, 65_536)}:${Math.min(traits.hardOpenFiles, 65_536)}", "nproc=${Math.min(traits.hardProcesses, 32_768)}:${Math.min(traits.hardProcesses, 32_768)}"]`,
      why: 'the limits Podman asks for by default are above what this machine allows',
    }),
  },
  {
    when: traits => traits.hasNetavark && traits.hasOldNetworks,
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
    when: traits => !traits.hasJournal,
    gives: () => ({
      table: 'engine',
      key: 'events_logger',
      value: '"file"',
      why: 'there is no journal for its events',
    }),
  },
];

/** The settings without which containers would not start here. */
export const machineNeeds = (traits: Traits, wrapper: string): Setting[] =>
  rules.filter(rule => rule.when(traits)).map(rule => rule.gives(traits, wrapper));

/** Needs no change when crun is replaced: it is found anew each time. */
export const crunWrapper = `#!/bin/sh
# Written by \`trails setup\`: crun without the second kind of cgroups, which it refuses to see beside the first.
exec unshare -m --propagation slave sh -c 'umount /sys/fs/cgroup/unified; exec crun "$@"' sh "$@"
`;

/** All settings of the file, or none where the machine needs no file. */
export function settingsFor(traits: Traits, wrapper: string): Setting[] {
  const needs = machineNeeds(traits, wrapper);
  if (needs.length === 0) return [];
  return [...needs, ...companions.filter(rule => rule.when(traits)).map(rule => rule.gives(traits, wrapper))];
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

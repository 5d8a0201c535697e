import type {EnvironmentSpec, Mount, Owner} from '../../provider.ts';
import {mountOptions, type Tmpfs} from '../../sandbox/hardening.ts';
import {egressPlace, relayVariables} from '../../sandbox/relay/relay.ts';
import type {EnforcedLimits, Ownership} from '../ownership.ts';
import {agentHome, directoryLabel, imageLabel, runPlace, secretsPlace, temporaryPlace} from './places.ts';

export interface CreateInput {
  readonly spec: EnvironmentSpec;
  readonly image: string;
  /** Besides those of the spec: the host image's. */
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
  readonly ownership: Ownership;
  readonly enforced: EnforcedLimits;
  readonly ownerOf: (directory: string) => Owner;
  readonly logPath: string;
  /** Where the engine reads the seccomp profile of the spec's sandbox, if it takes a file. */
  readonly seccompFile: string;
  /** The kernel has our AppArmor profiles. */
  readonly apparmor: boolean;
}

export const labelsOf = (spec: EnvironmentSpec) => ({
  ...spec.labels,
  [directoryLabel]: spec.stateDir,
  [imageLabel]: spec.image,
});

export const periodUs = 100_000;

export const tmpfsOptions = ({sizeBytes, exec}: Tmpfs): readonly string[] => [
  `size=${sizeBytes}`,
  ...['nosuid', 'nodev', exec ? 'exec' : 'noexec', 'mode=1777'],
];

export function bindMounts({spec, mounts, ownership, ownerOf}: CreateInput) {
  const writable = (source: string, target: string) => ({
    source,
    target,
    options: ['rw', 'rbind', ...mountOptions, ...ownership.bindOptions(ownerOf(source))],
  });
  const fixed = [
    writable(spec.workspace, '/workspace'),
    writable(spec.home ?? `${spec.stateDir}/home`, agentHome),
    writable(`${spec.stateDir}/secrets`, secretsPlace),
    writable(`${spec.stateDir}/tmp`, temporaryPlace),
    {source: `${spec.stateDir}/run`, target: runPlace, options: ['ro', 'bind', ...mountOptions]},
    // The directory and not the socket: another one takes its place when whoever listens begins anew.
    ...(spec.egress === undefined
      ? []
      : [{source: spec.egress, target: egressPlace, options: ['ro', 'bind', 'noexec', ...mountOptions]}]),
  ];
  const further = [...mounts, ...spec.mounts].map(({source, target, readOnly}) =>
    readOnly ? {source, target, options: ['ro', 'rbind', ...mountOptions]} : writable(source, target),
  );
  return [...further, ...fixed];
}

export const environment = ({spec, env}: CreateInput): Readonly<Record<string, string>> => ({
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  LANG: 'C.UTF-8',
  HOME: agentHome,
  // Of what is in /tmp nothing can be run or mapped as a program, and compilers, installers and test runners do that.
  TMPDIR: temporaryPlace,
  ...(spec.network === 'allowlist' ? relayVariables : {}),
  ...env,
  ...spec.env,
});

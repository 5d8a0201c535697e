import type {Limits} from '../provider.ts';
import {apparmorName} from './apparmor.ts';
import type {Loosening, Sandbox} from './profile.ts';
import {seccompProfile} from './seccomp/profile.ts';

export interface Tmpfs {
  readonly target: string;
  readonly sizeBytes: number;
  readonly exec: boolean;
}

export interface Ulimit {
  readonly name: 'nofile' | 'nproc' | 'core';
  readonly soft: number;
  readonly hard: number;
}

/** All that holds an environment, in no engine's words. Each engine's body takes every part of it. */
export interface Hardening {
  readonly readOnlyRoot: boolean;
  readonly dropCapabilities: readonly ['ALL'];
  readonly noNewPrivileges: true;
  /** The profile itself, as JSON. */
  readonly seccomp: string;
  /** Its name; used where the kernel has it. */
  readonly apparmor: string;
  readonly tmpfs: readonly Tmpfs[];
  readonly ulimits: readonly Ulimit[];
}

/** Of every directory of the host that an environment sees. */
export const mountOptions = ['nosuid', 'nodev'] as const;

/** Memory that is full of files is no memory for programs: the engine kills. So they get a part of it. */
const tmpfsParts = [
  {target: '/tmp', part: 1 / 4, mostBytes: 512 * 2 ** 20},
  {target: '/var/tmp', part: 1 / 16, mostBytes: 128 * 2 ** 20},
] as const;

const usualUlimits: readonly Ulimit[] = [
  {name: 'nofile', soft: 1024, hard: 4096},
  {name: 'nproc', soft: 2048, hard: 4096},
];

/** What a sandbox comes to. */
export function hardeningOf({sandbox, limits}: {readonly sandbox: Sandbox; readonly limits: Limits}): Hardening {
  const is = (one: Loosening) => sandbox.loosened.includes(one);
  return {
    readOnlyRoot: !is('writable-root'),
    dropCapabilities: ['ALL'],
    noNewPrivileges: true,
    seccomp: seccompProfile(sandbox),
    apparmor: apparmorName(sandbox),
    tmpfs: tmpfsParts.map(({target, part, mostBytes}) => ({
      target,
      sizeBytes: Math.min(mostBytes, Math.floor(limits.memoryBytes * part)),
      exec: is('tmp-exec'),
    })),
    // The memory of a process that crashed, as a file: keys and all.
    ulimits: is('debug') ? usualUlimits : [...usualUlimits, {name: 'core', soft: 0, hard: 0}],
  };
}

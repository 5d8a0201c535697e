import {readdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import {privateDirectory, writeWhole} from '../../../lib/files.ts';
import type {EnvironmentId, EnvironmentSpec} from '../../provider.ts';
import type {ServiceId} from '../connection/engine.ts';

/** What a start needs of a spec. */
export type KeptSpec = Pick<
  EnvironmentSpec,
  'name' | 'hostname' | 'labels' | 'image' | 'workspace' | 'mounts' | 'stateDir' | 'home' | 'env'
>;

/** An environment as it is written down on this machine: an engine keeps nothing of what does not run. */
export interface EnvironmentRecord {
  readonly id: EnvironmentId;
  readonly spec: KeptSpec;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  readonly startedAt?: number;
  /** Spawned last. What was handed over in secret is not in it. */
  readonly command?: {readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>>};
  /** From the moment its start is asked for until its end is known. The id comes with the start's answer. */
  readonly service?: {readonly unique: string; readonly id?: ServiceId};
  /** Of the last run, once it is known to have ended. */
  readonly ended?: {readonly exitCode?: number};
  /** Why nothing is heard of it any more. */
  readonly lost?: string;
  /** When its files were last brought to this machine. */
  readonly checkpointAt?: number;
}

export interface EnvironmentRecords {
  get(id: string): EnvironmentRecord | undefined;
  all(): readonly EnvironmentRecord[];
  put(record: EnvironmentRecord): void;
  change(id: EnvironmentId, change: Partial<EnvironmentRecord>, without?: readonly (keyof EnvironmentRecord)[]): void;
  remove(id: EnvironmentId): void;
}

/** An id becomes the name of a file. */
const anId = /^[a-z0-9][a-z0-9_.-]{0,100}$/i;

/** Throws USAGE. */
export function idOf(name: string): EnvironmentId {
  if (!anId.test(name)) throw new AppError('USAGE', `"${name.slice(0, 40)}" cannot be the name of an environment`);
  return name as EnvironmentId;
}

/** One file for each environment, written whole. */
export function openRecords(directory: string): EnvironmentRecords {
  const fileOf = (id: string) => path.join(directory, `${id}.json`);
  const read = (id: string): EnvironmentRecord | undefined => {
    if (!anId.test(id)) return undefined;
    try {
      return JSON.parse(readFileSync(fileOf(id), 'utf8')) as EnvironmentRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new AppError('STATE_UNUSABLE', `${fileOf(id)} cannot be read: ${(error as Error).message}`, {cause: error});
    }
  };
  const put = (record: EnvironmentRecord) => {
    privateDirectory(directory);
    writeWhole(fileOf(record.id), JSON.stringify(record));
  };
  const names = () => {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  };
  return {
    get: read,
    put,
    all: () =>
      names()
        .filter(name => name.endsWith('.json') && !name.startsWith('.'))
        .flatMap(name => read(name.slice(0, -'.json'.length)) ?? []),
    change(id, change, without = []) {
      const now = read(id);
      if (!now) return;
      const next: Record<string, unknown> = {...now, ...change};
      for (const key of without) delete next[key];
      put(next as unknown as EnvironmentRecord);
    },
    remove: id => rmSync(fileOf(id), {force: true}),
  };
}

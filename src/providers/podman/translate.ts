import type {Environment, EnvironmentEvent, EnvironmentId, EnvironmentState, Stats} from '../provider.ts';
import {imageLabel} from './create/places.ts';

/** The engine's JSON, as far as it is read. It ends in this file: nobody else meets `State.Status`. */
export interface InspectJson {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly Pid?: number;
  };
  readonly HostConfig?: {
    readonly Memory?: number;
    readonly NanoCpus?: number;
    readonly CpuQuota?: number;
    readonly CpuPeriod?: number;
    readonly PidsLimit?: number | null;
  };
  readonly Config: {readonly Image: string; readonly Labels?: Readonly<Record<string, string>> | null};
}

export interface ListJson {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly State: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Created: number;
}

export interface EventJson {
  readonly Type?: string;
  readonly Action?: string;
  readonly status?: string;
  readonly id?: string;
  readonly Actor?: {readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>>};
  readonly timeNano?: number;
}

export interface StatsJson {
  readonly cpu_stats?: {readonly cpu_usage?: {readonly total_usage?: number}};
  readonly memory_stats?: {readonly usage?: number; readonly stats?: Readonly<Record<string, number>>};
  readonly pids_stats?: {readonly current?: number};
}

const states: Readonly<Record<string, EnvironmentState>> = {
  created: 'created',
  configured: 'created',
  initialized: 'created',
  running: 'running',
  stopping: 'running',
  restarting: 'running',
  paused: 'paused',
  exited: 'exited',
  stopped: 'exited',
  dead: 'exited',
  removing: 'exited',
};

const stateOf = (status: string): EnvironmentState => states[status] ?? 'exited';
/** A time the engine never set is the year 1. */
const timeOf = (text: string): number | undefined => {
  const time = Date.parse(text);
  return Number.isFinite(time) && time > 0 ? time : undefined;
};

export function environmentOf(json: InspectJson): Environment {
  const state = stateOf(json.State.Status);
  const startedAt = timeOf(json.State.StartedAt);
  return {
    id: json.Id as EnvironmentId,
    name: json.Name.replace(/^\//, ''),
    state,
    labels: json.Config.Labels ?? {},
    image: json.Config.Labels?.[imageLabel] ?? json.Config.Image,
    createdAt: timeOf(json.Created) ?? 0,
    ...(state === 'exited' ? {exitCode: json.State.ExitCode} : {}),
    ...(startedAt === undefined ? {} : {startedAt}),
  };
}

const events: Readonly<Record<string, EnvironmentEvent['type']>> = {
  create: 'created',
  start: 'started',
  pause: 'paused',
  unpause: 'resumed',
  // Podman's filter wants `died`, its output says `die`.
  die: 'exited',
  died: 'exited',
  remove: 'removed',
  destroy: 'removed',
};

export function eventOf(json: EventJson): EnvironmentEvent | undefined {
  const type = events[json.Action ?? json.status ?? ''];
  const id = json.Actor?.ID ?? json.id;
  if (!type || !id) return undefined;
  const attributes = json.Actor?.Attributes ?? {};
  const code = attributes.containerExitCode ?? attributes.exitCode;
  return {
    type,
    id: id as EnvironmentId,
    labels: attributes,
    ...(type === 'exited' && code !== undefined && Number.isFinite(Number(code)) ? {exitCode: Number(code)} : {}),
  };
}

export interface Reading {
  readonly cpuNs: number;
  readonly atMs: number;
}

/** Usage since `earlier`; page cache that can be given back is no use of memory. */
export function statsOf(
  json: StatsJson,
  atMs: number,
  earlier: Reading | undefined,
): {readonly stats: Stats; readonly reading: Reading} {
  const cpuNs = json.cpu_stats?.cpu_usage?.total_usage ?? 0;
  const elapsedMs = earlier ? atMs - earlier.atMs : 0;
  const cpuPercent = earlier && elapsedMs > 0 ? Math.max(0, (cpuNs - earlier.cpuNs) / 1e4 / elapsedMs) : 0;
  const {usage = 0, stats = {}} = json.memory_stats ?? {};
  const cache = stats.total_inactive_file ?? stats.inactive_file ?? 0;
  return {
    stats: {cpuPercent, memoryBytes: Math.max(0, usage - cache), pids: json.pids_stats?.current ?? 0},
    reading: {cpuNs, atMs},
  };
}

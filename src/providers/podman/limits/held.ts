import type {HeldLimits} from '../../provider.ts';
import type {InspectJson} from '../translate.ts';
import {heldByKernel} from './cgroup.ts';

const orNone = (value: number | null | undefined): number =>
  value !== undefined && value !== null && value > 0 ? value : Number.POSITIVE_INFINITY;

/** What the engine says it asked for: all there is to know of one whose kernel is not ours. */
export function heldBySaying({HostConfig: host = {}}: InspectJson): HeldLimits {
  const {Memory, NanoCpus, CpuQuota, CpuPeriod, PidsLimit} = host;
  const quota = orNone(CpuQuota) / (CpuPeriod || 100_000);
  return {memoryBytes: orNone(Memory), cpus: Math.min(orNone(NanoCpus) / 1e9, quota), pids: orNone(PidsLimit)};
}

/** What a running container is really held to. `here`: its engine is this machine's, and so its processes are. */
export function heldLimits(json: InspectJson, here: boolean): HeldLimits | undefined {
  const pid = json.State.Pid ?? 0;
  if (json.State.Status !== 'running' && json.State.Status !== 'paused') return undefined;
  return (here && pid > 0 ? heldByKernel(pid) : undefined) ?? heldBySaying(json);
}

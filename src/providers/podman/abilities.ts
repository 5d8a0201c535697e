import {compat, type Engine, libpod} from './engine.ts';
import {type EngineAbilities, mapsIds} from './ownership.ts';

interface PodmanInfo {
  readonly version?: {readonly Version?: string};
  readonly host?: {
    readonly security?: {readonly rootless?: boolean};
    readonly ociRuntime?: {readonly name?: string; readonly version?: string};
    readonly kernel?: string;
    readonly cgroupVersion?: string;
    readonly cgroupControllers?: readonly string[] | null;
  };
}

interface DockerInfo {
  readonly ServerVersion?: string;
  readonly SecurityOptions?: readonly string[] | null;
  readonly CgroupVersion?: string;
  readonly DefaultRuntime?: string;
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
}

const known = new WeakMap<Engine, {readonly of: number; readonly abilities: EngineAbilities}>();

/** Kernels from 5.12 map ids in mounts. */
const kernelMaps = (version: string) => {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 12);
};

/** What this engine can do. Asked once a service: the answer takes it 10–30 ms, and the next one may have other settings. */
export async function engineAbilities(engine: Engine): Promise<EngineAbilities> {
  const before = known.get(engine);
  if (before?.of === engine.connections) return before.abilities;
  const docker = engine.flavor === 'docker';
  const {body} = await engine.ask('GET', docker ? `${compat}/info` : `${libpod}/info`);
  const abilities = docker ? dockerAbilities(body as DockerInfo) : podmanAbilities(body as PodmanInfo);
  known.set(engine, {of: engine.connections, abilities});
  return abilities;
}

export function podmanAbilities({host = {}, version}: PodmanInfo): EngineAbilities {
  const {security, ociRuntime, kernel = '', cgroupControllers} = host;
  const rootless = security?.rootless === true;
  const cgroupVersion = host.cgroupVersion === 'v2' ? 2 : 1;
  // Without root, cgroup v1 enforces nothing, and v2 what was delegated. With root, v1 names no controllers and has them all.
  const has = (name: string) => !rootless || (cgroupVersion === 2 && (cgroupControllers ?? []).includes(name));
  return {
    flavor: 'podman',
    version: version?.Version ?? '?',
    rootless,
    runtime: (ociRuntime?.version ?? ociRuntime?.name ?? '?').split('\n')[0] ?? '?',
    idmap: kernelMaps(kernel) && mapsIds(ociRuntime?.name ?? '', ociRuntime?.version ?? ''),
    cgroupVersion,
    limits: {memory: has('memory'), cpus: has('cpu'), pids: has('pids')},
  };
}

export function dockerAbilities(info: DockerInfo): EngineAbilities {
  return {
    flavor: 'docker',
    version: info.ServerVersion ?? '?',
    rootless: (info.SecurityOptions ?? []).some(option => option.includes('rootless')),
    runtime: info.DefaultRuntime ?? '?',
    idmap: false,
    cgroupVersion: info.CgroupVersion === '2' ? 2 : 1,
    limits: {
      memory: info.MemoryLimit !== false,
      cpus: info.CpuCfsQuota !== false,
      pids: info.PidsLimit !== false,
    },
  };
}

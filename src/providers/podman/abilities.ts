import {compat, type Engine, libpod} from './engine.ts';
import {type EngineAbilities, mapsIds} from './ownership.ts';

interface PodmanInfo {
  readonly host?: {
    readonly security?: {readonly rootless?: boolean};
    readonly ociRuntime?: {readonly name?: string; readonly version?: string};
    readonly kernel?: string;
  };
}

const known = new WeakMap<Engine, EngineAbilities>();

/** Kernels from 5.12 map ids in mounts. */
const kernelMaps = (version: string) => {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 12);
};

/** What this engine can do about file owners. Asked once: the answer takes it 10–30 ms. */
export async function engineAbilities(engine: Engine): Promise<EngineAbilities> {
  const before = known.get(engine);
  if (before) return before;
  const abilities = await ask(engine);
  known.set(engine, abilities);
  return abilities;
}

async function ask(engine: Engine): Promise<EngineAbilities> {
  if (engine.flavor === 'docker') {
    const {body} = await engine.ask('GET', `${compat}/info`);
    const options = (body as {SecurityOptions?: readonly string[]}).SecurityOptions ?? [];
    return {flavor: 'docker', rootless: options.some(option => option.includes('rootless')), idmap: false};
  }
  const {body} = await engine.ask('GET', `${libpod}/info`);
  const {security, ociRuntime, kernel = ''} = (body as PodmanInfo).host ?? {};
  const idmap = kernelMaps(kernel) && mapsIds(ociRuntime?.name ?? '', ociRuntime?.version ?? '');
  return {flavor: 'podman', rootless: security?.rootless === true, idmap};
}

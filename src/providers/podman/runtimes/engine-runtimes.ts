import {AppError} from '../../../errors.ts';
import type {Paths} from '../../../lib/paths.ts';
import type {EnvironmentId, EnvironmentSpec, Network} from '../../provider.ts';
import {type Engine, libpod, openEngine} from '../engine.ts';
import type {EngineAbilities} from '../ownership.ts';
import {type Env, makerSocket, renewRuntimes} from '../socket.ts';
import {machineHasKvm, resolveRuntime, runtimesOf} from './resolve.ts';
import {engineName, runtimeKinds} from './runtimes.ts';

type Asked = Pick<EnvironmentSpec, 'runtime' | 'network'>;

/** The OCI runtimes of one engine: which can be used, and how a container comes to run with one. */
export function createRuntimes({
  engine,
  paths,
  env,
  trial,
}: {
  readonly engine: Engine;
  readonly paths: Paths;
  readonly env: Env;
  readonly trial: (runtime: string, network: Network) => Promise<void>;
}) {
  const podman = engine.flavor === 'podman';
  const makers = new Map<string, Engine>();
  /** Trials that went well, by what was tried. */
  const tried = new Map<string, Promise<void>>();
  const tryOnce = (runtime: string, network: Network, stamp: string): Promise<void> => {
    const key = [engine.connections, engineName(runtime, network), stamp].join(' ');
    const trying = tried.get(key) ?? trial(runtime, network);
    tried.set(key, trying);
    trying.catch(() => tried.delete(key));
    return trying;
  };
  const nameFor = ({runtime, network}: Asked): string | undefined =>
    runtime === undefined || !podman ? runtime : engineName(runtime, network);

  return {
    async resolve(asked: string, network: Network): Promise<string | undefined> {
      if (asked === 'auto') return undefined;
      if (podman) await renewRuntimes(paths, env);
      const known = {...(await runtimesOf(engine)), name: engine.flavor};
      return resolveRuntime({asked, network, engine: known, search: env.PATH, hasKvm: machineHasKvm(), trial: tryOnce});
    },
    /** What of a spec the engine is told by another name. */
    inSpec(spec: EnvironmentSpec): Pick<EnvironmentSpec, 'runtime'> {
      const runtime = nameFor(spec);
      return runtime === undefined ? {} : {runtime};
    },
    abilitiesFor: (abilities: EngineAbilities, runtime: string | undefined): EngineAbilities =>
      runtime !== undefined && runtimeKinds[runtime]?.mapsNoIds ? {...abilities, idmap: false} : abilities,
    /** The engine that makes a container of this runtime: a Podman has one for all that it makes. */
    async makerFor(spec: Asked): Promise<Engine> {
      const name = nameFor(spec);
      if (name === undefined || !podman || name === (await runtimesOf(engine)).usual) return engine;
      const maker = makers.get(name) ?? openEngine('podman', () => makerSocket(paths, env, name));
      makers.set(name, maker);
      return maker;
    },
    /** Throws UNSUPPORTED for a container that came to be of another runtime than was asked for: some versions pass that over. */
    async check(id: EnvironmentId, {runtime}: Pick<EnvironmentSpec, 'runtime'>): Promise<void> {
      if (runtime === undefined || !podman) return;
      const {body} = await engine.ask('GET', `${libpod}/containers/${id}/json`);
      const {OCIRuntime} = body as {readonly OCIRuntime?: string};
      if (OCIRuntime === runtime) return;
      throw new AppError('UNSUPPORTED', `Podman made it for ${OCIRuntime ?? 'another runtime'}, not for ${runtime}`);
    },
    close() {
      for (const maker of makers.values()) maker.close();
    },
  };
}

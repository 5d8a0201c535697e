import type {Machine} from '../../../lib/checkup/machine.ts';
import type {Paths} from '../../../lib/paths.ts';
import type {ImageInfo} from '../../provider.ts';
import {dockerAbilities, podmanAbilities} from '../abilities.ts';
import {directoryLabel} from '../create/places.ts';
import {compat, type Engine, libpod} from '../engine.ts';
import type {EngineAbilities} from '../ownership.ts';

/** An environment as far as it tells whether anybody still knows of it. */
export interface Leftover {
  readonly name: string;
  /** Of its session's, below the home it was made for. */
  readonly directory: string;
}

/** An engine as its checks look at it. */
export interface EngineView {
  readonly machine: Machine;
  readonly paths: Paths;
  readonly abilities: EngineAbilities;
  readonly seccomp: boolean;
  /** Where it keeps images, if it says so; of a virtual machine's, no path of this machine. */
  readonly storage: {readonly root: string | undefined; readonly driver: string};
  /** The path of the socket it answers on. */
  socket(): Promise<string>;
  images(): Promise<readonly ImageInfo[]>;
  /** Environments of every TRAILS_HOME there is or was. */
  environments(): Promise<readonly Leftover[]>;
  /** The time it tells; undefined when it does not. */
  time(): Promise<number | undefined>;
}

interface Info {
  readonly host?: {readonly security?: {readonly seccompEnabled?: boolean}};
  readonly store?: {readonly graphRoot?: string; readonly graphDriverName?: string};
  readonly SecurityOptions?: readonly string[] | null;
  readonly DockerRootDir?: string;
  readonly Driver?: string;
}

/** What an engine says of itself. */
export function factsIn(
  flavor: Engine['flavor'],
  body: unknown,
): Pick<EngineView, 'abilities' | 'seccomp' | 'storage'> {
  const info = (body ?? {}) as Info;
  if (flavor === 'docker') {
    return {
      abilities: dockerAbilities(info as Parameters<typeof dockerAbilities>[0]),
      seccomp: (info.SecurityOptions ?? []).some(option => option.includes('seccomp')),
      storage: {root: info.DockerRootDir, driver: info.Driver ?? '?'},
    };
  }
  return {
    abilities: podmanAbilities(info as Parameters<typeof podmanAbilities>[0]),
    seccomp: info.host?.security?.seccompEnabled !== false,
    storage: {root: info.store?.graphRoot, driver: info.store?.graphDriverName ?? '?'},
  };
}

async function environmentsOf(engine: Engine): Promise<readonly Leftover[]> {
  const filters = encodeURIComponent(JSON.stringify({label: ['trails.session']}));
  const {body} = await engine.ask('GET', `${compat}/containers/json?all=true&filters=${filters}`);
  const rows = body as readonly {readonly Names?: readonly string[]; readonly Labels?: Record<string, string>}[];
  return rows.flatMap(({Names, Labels}) => {
    const directory = Labels?.[directoryLabel];
    const name = Names?.[0]?.replace(/^\//, '');
    return directory === undefined || name === undefined ? [] : [{name, directory}];
  });
}

async function timeOf(engine: Engine): Promise<number | undefined> {
  const message = await engine.stream('GET', '/_ping');
  message.resume();
  const time = Date.parse(message.headers.date ?? '');
  return Number.isNaN(time) ? undefined : time;
}

export interface EngineOptions {
  readonly engine: Engine;
  readonly machine: Machine;
  readonly paths: Paths;
  readonly images: EngineView['images'];
  readonly socket: EngineView['socket'];
}

/** Throws ENGINE_UNREACHABLE, ENGINE_REFUSED. */
export async function engineView({engine, ...rest}: EngineOptions): Promise<EngineView> {
  const {body} = await engine.ask('GET', engine.flavor === 'docker' ? `${compat}/info` : `${libpod}/info`);
  return {
    ...rest,
    ...factsIn(engine.flavor, body),
    environments: () => environmentsOf(engine),
    time: () => timeOf(engine),
  };
}

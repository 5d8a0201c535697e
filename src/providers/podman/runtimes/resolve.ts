import {existsSync, statSync} from 'node:fs';
import {AppError} from '../../../errors.ts';
import {onPath} from '../../../lib/on-path.ts';
import type {Network} from '../../provider.ts';
import {compat, type Engine, libpod} from '../engine.ts';
import {runtimeKinds} from './runtimes.ts';

/** What an engine says of its runtimes. */
export interface EngineRuntimes {
  readonly usual: string;
  /** By name; undefined: it does not say. */
  readonly known?: readonly string[] | undefined;
}

interface Info {
  readonly host?: {readonly ociRuntime?: {readonly name?: string}};
  readonly DefaultRuntime?: string;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
}

export async function runtimesOf(engine: Engine): Promise<EngineRuntimes> {
  const podman = engine.flavor === 'podman';
  const {body} = await engine.ask('GET', podman ? `${libpod}/info` : `${compat}/info`);
  const {host, DefaultRuntime, Runtimes} = body as Info;
  return podman
    ? {usual: host?.ociRuntime?.name ?? ''}
    : {usual: DefaultRuntime ?? '', known: Object.keys(Runtimes ?? {})};
}

export interface ResolveInput {
  readonly asked: string;
  readonly network: Network;
  readonly engine: EngineRuntimes & {readonly name: string};
  /** Where programs are looked for. */
  readonly search: string | undefined;
  readonly hasKvm: boolean;
  /** Runs something tiny with it. Throws when that does not come about. */
  readonly trial: (runtime: string, network: Network, stamp: string) => Promise<void>;
}

/** Why it cannot be used; undefined when it can. */
async function problemWith({asked, network, engine, search, hasKvm, trial}: ResolveInput): Promise<string | undefined> {
  const kind = runtimeKinds[asked];
  if (kind === undefined) return `it is none that Trails knows: ${Object.keys(runtimeKinds).join(', ')}`;
  const program = kind.programs.map(name => onPath(name, search)).find(found => found !== undefined);
  if (engine.known && !engine.known.includes(asked)) return `${engine.name} is not set up for it`;
  if (!engine.known && program === undefined) return `${kind.programs[0]} is not installed`;
  if (kind.needsKvm && !hasKvm) return 'this machine has no /dev/kvm';
  try {
    const stamp = program === undefined ? '' : `${program} ${statSync(program, {throwIfNoEntry: false})?.mtimeMs}`;
    await trial(asked, network, stamp);
    return undefined;
  } catch (error) {
    return `a trial of it failed: ${(error as Error).message}`;
  }
}

/** The runtime to be used, by name; undefined: the engine's own. Throws UNSUPPORTED with the reason for one that cannot be used. */
export async function resolveRuntime(input: ResolveInput): Promise<string | undefined> {
  const {asked, engine} = input;
  if (asked === 'auto') return undefined;
  if (asked === engine.usual) return asked;
  const problem = await problemWith(input);
  if (problem === undefined) return asked;
  throw new AppError(
    'UNSUPPORTED',
    `The runtime ${asked.replace(/\p{Cc}/gu, '?').slice(0, 40)} cannot be used: ${problem}`,
    {
      hint: `Leave it to the engine, which has ${engine.usual}: \`--runtime auto\`; or set runtime.fallback.`,
    },
  );
}

export const machineHasKvm = (): boolean => existsSync('/dev/kvm');

import {AppError} from '../../errors.ts';
import type {Owner} from '../provider.ts';
import type {Flavor} from './engine.ts';

/** Who the agent is inside. Never root; the same in every image. */
export const agentId = 1000;
/** First host id of the range that a rootful engine's environments get: nothing else on the machine belongs to it. */
const mappedFrom = 200_000;
const mappedIds = 65_536;

/** Limits that bite: without its controller one is ignored, or refused. */
export interface EnforcedLimits {
  readonly memory: boolean;
  readonly cpus: boolean;
  readonly pids: boolean;
}

export interface EngineAbilities {
  readonly flavor: Flavor;
  readonly version: string;
  readonly rootless: boolean;
  /** The OCI runtime's name and version, in its own words. */
  readonly runtime: string;
  readonly cgroupVersion: 1 | 2;
  readonly limits: EnforcedLimits;
  /** The runtime maps ids in a bind mount: crun from 1.4.3, runc from 1.2, on a kernel from 5.12. */
  readonly idmap: boolean;
}

export interface Ownership {
  readonly how: 'keep-id' | 'idmap' | 'owner';
  /** For the engine's `user`. */
  readonly user: string;
  readonly userns?: {readonly nsmode: string; readonly value?: string};
  readonly idmappings?: {
    readonly UIDMap: readonly IdMap[];
    readonly GIDMap: readonly IdMap[];
    readonly HostUIDMapping: boolean;
    readonly HostGIDMapping: boolean;
  };
  /** Further options of every writable bind mount, for a directory of this owner. */
  bindOptions(owner: Owner): readonly string[];
}
interface IdMap {
  readonly container_id: number;
  readonly host_id: number;
  readonly size: number;
}

const none = () => [];

/**
 * How the agent is a user that is not root, can write in the workspace, and makes files there that belong to the directory's
 * owner. Throws NOT_ALLOWED where this engine has no way.
 */
export function ownershipFor(engine: EngineAbilities, owner: Owner, workspace: string): Ownership {
  const user = `${agentId}:${agentId}`;
  if (engine.flavor === 'podman' && engine.rootless) {
    // The user who runs Podman is user 1000 inside.
    return {
      how: 'keep-id',
      user,
      userns: {nsmode: 'keep-id', value: `uid=${agentId},gid=${agentId}`},
      bindOptions: none,
    };
  }
  if (engine.flavor === 'podman' && engine.idmap) {
    const map = [{container_id: 0, host_id: mappedFrom, size: mappedIds}];
    return {
      how: 'idmap',
      user,
      userns: {nsmode: 'private'},
      idmappings: {UIDMap: map, GIDMap: map, HostUIDMapping: false, HostGIDMapping: false},
      bindOptions: ({uid, gid}) => [`idmap=uids=@${uid}-${agentId}-1;gids=@${gid}-${agentId}-1`],
    };
  }
  if (owner.uid !== 0) return {how: 'owner', user: `${owner.uid}:${owner.gid}`, bindOptions: none};
  const why =
    engine.flavor === 'docker'
      ? 'Docker cannot map ids in a bind mount'
      : 'this OCI runtime does not map ids in bind mounts';
  throw new AppError('NOT_ALLOWED', `${workspace} belongs to root, the agent must not be root, and ${why}`, {
    hint:
      engine.flavor === 'docker'
        ? 'Use Podman, or give the directory to a user: `chown -R USER DIR`.'
        : 'Run `trails setup` (it installs crun), or give the directory to a user: `chown -R USER DIR`.',
  });
}

/** Who has what root makes for an environment, where root's own cannot be worked in; undefined where it can. */
export const inPlaceOfRoot = ({flavor, rootless, idmap}: EngineAbilities): Owner | undefined =>
  flavor === 'podman' && (rootless || idmap) ? undefined : {uid: agentId, gid: agentId};

/** Whether a runtime of this name and version text maps ids in bind mounts. */
export function mapsIds(name: string, version: string): boolean {
  const [, major = '0', minor = '0', patch = '0'] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  const number = Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
  if (name.includes('crun')) return number >= 10_403;
  return name.includes('runc') && number >= 10_200;
}

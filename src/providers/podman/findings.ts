import {existsSync, readFileSync} from 'node:fs';
import {userInfo} from 'node:os';
import {AppError} from '../../errors.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Finding, Images} from '../provider.ts';
import {engineAbilities} from './abilities.ts';
import type {Engine} from './engine.ts';
import {machineNeeds, readMachine} from './machine.ts';
import type {EngineAbilities} from './ownership.ts';
import {wrapperFile} from './setup.ts';
import {type Env, settingsFile} from './socket.ts';

interface Place {
  readonly paths: Paths;
  readonly env: Env;
}

/** What doctor says of this engine. Never throws: what is missing is a finding. */
export async function findingsOf(
  engine: Engine,
  images: Images,
  place: Place,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const {flavor} = engine;
  try {
    const abilities = await engineAbilities(engine);
    const podman = flavor === 'podman';
    return [
      {
        check: flavor,
        state: 'ok',
        detail: `version ${abilities.version}, ${abilities.rootless ? 'without root' : 'as root'}`,
      },
      ...(podman ? [settingsFinding(place, abilities)] : []),
      ownersFinding(abilities),
      limitsFinding(abilities),
      ...(podman && abilities.rootless ? [idsFinding()] : []),
      await imagesFinding(flavor, images, signal),
    ];
  } catch (error) {
    const fix = error instanceof AppError ? error.hint : undefined;
    return [{check: flavor, state: 'missing', detail: (error as Error).message, ...(fix === undefined ? {} : {fix})}];
  }
}

function settingsFinding({paths, env}: Place, {runtime}: EngineAbilities): Finding {
  const check = 'podman: settings';
  const written = existsSync(settingsFile(paths));
  const needs = written ? [] : machineNeeds(readMachine(env), wrapperFile(paths));
  if (needs.length === 0) {
    return {check, state: 'ok', detail: written ? `${runtime}, by ${settingsFile(paths)}` : runtime};
  }
  const detail = `containers may not start here: ${needs.map(need => need.why).join('; ')}`;
  return {check, state: 'warning', detail, fix: 'trails setup'};
}

function ownersFinding({flavor, rootless, idmap}: EngineAbilities): Finding {
  const check = `${flavor}: file owners`;
  if (flavor === 'podman' && rootless) return {check, state: 'ok', detail: 'keep-id'};
  if (idmap) return {check, state: 'ok', detail: 'id-mapped mounts'};
  const fix = flavor === 'podman' ? 'trails setup (installs crun)' : 'Use Podman, or `chown` the directory to a user';
  return {check, state: 'warning', detail: 'directories of root cannot be worked in', fix};
}

function limitsFinding({flavor, limits, cgroupVersion}: EngineAbilities): Finding {
  const check = `${flavor}: limits`;
  const lacking = Object.entries(limits).filter(([, bites]) => !bites);
  if (lacking.length === 0) return {check, state: 'ok', detail: `enforced (cgroup v${cgroupVersion})`};
  const names = lacking.map(([name]) => name).join(', ');
  return {
    check,
    state: 'warning',
    detail: `not enforced without root on cgroup v${cgroupVersion}: ${names}`,
    fix: 'Delegate the controllers to your user (systemd: Delegate=yes, cgroup v2), or run the engine as root',
  };
}

function idsFinding(): Finding {
  const {username, uid} = userInfo();
  const lacking = ['/etc/subuid', '/etc/subgid'].filter(file => {
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return !lines.some(line => line.startsWith(`${username}:`) || line.startsWith(`${uid}:`));
  });
  const check = 'podman: ids of containers';
  if (lacking.length === 0) return {check, state: 'ok', detail: `a range belongs to ${username}`};
  return {
    check,
    state: 'missing',
    detail: `${username} has no range in ${lacking.join(' and ')}`,
    fix: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username} && podman system migrate`,
  };
}

async function imagesFinding(flavor: string, images: Images, signal?: AbortSignal): Promise<Finding> {
  const own = (await images.list(signal)).filter(image => image.reference.startsWith('localhost/trails/'));
  const built = own.length > 0 ? own.map(image => image.reference).join(', ') : 'base is not built';
  return {check: `${flavor}: images`, state: 'ok', detail: `host (this machine's own tools); ${built}`};
}

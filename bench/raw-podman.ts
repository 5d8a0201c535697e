import {chmodSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {run} from '../src/lib/exec.ts';
import {engineAbilities} from '../src/providers/podman/abilities.ts';
import {agentScript} from '../src/providers/podman/create/agent-script.ts';
import {podmanBody} from '../src/providers/podman/create/podman-body.ts';
import {sandboxInput} from '../src/providers/podman/create/sandbox-input.ts';
import {openEngine} from '../src/providers/podman/engine.ts';
import {hostEnv, hostImage} from '../src/providers/podman/host-image.ts';
import {ownershipFor} from '../src/providers/podman/ownership.ts';
import {engineEnv, engineSocket} from '../src/providers/podman/socket.ts';
import type {EnvironmentSpec} from '../src/providers/provider.ts';
import {sandboxOf} from '../src/providers/sandbox/profile.ts';
import {homeLabel} from '../src/sessions/context.ts';
import {limits, type PodmanHome, rawName} from './podman-home.ts';

type Body = ReturnType<typeof podmanBody>;

/** The flags of `podman run` that ask for what our create call asks for. */
function flagsOf(body: Body): readonly string[] {
  const {memory, cpu, pids} = body.resource_limits;
  const each = <T>(list: readonly T[] | undefined, flag: string, text: (one: T) => string) =>
    (list ?? []).flatMap(one => [flag, text(one)]);
  const mapping = (one: {readonly container_id: number; readonly host_id: number; readonly size: number}) =>
    `${one.container_id}:${one.host_id}:${one.size}`;
  return [
    ...['--name', body.name, '--hostname', body.hostname, '--entrypoint', JSON.stringify(body.entrypoint)],
    ...['-w', body.work_dir, '--user', body.user, '--init', '--systemd=false', '--pull=never'],
    ...each(Object.entries(body.labels), '--label', ([key, value]) => `${key}=${value}`),
    ...each(Object.entries(body.env), '-e', ([key, value]) => `${key}=${value}`),
    ...(body.userns?.nsmode === 'keep-id' ? ['--userns', `keep-id:${body.userns.value}`] : []),
    ...each(body.idmappings?.UIDMap, '--uidmap', mapping),
    ...each(body.idmappings?.GIDMap, '--gidmap', mapping),
    ...['--read-only', '--read-only-tmpfs=false', '--cap-drop=ALL', '--security-opt=no-new-privileges'],
    `--security-opt=seccomp=${body.seccomp_profile_path}`,
    ...['--network', body.netns.nsmode, '--log-driver', 'k8s-file', '--log-opt', `path=${body.log_configuration.path}`],
    ...(memory ? ['--memory', `${memory.limit}b`, '--memory-swap', `${memory.swap}b`] : []),
    ...(cpu ? ['--cpu-quota', String(cpu.quota), '--cpu-period', String(cpu.period)] : []),
    ...(pids ? ['--pids-limit', String(pids.limit)] : []),
    ...each(body.r_limits, '--ulimit', ({type, soft, hard}) => `${type}=${soft}:${hard}`),
    ...body.mounts.flatMap(({type, source, destination, options}) =>
      type === 'bind'
        ? ['-v', `${source}:${destination}:${options.join(',')}`]
        : ['--tmpfs', `${destination}:${options.join(',')}`],
    ),
  ];
}

export interface RawContainer {
  readonly name: string;
  /** Behind `podman`. */
  readonly runArguments: readonly string[];
  /** Of those, what holds it, and the image. */
  readonly strictArguments: readonly string[];
}

/** Writes what a session's container mounts and gives the `podman run -dt` for the same image, mounts and flags. */
export async function rawContainer(home: PodmanHome, command: readonly string[]): Promise<RawContainer> {
  const name = rawName();
  const stateDir = path.join(home.paths.state, 'raw', name);
  for (const part of ['home', 'run', 'secrets', 'tmp']) mkdirSync(path.join(stateDir, part), {recursive: true});
  const script = path.join(stateDir, 'run', 'agent');
  writeFileSync(script, agentScript(command));
  chmodSync(script, 0o755);
  const workspace = home.repo(name);
  const {reference, mounts} = hostImage();
  const engine = openEngine('podman', () => engineSocket('podman', home.paths, home.env));
  const abilities = await engineAbilities(engine);
  engine.close();
  const ownerOf = (directory: string) => {
    const {uid, gid} = statSync(directory);
    return {uid, gid};
  };
  const spec: EnvironmentSpec = {
    ...{name, hostname: name, image: 'host', labels: homeLabel(home.paths), workspace, mounts: [], stateDir, limits},
    ...{env: {}, network: 'none', sandbox: sandboxOf('strict')},
  };
  const body = podmanBody({
    spec,
    ...sandboxInput(home.paths.state, spec),
    ...{image: reference, mounts, env: hostEnv, ownerOf, logPath: path.join(stateDir, 'output.log')},
    enforced: abilities.limits,
    ownership: ownershipFor(abilities, ownerOf(workspace), workspace),
  });
  const strictArguments = [...flagsOf(body), reference];
  return {name, strictArguments, runArguments: ['run', '-dt', '-i', ...strictArguments]};
}

/** The image with its mounts, and otherwise as Podman has it. */
export function plainArguments(): readonly string[] {
  const {reference, mounts} = hostImage();
  return ['--pull=never', ...mounts.flatMap(({source, target}) => ['-v', `${source}:${target}:ro`]), reference];
}

/** Runs Podman's command with this home's settings; throws with what it said when it fails. */
export async function podman(home: PodmanHome, args: readonly string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await run('podman', args, {env: engineEnv(home.paths)});
  if (exitCode !== 0) throw new Error(`podman ${args[0]} ended with ${exitCode}: ${stderr}`);
  return stdout.trim();
}

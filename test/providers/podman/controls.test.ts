import {describe, expect, test} from 'vitest';
import {dockerAbilities, podmanAbilities} from '../../../src/providers/podman/abilities.ts';
import {dockerBody} from '../../../src/providers/podman/create/docker-body.ts';
import type {CreateInput} from '../../../src/providers/podman/create/input.ts';
import {podmanBody} from '../../../src/providers/podman/create/podman-body.ts';
import {ownershipFor} from '../../../src/providers/podman/ownership.ts';
import type {EnvironmentSpec} from '../../../src/providers/provider.ts';
import {type ControlName, controls} from '../../../src/providers/sandbox/controls.ts';
import {type Loosening, loosenings, sandboxOf} from '../../../src/providers/sandbox/profile.ts';
import {seccompProfile} from '../../../src/providers/sandbox/seccomp/profile.ts';

interface Bodies {
  readonly spec: EnvironmentSpec;
  readonly podman: ReturnType<typeof podmanBody>;
  readonly docker: ReturnType<typeof dockerBody>['HostConfig'] & {
    readonly User: string;
    readonly Env: readonly string[];
  };
}

const strictly = JSON.parse(seccompProfile(sandboxOf('strict')));
const securityOf = ({docker}: Bodies, name: string) =>
  docker.SecurityOpt.find(one => one === name || one.startsWith(`${name}=`))?.slice(name.length + 1);
const own = (value: unknown) => JSON.stringify(value) === '{"nsmode":"private"}';
const noOptions = ({podman}: Bodies, target: string) =>
  podman.mounts.find(one => one.destination === target)?.options ?? [];
const limit = ({podman}: Bodies, name: string) => podman.r_limits.find(({type}) => type === name);

/** What of each control stands in what is asked of the engines. */
const stands: Record<ControlName, (bodies: Bodies) => boolean> = {
  user: ({podman, docker}) => /^[1-9]\d*:[1-9]\d*$/.test(podman.user) && /^[1-9]\d*:[1-9]\d*$/.test(docker.User),
  capabilities: ({podman, docker}) =>
    [podman.cap_drop, docker.CapDrop].every(one => one.join() === 'ALL') &&
    !('cap_add' in podman || 'CapAdd' in docker || podman.privileged || docker.Privileged),
  'no new privileges': bodies =>
    bodies.podman.no_new_privileges && securityOf(bodies, 'no-new-privileges') !== undefined,
  'root file system': ({podman, docker}) => podman.read_only_filesystem && docker.ReadonlyRootfs,
  'system calls': bodies => {
    const {syscalls} = JSON.parse(securityOf(bodies, 'seccomp') ?? '{}');
    return (
      bodies.podman.seccomp_profile_path === '/state/seccomp/1.json' &&
      JSON.stringify(syscalls) === JSON.stringify(strictly.syscalls)
    );
  },
  'setuid files': bodies => {
    const {syscalls} = JSON.parse(securityOf(bodies, 'seccomp') ?? '{}');
    const open = syscalls.filter(
      (one: {action: string; args: unknown[]}) => one.action === 'SCMP_ACT_ALLOW' && one.args.length === 0,
    );
    const names = new Set(open.flatMap((one: {names: string[]}) => one.names));
    return ['chmod', 'fchmod', 'fchmodat', 'open', 'openat', 'openat2', 'creat', 'mknod', 'mknodat'].every(
      name => !names.has(name),
    );
  },
  AppArmor: bodies =>
    bodies.podman.apparmor_profile === 'trails-sandbox' && securityOf(bodies, 'apparmor') === 'trails-sandbox',
  '/tmp and /var/tmp': bodies =>
    ['/tmp', '/var/tmp'].every(target => {
      const options = noOptions(bodies, target).join();
      const [, size = 'none'] = /^size=(\d+),/.exec(options) ?? [];
      return (
        /,nosuid,nodev,noexec,/.test(options) &&
        bodies.docker.Tmpfs[target] === options &&
        Number(size) <= bodies.spec.limits.memoryBytes / 4
      );
    }),
  TMPDIR: bodies => {
    const options = noOptions(bodies, '/run/trails-tmp');
    return (
      options.includes('rw') &&
      !options.includes('noexec') &&
      bodies.podman.env.TMPDIR === '/run/trails-tmp' &&
      bodies.docker.Env.includes('TMPDIR=/run/trails-tmp') &&
      bodies.docker.Binds.includes('/state/x/tmp:/run/trails-tmp:rw')
    );
  },
  mounts: ({podman}) =>
    podman.mounts.length > 4 &&
    podman.mounts.every(({options}) => options.includes('nosuid') && options.includes('nodev')),
  memory: ({podman, docker, spec: {limits}}) =>
    podman.resource_limits.memory?.limit === limits.memoryBytes &&
    podman.resource_limits.memory.swap === limits.memoryBytes &&
    docker.Memory === limits.memoryBytes &&
    docker.MemorySwap === limits.memoryBytes,
  CPUs: ({podman, docker, spec: {limits}}) =>
    podman.resource_limits.cpu?.quota === limits.cpus * 100_000 && docker.NanoCpus === limits.cpus * 1e9,
  processes: ({podman, docker, spec: {limits}}) =>
    podman.resource_limits.pids?.limit === limits.pids && docker.PidsLimit === limits.pids,
  ulimits: bodies =>
    ['nofile', 'nproc'].every(name => limit(bodies, name)?.hard === 4096) &&
    ['nofile', 'nproc'].every(name => bodies.docker.Ulimits.some(one => one.Name === name && one.Hard === 4096)),
  'core dumps': bodies =>
    limit(bodies, 'core')?.hard === 0 && bodies.docker.Ulimits.some(one => one.Name === 'core' && one.Hard === 0),
  network: ({podman, docker, spec: {network}}) =>
    [podman.netns.nsmode, docker.NetworkMode].every(mode => mode === (network === 'open' ? 'bridge' : 'none')),
  namespaces: ({podman, docker}) =>
    [podman.pidns, podman.ipcns, podman.utsns, podman.cgroupns].every(own) &&
    docker.IpcMode === 'private' &&
    !('PidMode' in docker || 'UTSMode' in docker || 'UsernsMode' in docker),
  devices: ({podman, docker}) =>
    !('devices' in podman || 'Devices' in docker || 'device_cgroup_rule' in podman || 'DeviceRequests' in docker),
  sockets: ({podman, docker}) => {
    const given = [...podman.mounts.map(({source}) => source), ...docker.Binds].filter(one => one.includes('.sock'));
    return given.length === 0 && !podman.env_host && !podman.httpproxy;
  },
};

const somebody = {uid: 1234, gid: 99};
const crun = {name: 'crun', version: 'crun version 1.8.1\ncommit: x'};
const engines = {
  rootful: podmanAbilities({host: {cgroupVersion: 'v1', kernel: '6.1.0', ociRuntime: crun}}),
  rootless: podmanAbilities({
    host: {
      cgroupVersion: 'v2',
      cgroupControllers: ['memory', 'pids', 'cpu'],
      security: {rootless: true},
      ociRuntime: crun,
    },
  }),
};

function bodiesOf(engine: keyof typeof engines, changes: Partial<EnvironmentSpec>): Bodies {
  const spec: EnvironmentSpec = {
    ...{name: 'trails-x', hostname: 'x', image: 'host', labels: {}, workspace: '/code', stateDir: '/state/x'},
    ...{mounts: [{source: '/extra', target: '/extra', readOnly: false}], env: {FOO: '1'}, network: 'none'},
    limits: {memoryBytes: 2 ** 30, cpus: 1.5, pids: 7},
    sandbox: sandboxOf('strict'),
    ...changes,
  };
  const input = (ownership: CreateInput['ownership']): CreateInput => ({
    ...{spec, image: 'localhost/x', mounts: [{source: '/usr', target: '/usr', readOnly: true}], env: {}, ownership},
    ...{enforced: engines[engine].limits, ownerOf: () => somebody, logPath: '/state/x/output.log'},
    ...{seccompFile: '/state/seccomp/1.json', apparmor: true},
  });
  const {HostConfig, User, Env} = dockerBody(input(ownershipFor(dockerAbilities({}), somebody, '/code')));
  return {
    spec,
    podman: podmanBody(input(ownershipFor(engines[engine], somebody, '/code'))),
    docker: {...HostConfig, User, Env},
  };
}

/** Every way to loosen: each set of them. */
const sets = Array.from({length: 2 ** loosenings.length}, (_, bits) =>
  loosenings.filter((_, index) => (bits >> index) % 2 === 1),
);
const specs: readonly (readonly [string, Partial<EnvironmentSpec>])[] = [
  ['as it comes', {}],
  ['a list of hosts', {network: 'allowlist', egress: '/egress/x'}],
  ['open, with a runtime', {network: 'open', runtime: 'runsc'}],
  ['another image, little memory', {image: 'debian', limits: {memoryBytes: 2 ** 24, cpus: 1, pids: 8}}],
];

describe.each(
  Object.keys(engines) as (keyof typeof engines)[],
)('whatever is asked of Docker or a Podman that is %s', engine => {
  describe.each(specs)('%s', (_, changes) => {
    test.each(controls)('$name holds unless it is loosened, and only then not', ({name, loosened = {}}) => {
      const by = Object.keys(loosened) as readonly Loosening[];
      for (const named of sets) {
        const holds = stands[name](bodiesOf(engine, {...changes, sandbox: sandboxOf('strict', named)}));
        expect(holds, named.join() || 'nothing').toBe(!named.some(one => by.includes(one)));
      }
    });
  });
});

test('relaxed is what its loosenings are', () => {
  const {podman} = bodiesOf('rootful', {sandbox: sandboxOf('relaxed')});
  expect(podman).toEqual(
    bodiesOf('rootful', {sandbox: {...sandboxOf('strict', ['tmp-exec', 'debug', 'namespaces'])}}).podman,
  );
});

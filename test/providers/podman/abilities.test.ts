import {describe, expect, test} from 'vitest';
import {dockerAbilities, podmanAbilities} from '../../../src/providers/podman/abilities.ts';
import {dockerBody} from '../../../src/providers/podman/create/docker-body.ts';
import type {CreateInput} from '../../../src/providers/podman/create/input.ts';
import {podmanBody} from '../../../src/providers/podman/create/podman-body.ts';
import {ownershipFor} from '../../../src/providers/podman/ownership.ts';
import {sandboxOf} from '../../../src/providers/sandbox/profile.ts';

const crun = {name: 'crun', version: 'crun version 1.8.1\ncommit: x'};
const rootful = podmanAbilities({host: {cgroupVersion: 'v1', kernel: '6.1.0', ociRuntime: crun}});
const rootless = podmanAbilities({
  host: {cgroupVersion: 'v2', cgroupControllers: ['memory', 'pids'], security: {rootless: true}, ociRuntime: crun},
});
const root = {uid: 0, gid: 0};
const somebody = {uid: 1234, gid: 99};

describe('what an engine can do is read from what it says', () => {
  test('with root, every limit bites, on old cgroups too', () => {
    expect(rootful.limits).toEqual({memory: true, cpus: true, pids: true});
  });

  test('without root, only what was delegated', () => {
    expect(rootless.limits).toEqual({memory: true, cpus: false, pids: true});
    const old = podmanAbilities({host: {cgroupVersion: 'v1', security: {rootless: true}}});
    expect(old.limits).toEqual({memory: false, cpus: false, pids: false});
  });

  test.each([
    ['crun', 'crun version 1.8.1', '6.1.0', true],
    ['crun', 'crun version 1.4.2', '6.1.0', false],
    ['runc', 'runc version 1.1.5+ds1', '6.1.0', false],
    ['runc', 'runc version 1.2.0', '6.1.0', true],
    ['crun', 'crun version 1.8.1', '5.10.0', false],
  ])('%s, %s, on Linux %s: mapped mounts %s', (name, version, kernel, idmap) => {
    expect(podmanAbilities({host: {kernel, ociRuntime: {name, version}}}).idmap).toBe(idmap);
  });

  test('Docker without root is seen', () => {
    expect(dockerAbilities({SecurityOptions: ['name=seccomp', 'name=rootless']}).rootless).toBe(true);
    expect(dockerAbilities({SecurityOptions: null, PidsLimit: false}).limits.pids).toBe(false);
  });
});

describe('who the agent is', () => {
  const docker = dockerAbilities({});
  test.each([
    ["Podman with root, a directory of root's", rootful, root, 'idmap'],
    ["Podman with root, somebody's directory", rootful, somebody, 'idmap'],
    ['Podman without root', rootless, somebody, 'keep-id'],
    ["Docker, somebody's directory", docker, somebody, 'owner'],
  ] as const)('%s: by %s', (_, abilities, owner, how) => {
    const decided = ownershipFor(abilities, owner, '/code');
    expect(decided.how).toBe(how);
    expect(decided.user).not.toMatch(/^0:/);
  });

  test.each([
    ['Docker', docker],
    ['an old runtime', {...rootful, idmap: false}],
  ] as const)("%s and a directory of root's are refused, naming it", (_, abilities) => {
    expect(() => ownershipFor(abilities, root, '/code')).toThrow(
      expect.objectContaining({code: 'NOT_ALLOWED', message: expect.stringContaining('/code')}),
    );
  });
});

describe('the description of a container', () => {
  const input: CreateInput = {
    spec: {
      name: 'trails-x',
      hostname: 'x',
      image: 'host',
      labels: {'trails.session': 'x'},
      workspace: '/code',
      mounts: [],
      stateDir: '/state/x',
      env: {},
      limits: {memoryBytes: 1024, cpus: 1.5, pids: 7},
      network: 'none',
      sandbox: sandboxOf('strict'),
    },
    image: 'localhost/trails-host:1',
    mounts: [],
    env: {},
    enforced: rootful.limits,
    ownership: ownershipFor(rootful, somebody, '/code'),
    ownerOf: () => somebody,
    logPath: '/state/x/output.log',
    seccompFile: '/state/seccomp/1.json',
    apparmor: false,
  };

  test('denies by default, for both engines', () => {
    expect(podmanBody(input)).toMatchObject({
      cap_drop: ['ALL'],
      no_new_privileges: true,
      read_only_filesystem: true,
      netns: {nsmode: 'none'},
      resource_limits: {memory: {limit: 1024, swap: 1024}, cpu: {quota: 150_000}, pids: {limit: 7}},
    });
    expect(dockerBody(input).HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', expect.stringMatching(/^seccomp=\{/)],
      ReadonlyRootfs: true,
      NetworkMode: 'none',
      Memory: 1024,
      MemorySwap: 1024,
      PidsLimit: 7,
    });
  });

  test('asks for no limit that cannot be had: the engine would refuse', () => {
    expect(podmanBody({...input, enforced: rootless.limits}).resource_limits).not.toHaveProperty('cpu');
  });

  test('has an init of its own, on Docker with the host image one of the machine', () => {
    expect(podmanBody(input)).toMatchObject({init: true});
    const withTini = dockerBody(input, file => file === '/usr/bin/tini');
    expect(withTini).toMatchObject({Entrypoint: ['/usr/bin/tini', '--', '/bin/sh', '/run/trails/agent']});
    const other = dockerBody({...input, spec: {...input.spec, image: 'debian'}});
    expect(other).toMatchObject({Entrypoint: ['/bin/sh', '/run/trails/agent'], HostConfig: {Init: true}});
  });

  test('names a runtime only when asked to', () => {
    expect(podmanBody(input)).not.toHaveProperty('oci_runtime');
    expect(podmanBody({...input, spec: {...input.spec, runtime: 'runsc'}})).toMatchObject({oci_runtime: 'runsc'});
  });
});

import {expect, test} from 'vitest';
import {AppError} from '../../../src/errors.ts';
import {runChecks} from '../../../src/lib/checkup/run-checks.ts';
import {pathsFrom} from '../../../src/lib/paths.ts';
import {type EngineView, factsIn} from '../../../src/providers/podman/checks/engine-view.ts';
import {isBelow, knownTrouble, versionIn} from '../../../src/providers/podman/checks/versions.ts';
import type {Engine, Flavor} from '../../../src/providers/podman/engine.ts';
import {checksOf, findingsOf} from '../../../src/providers/podman/findings.ts';
import {but, type Described, describedMachine, healthy} from '../../doctor/machines.ts';

const accepts = {'/etc/containers/policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}'};
const host = but(healthy, {
  files: {...accepts, '/storage': {kind: 'directory'}, '/t/run/podman.sock': {kind: 'socket', mode: 0o600}},
  programs: ['/usr/bin/python3'],
});

const podman = {
  version: {Version: '5.4.2'},
  host: {
    security: {rootless: true, seccompEnabled: true},
    ociRuntime: {name: 'crun', version: 'crun version 1.21\ncommit: x'},
    ...{kernel: '6.1.0', cgroupVersion: 'v2', cgroupControllers: ['cpu', 'memory', 'pids']},
  },
  store: {graphRoot: '/storage', graphDriverName: 'overlay'},
};
const docker = {
  ...{ServerVersion: '27.1.1', SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'], CgroupVersion: '2'},
  ...{DefaultRuntime: 'runc', DockerRootDir: '/storage', Driver: 'overlay2'},
};

interface Changes {
  readonly flavor?: Flavor;
  readonly info?: object;
  readonly machine?: Described;
  readonly view?: Partial<EngineView>;
}

const viewOf = ({flavor = 'podman', info, machine = host, view}: Changes): EngineView => ({
  ...{machine: describedMachine(machine), paths: pathsFrom({TRAILS_HOME: '/t'})},
  ...factsIn(flavor, info ?? (flavor === 'podman' ? podman : docker)),
  socket: async () => '/t/run/podman.sock',
  images: async () => [],
  environments: async () => [],
  time: async () => describedMachine(machine).now(),
  ...view,
});

const look = (changes: Changes) => runChecks(checksOf(changes.flavor ?? 'podman'), viewOf(changes));

test.each(['podman', 'docker'] as const)('a %s on which all is well', async flavor => {
  const found = await look({
    flavor,
    info: flavor === 'docker' ? {...docker, SecurityOptions: ['name=seccomp']} : podman,
  });
  const ill = found.filter(({state}) => state !== 'ok').map(({check}) => check);
  // Docker maps no ids in mounts, and that is all.
  expect(ill).toEqual(flavor === 'docker' ? ['docker.owners'] : []);
  expect(found[0]?.check).toBe(flavor);
});

const rootful = {...podman, host: {...podman.host, security: {rootless: false}}};

interface Broken extends Changes {
  readonly check: string;
  readonly name: string;
  readonly state: 'warning' | 'missing';
  readonly detail: RegExp;
  readonly fix?: RegExp;
}

const broken: readonly Broken[] = [
  {
    ...{check: 'podman', name: 'too old', info: {...podman, version: {Version: '3.4.4'}}},
    ...{state: 'missing', detail: /3\.4\.4.*at least 4\.0 is needed/},
  },
  {
    ...{check: 'docker', name: 'too old', flavor: 'docker', info: {...docker, ServerVersion: '19.03.1'}},
    ...{state: 'missing', detail: /at least 20\.10/},
  },
  {
    check: 'podman',
    name: 'a runtime that is known to be unsafe',
    info: {...podman, host: {...podman.host, ociRuntime: {name: 'runc', version: 'runc version 1.1.11\ncommit: x'}}},
    ...{state: 'warning', detail: /CVE-2024-21626/, fix: /Update runc/},
  },
  {
    ...{check: 'podman.socket', name: 'a socket for everybody'},
    machine: but(host, {files: {'/t/run/podman.sock': {kind: 'socket', mode: 0o666}}}),
    ...{state: 'warning', detail: /everybody/},
  },
  {
    check: 'podman.owners',
    name: 'a runtime that maps no ids',
    info: {...rootful, host: {...rootful.host, ociRuntime: {name: 'runc', version: 'runc version 1.1.5+ds1'}}},
    ...{state: 'warning', detail: /directories of root/, fix: /trails setup/},
  },
  {
    ...{check: 'podman.limits', name: 'controllers that were not handed out'},
    info: {...podman, host: {...podman.host, cgroupControllers: ['memory']}},
    ...{state: 'warning', detail: /not enforced without root on cgroup v2: cpus, pids/},
  },
  {
    ...{check: 'podman.seccomp', name: 'built without seccomp'},
    info: {...podman, host: {...podman.host, security: {rootless: true, seccompEnabled: false}}},
    ...{state: 'missing', detail: /cannot filter/},
  },
  {
    ...{check: 'podman.storage', name: 'a full disk', machine: but(host, {space: {freeBytes: 2 ** 30}})},
    ...{state: 'warning', detail: /1G of 200G free/},
  },
  {
    ...{check: 'podman.storage', name: 'a disk without inodes', machine: but(host, {space: {freeFiles: 5}})},
    ...{state: 'warning', detail: /5 files more/},
  },
  {
    ...{check: 'podman.storage', name: 'the driver that copies'},
    info: {...podman, store: {graphRoot: '/storage', graphDriverName: 'vfs'}},
    ...{state: 'warning', detail: /full copy/, fix: /overlay/},
  },
  {
    ...{check: 'podman.images', name: 'nothing that could speak to the proxy', machine: but(host, {programs: []})},
    ...{state: 'warning', detail: /no perl, python3, node/},
  },
  {
    ...{check: 'podman.signatures', name: 'no policy'},
    machine: but(host, {files: {'/etc/containers/policy.json': undefined}}),
    ...{state: 'missing', detail: /no policy\.json/},
  },
  {
    ...{check: 'podman.signatures', name: 'a policy that refuses our images'},
    machine: but(host, {
      files: {
        '/etc/containers/policy.json':
          '{"default":[{"type":"reject"}],"transports":{"docker":{"quay.io":[{"type":"insecureAcceptAnything"}]}}}',
      },
    }),
    ...{state: 'warning', detail: /docker\.io are refused/},
  },
  {
    ...{check: 'podman.signatures', name: 'a policy of the user’s own that cannot be read'},
    machine: but(host, {files: {'/home/ada/.config/containers/policy.json': '{'}}),
    ...{state: 'missing', detail: /\/home\/ada.*no JSON/},
  },
  {
    ...{check: 'podman.clock', name: 'a clock that lags'},
    view: {time: async () => describedMachine(host).now() - 600_000},
    ...{state: 'warning', detail: /^600 s away/, fix: /chronyc/},
  },
  {
    ...{check: 'podman.leftovers', name: 'containers of a home that is gone'},
    view: {
      environments: async () => [
        {name: 'trails-a', directory: '/gone/state/sessions/a'},
        {name: 'trails-b', directory: '/t/state'},
      ],
    },
    ...{state: 'warning', detail: /files of trails-a are gone/, fix: /^podman rm -f trails-a$/},
  },
];

test.each(broken.map(one => ({...one, title: `${one.check}: ${one.name}`})))('$title', async ({
  check,
  state,
  ...said
}) => {
  const finding = (await look(said)).find(one => one.check === check);
  expect(finding).toMatchObject({state, detail: expect.stringMatching(said.detail)});
  expect(finding?.fix).toMatch(said.fix ?? /\S/);
});

test('every check of Podman is broken by one', () => {
  const shown = new Set(broken.filter(({flavor = 'podman'}) => flavor === 'podman').map(({check}) => check));
  expect(shown).toEqual(new Set(checksOf('podman').map(({id}) => id)));
});

test('images that are signed are taken with a signature', async () => {
  const policy = '{"default":[{"type":"reject"}],"transports":{"docker":{"docker.io":[{"type":"signedBy"}]}}}';
  const machine = but(host, {files: {'/etc/containers/policy.json': policy}});
  const found = (await look({machine})).find(({check}) => check === 'podman.signatures');
  expect(found).toMatchObject({state: 'ok', detail: expect.stringContaining('taken with a signature')});
});

test('an engine that does not answer is one finding, with the way out', async () => {
  const failure = new AppError('ENGINE_UNREACHABLE', 'Podman is not installed', {hint: 'trails setup'});
  const engine = {flavor: 'podman', ask: () => Promise.reject(failure)} as unknown as Engine;
  const {machine, paths, images, socket} = viewOf({});
  expect(await findingsOf({engine, machine, paths, images, socket})).toEqual([
    expect.objectContaining({
      check: 'podman',
      state: 'missing',
      detail: 'Podman is not installed',
      fix: 'trails setup',
    }),
  ]);
});

test('versions are compared by number, and a distribution mends without another one', () => {
  expect(versionIn('crun version 1.8.1')).toEqual([1, 8, 1]);
  expect(isBelow([4, 9, 0], [4, 10, 0])).toBe(true);
  expect(isBelow([4, 10, 0], [4, 10, 0])).toBe(false);
  expect(knownTrouble('runc version 1.1.5')).toContain('CVE');
  expect(knownTrouble('runc version 1.1.5+ds1')).toBeUndefined();
  expect(knownTrouble('runc version 1.2.6')).toBeUndefined();
});

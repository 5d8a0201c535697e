import {expect, test} from 'vitest';
import {epoch, fakePort, rows, sessionView} from './fake-port.ts';
import {cli} from './run.ts';

const waiting = sessionView({
  id: '01k9fakesession0000000000b',
  name: 'web',
  status: {
    status: 'waiting',
    source: 'osc7501',
    kind: '',
    rule: 'OSC 7501 state=blocked',
    detail: 'May I run rm?',
    since: epoch,
  },
  createdAt: epoch - 1000,
});
const stopped = sessionView({
  id: '01k9fakesession0000000000c',
  name: 'old',
  phase: 'stopped',
  exitCode: 0,
  workspace: {mode: 'copy', path: '/src/old', source: '/src/old', branch: null, repo: null, base: null},
});

test('ls shows those who wait first, in columns', async () => {
  const {port} = fakePort([stopped, sessionView(), waiting]);
  const {code, stdout} = await cli(['ls'], {port});
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "   NAME  STATUS   AGENT  PROVIDER  BRANCH  CHANGES  AGE  WORKSPACE
    ◆  web   waiting  shell  mock      main    -        1s   /src/api         May I run rm?
    ○  api   ready    shell  mock      main    -        1h   /src/api
    ■  old   stopped  shell  mock      -       -        1h   /src/old (copy)
    "
  `);
});

test('ls --json has exactly the keys scripts rely on', async () => {
  const {stdout, stderr} = await cli(['ls', '--json'], {port: fakePort([waiting]).port});
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([
    {
      id: '01k9fakesession0000000000b',
      name: 'web',
      agent: 'shell',
      provider: 'mock',
      image: 'host',
      phase: 'running',
      status: 'waiting',
      statusSource: 'osc7501',
      workspace: {mode: 'bind', path: '/src/api', branch: 'main', repo: '/src/api'},
      createdAt: '2026-11-21T11:59:59.000Z',
      exitCode: null,
    },
  ]);
});

test('without sessions ls says how to begin, and its JSON is an empty list', async () => {
  const {port} = fakePort([]);
  expect(await cli(['ls'], {port})).toMatchObject({stdout: '', stderr: expect.stringContaining('`trails new`')});
  expect(await cli(['ls', '--json'], {port})).toMatchObject({stdout: '[]\n', stderr: ''});
});

test('a table has colours on a terminal, and none with NO_COLOR', async () => {
  expect((await cli(['ls'], {port: fakePort([waiting]).port, terminal: true})).stdout).toContain('\x1b[33m◆');
  expect((await cli(['ls'], {terminal: true, env: {NO_COLOR: '1'}})).stdout).not.toContain('\x1b');
});

test('show names the rule behind the status', async () => {
  const {stdout} = await cli(['show', 'web'], {port: fakePort([waiting]).port});
  expect(stdout).toMatch(/^status +waiting for 0s: it waits for you$/m);
  expect(stdout).toMatch(/^says +May I run rm\?$/m);
  expect(stdout).toMatch(/^told by +its own report \(OSC 7501\)$/m);
  expect(stdout).toMatch(/^rule +OSC 7501 state=blocked$/m);
  expect(stdout).not.toContain('unseen');
});

test('what it waits for, that it retries and that it is new is in words', async () => {
  const asks = sessionView({id: 'a', name: 'asks', status: {...waiting.status, kind: 'permission'}});
  const retry = sessionView({
    ...{id: 'b', name: 'retry'},
    status: {...waiting.status, status: 'working', kind: 'retry', source: 'screen', rule: 'retry'},
  });
  const done = sessionView({id: 'c', name: 'done', unseen: true});
  const {port} = fakePort([done, retry, asks]);
  const {stdout} = await cli(['ls'], {port});
  expect(stdout.split('\n').map(line => line.slice(3, 27).trim())).toEqual([
    'NAME   STATUS',
    'asks   waiting (allow?)',
    'done   ready (new)',
    'retry  working (retries)',
    '',
  ]);
  const shown = async (name: string) => (await cli(['show', name], {port})).stdout;
  expect(await shown('asks')).toContain('it waits for permission');
  expect(await shown('retry')).toMatch(/it retries\n(?:.*\n)*?told by +its screen\n/);
  expect(await shown('done')).toMatch(/^unseen +nobody has looked since$/m);
});

test('show --json has what the status is told by, what nobody has looked at, and the prompts', async () => {
  const last = {
    ...{id: 'a1b2c3d4', text: 'go', length: 2, state: 'queued' as const, detail: 'the agent is working', since: 5},
    createdAt: 1_700_000_000_000,
  } as const;
  const session = sessionView({
    ...{name: 'api', unseen: true, prompts: {waiting: 1, last}},
    status: {
      status: 'waiting',
      kind: 'permission',
      source: 'screen',
      rule: 'on the screen: dialog',
      detail: '',
      since: 0,
    },
  });
  const shown = JSON.parse((await cli(['show', 'api', '--json'], {port: fakePort([session]).port})).stdout);
  expect(shown).toMatchObject({
    ...{statusKind: 'permission', statusRule: 'on the screen: dialog', statusSince: '1970-01-01T00:00:00.000Z'},
    ...{unseen: true, mode: null, variables: [], missing: []},
    prompts: {waiting: 1, last: {id: 'a1b2c3d4', text: 'go', state: 'queued', createdAt: '2023-11-14T22:13:20.000Z'}},
  });
});

test('show tells each setup step and what became of it', async () => {
  const setup = {commands: ['npm ci', 'npm test', 'npm run x'], done: 1, running: true};
  const {port} = fakePort([sessionView({setup})]);
  const {stdout} = await cli(['show', 'api'], {port});
  expect(stdout).toMatch(
    /setup 1\/3 +npm ci \(done\)\nsetup 2\/3 +npm test \(runs\)\nsetup 3\/3 +npm run x \(not done\)\n/,
  );
  expect(JSON.parse((await cli(['show', 'api', '--json'], {port})).stdout)).toMatchObject({setup});
  expect((await cli(['show', 'api'], {port: fakePort([sessionView()]).port})).stdout).not.toContain('setup');
});

test('show --json adds to what ls says', async () => {
  const {port} = fakePort([waiting]);
  const [listed] = JSON.parse((await cli(['ls', '--json'], {port})).stdout);
  const shown = JSON.parse((await cli(['show', 'web', '--json'], {port})).stdout);
  expect(shown).toMatchObject({...listed, statusRule: 'OSC 7501 state=blocked', limits: {cpus: 2}, network: 'none'});
});

test('what an agent wrote cannot drive the terminal it is printed on', async () => {
  const hostile = 'x\x1b]0;owned\x07\x1b[2J\u009b31m\u202ey\nz';
  const {port} = fakePort([
    sessionView({
      title: hostile,
      status: {...waiting.status, detail: hostile},
      workspace: {...stopped.workspace, path: hostile},
    }),
  ]);
  for (const argv of [['ls'], ['show', 'api'], ['ls', '--json'], ['show', 'api', '--json']]) {
    expect((await cli(argv, {port, env: {NO_COLOR: '1'}})).stdout).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
    );
  }
});

test('audit and images print a table, or JSON', async () => {
  const {port} = fakePort([], {
    audit: () =>
      rows({
        ...{id: 1, at: epoch, session: 'id', name: 'api', action: 'create', detail: 'host', result: 'ok'},
        ...{pid: 1, by: 'trails new'},
      }),
    images: async () => [
      {
        reference: 'trails-base:latest',
        id: 'i',
        sizeBytes: 3 * 2 ** 20,
        createdAt: epoch - 86_400_000,
        provider: 'podman',
      },
    ],
  });
  expect((await cli(['audit'], {port})).stdout).toContain(
    '2026-11-21T12:00:00.000Z  api      create  trails new (1)  host    ok',
  );
  expect((await cli(['images', 'ls'], {port})).stdout).toContain('trails-base:latest  podman      3M   1d');
  expect(JSON.parse((await cli(['audit', '--json'], {port})).stdout)).toHaveLength(1);
  expect(JSON.parse((await cli(['images', 'ls', '--json'], {port})).stdout)[0]).toMatchObject({provider: 'podman'});
});

test('audit asks for one session and so many rows', async () => {
  const {port, calls} = fakePort();
  await cli(['audit', 'api', '--limit', '5'], {port});
  expect(calls).toContainEqual(['audit', {ref: 'api', limit: 5, follow: false}, expect.any(AbortSignal)]);
});

test('the port is let go of, whatever happens', async () => {
  const {port, names} = fakePort();
  await cli(['ls'], {port});
  await cli(['show', 'nobody'], {port});
  expect(names()).toEqual(['list', 'close', 'get', 'close']);
});

test('the provider comes from the option, else from TRAILS_PROVIDER', async () => {
  const env = {TRAILS_PROVIDER: 'docker'};
  expect((await cli(['ls'], {env})).opened).toEqual([{provider: 'docker'}]);
  expect((await cli(['ls', '--provider', 'podman'], {env})).opened).toEqual([{provider: 'podman'}]);
  expect((await cli(['--dev', 'ls'])).opened).toEqual([{dev: true}]);
});

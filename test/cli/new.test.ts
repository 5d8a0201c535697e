import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import type {CreateRequest} from '../../src/sessions/port.ts';
import {fakePort, sessionView} from './fake-port.ts';
import {cli, startCli, type World} from './run.ts';

async function requested(argv: readonly string[], world: World = {}): Promise<CreateRequest | undefined> {
  const {port, calls} = fakePort();
  await cli(['new', ...argv], {port, ...world});
  return calls.find(([name]) => name === 'create')?.[1] as CreateRequest | undefined;
}

test('new asks for the directory it stands in and leaves the rest to the defaults', async () => {
  expect(await requested([])).toEqual({
    // The project's, or the configured one: the service knows.
    agent: '',
    args: [],
    repo: '/src/api',
    env: {},
    limits: {},
    size: {columns: 100, rows: 30},
  });
});

test('every option reaches the request', async () => {
  const argv = [
    'api-2',
    '-a',
    'claude',
    '--repo',
    '../web',
    '--workspace',
    'bind',
    '--image',
    'host',
    '--provider',
    'mock',
  ];
  const more = ['--memory', '512m', '--cpus', '1.5', '--pids', '64', '--network', 'open', '--runtime', 'crun'];
  const setup = ['--setup', 'npm ci', '--setup', 'npm test'];
  const env = ['-e', 'A=b=c', '--env', 'TOKEN', '-e', 'EMPTY='];
  expect(await requested([...argv, ...more, ...setup, ...env, '--', '--yolo', '-x'], {env: {TOKEN: 'secret'}})).toEqual(
    {
      name: 'api-2',
      agent: 'claude',
      args: ['--yolo', '-x'],
      repo: '/src/web',
      workspace: 'bind',
      image: 'host',
      provider: 'mock',
      limits: {memoryBytes: 512 * 2 ** 20, cpus: 1.5, pids: 64},
      network: 'open',
      runtime: 'crun',
      setup: ['npm ci', 'npm test'],
      env: {A: 'b=c', TOKEN: 'secret', EMPTY: ''},
      size: {columns: 100, rows: 30},
    },
  );
});

test('a profile and what is loosened reach the request; what cannot be loosened is refused', async () => {
  const argv = ['--profile', 'relaxed', '--loosen', 'writable-root', '--loosen', 'debug'];
  expect(await requested(argv)).toMatchObject({profile: 'relaxed', loosen: ['writable-root', 'debug']});
  expect(await cli(['new', '--loosen', 'seccomp'])).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(/seccomp.*writable-root/),
  });
});

test('words behind -- are never read as a name or an option', async () => {
  expect(await requested(['--', 'bash', '-c', 'exit', '--json'])).toMatchObject({
    args: ['bash', '-c', 'exit', '--json'],
  });
});

test('the name is the result; steps and hints go to stderr', async () => {
  const {port} = fakePort([], {
    async create(request, onProgress) {
      onProgress({step: 'making the container', index: 1, total: 2});
      onProgress({step: 'starting\x1b[2J the agent', index: 2, total: 2});
      return sessionView({name: request.name ?? 'amber-bay'});
    },
  });
  const {code, stdout, stderr} = await cli(['new'], {port});
  expect({code, stdout}).toEqual({code: 0, stdout: 'amber-bay\n'});
  expect(stderr).toBe(
    '1/2 making the container\n2/2 starting the agent\namber-bay runs directly in /src/api. Enter it: trails attach amber-bay\n',
  );
});

test('a setup step that failed is an error that names it, also in JSON', async () => {
  const message = 'api: setup step 1 of 1 failed with code 1: npm ci';
  const hint = 'See `trails logs api`; `trails start api` goes on with that step.';
  const {port} = fakePort([], {
    async create() {
      throw new AppError('SETUP_FAILED', message, {hint});
    },
  });
  expect(await cli(['new', 'api', '--setup', 'npm ci'], {port})).toMatchObject({
    ...{code: 73, stdout: '', stderr: `error: ${message}\nhint: ${hint}\n`},
  });
  const {code, stdout} = await cli(['new', 'api', '--setup', 'npm ci', '--json'], {port});
  expect({code, printed: JSON.parse(stdout)}).toEqual({
    code: 73,
    printed: {error: {code: 'SETUP_FAILED', message, hint}},
  });
});

test('new --json prints the object of ls', async () => {
  const {port} = fakePort([sessionView({name: 'amber-bay'})]);
  const [listed] = JSON.parse((await cli(['ls', '--json'], {port})).stdout);
  expect(JSON.parse((await cli(['new', '--json'], {port})).stdout)).toEqual(listed);
});

test.each([
  [['--memory', '2x'], 'LIMIT_INVALID', 'Memory "2x"'],
  [['--memory', '-1g'], 'LIMIT_INVALID', 'Memory "-1g"'],
  [['--cpus', 'two'], 'LIMIT_INVALID', 'CPUs "two"'],
  [['--pids', '1.5'], 'LIMIT_INVALID', 'Pids "1.5"'],
  [['--env', '1A=x'], 'USAGE', '"1A"'],
  [['--env', 'NOT_SET_HERE'], 'USAGE', 'NOT_SET_HERE is not set'],
])('%j is refused before anything is made', async (argv, code, text) => {
  const {port, names} = fakePort();
  const {stdout, code: exit} = await cli(['new', '--json', ...argv], {port});
  expect(exit).toBe(64);
  expect(JSON.parse(stdout)).toEqual({error: {code, message: expect.stringContaining(text), hint: expect.any(String)}});
  expect(names()).not.toContain('create');
});

test.each([
  '',
  'API',
  'x'.repeat(200),
  '../x',
  '-x ',
  'a\x1b[2Jb',
])('the name %j is refused with the reason of the service', async name => {
  const {port} = fakePort([], {
    create: async request => {
      throw new AppError('NAME_INVALID', `no: "${request.name}"`);
    },
  });
  const {code, stderr} = await cli(['new', name], {port});
  expect(code).toBe(64);
  expect(stderr).not.toContain('\x1b');
});

test('Ctrl-C cancels a creation, waits until nothing is left, and ends with 130', async () => {
  const begun = Promise.withResolvers<void>();
  const undone = Promise.withResolvers<void>();
  const {port} = fakePort([], {
    async create(_request, _onProgress, signal) {
      begun.resolve();
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), {once: true}));
      await undone.promise;
      throw new AppError('CANCELLED', 'The creation was cancelled');
    },
  });
  const run = startCli(['new'], {port});
  let ended = false;
  const done = run.done.finally(() => {
    ended = true;
  });
  await begun.promise;
  run.interrupt();
  await Promise.resolve();
  expect(ended).toBe(false);
  undone.resolve();
  expect(await done).toMatchObject({code: 130, stdout: '', stderr: ''});
});

test('--attach enters the new session and needs a terminal before anything is made', async () => {
  const {port, names} = fakePort([sessionView({name: 'amber-bay'})], {
    attach: async () => ({
      output: new ReadableStream<Uint8Array>(),
      write() {},
      resize() {},
      detach() {},
      closed: Promise.resolve({reason: 'detached'}),
    }),
  });
  expect(await cli(['new', '--attach'], {port})).toMatchObject({code: 64});
  expect(names()).toEqual([]);
  const {code, stderr} = await cli(['new', '--attach'], {port, terminal: true});
  expect(code).toBe(0);
  expect(stderr).toContain('left amber-bay; it goes on');
});

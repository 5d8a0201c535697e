import {expect, test} from 'vitest';
import type {SetupStep} from '../../src/cli/context.ts';
import {AppError} from '../../src/errors.ts';
import type {Finding} from '../../src/sessions/port.ts';
import {fakePort} from './fake-port.ts';
import {cli, type World} from './run.ts';

const missing: Finding = {check: 'podman', state: 'missing', detail: 'not found', fix: 'apt-get install podman'};

function machine(failing = false) {
  const ran: string[] = [];
  const step = (title: string): SetupStep => ({
    title,
    why: 'sessions run in containers',
    detail: `sudo ${title}`,
    async run(onLine) {
      if (failing) throw new AppError('NOT_ALLOWED', `${title} was refused`);
      onLine('un\x1b[2Jpacking');
      ran.push(title);
    },
  });
  return {
    ran,
    setup: {
      missing: async () => (ran.length > 0 ? [] : [missing]),
      plan: async () => [step('install podman'), step('write settings')],
    },
  };
}

test('setup shows every step with its reason before it asks, then runs them in order', async () => {
  const {ran, setup} = machine();
  const {code, stderr, stdout} = await cli(['setup'], {setup, terminal: true, input: 'yes\n'});
  expect({code, stdout}).toEqual({code: 0, stdout: ''});
  expect(stderr).toContain('1. install podman: sessions run in containers\n   sudo install podman\n');
  expect(stderr.indexOf('sudo write settings')).toBeLessThan(stderr.indexOf('Run these steps?'));
  expect(stderr).toContain('  unpacking\n');
  expect(ran).toEqual(['install podman', 'write settings']);
});

test('setup runs nothing without a yes', async () => {
  const {ran, setup} = machine();
  expect(await cli(['setup'], {setup, terminal: true, input: '\n'})).toMatchObject({code: 75});
  expect(await cli(['setup'], {setup})).toMatchObject({code: 64, stderr: expect.stringContaining('`--yes`')});
  expect(ran).toEqual([]);
});

test('setup --yes does not ask, and stops at the step that fails', async () => {
  const {ran, setup} = machine();
  expect(await cli(['setup', '--yes'], {setup})).toMatchObject({code: 0});
  expect(ran).toHaveLength(2);
  expect(await cli(['setup', '--yes'], {setup: machine(true).setup})).toMatchObject({code: 77});
});

test('setup on a machine that is ready says so', async () => {
  expect(await cli(['setup'])).toMatchObject({code: 0, stderr: 'There is nothing left that set-up could do.\n'});
});

/** A machine that is ready, and one step more that nobody needs. */
function convenience() {
  const ran: string[] = [];
  const step: SetupStep = {
    ...{title: 'Let systemd start the daemon', why: 'it is tidy', detail: 'trails.socket', optional: true},
    async run() {
      ran.push('systemd');
    },
  };
  return {ran, setup: {missing: async () => [], plan: async () => (ran.length > 0 ? [] : [step])}};
}

test('what is not needed is done only for a yes of its own', async () => {
  const {ran, setup} = convenience();
  const refused = await cli(['setup'], {setup, terminal: true, input: 'n\n'});
  expect(refused).toMatchObject({code: 0, stderr: expect.stringContaining('Not needed, but offered: Let systemd')});
  // Nobody is asked, and nothing is done, without a person.
  for (const args of [['setup', '--yes'], ['setup']]) {
    expect(await cli(args, {setup})).toMatchObject({code: 0, stderr: expect.stringContaining('in a terminal')});
  }
  expect(ran).toEqual([]);
  expect(await cli(['setup'], {setup, terminal: true, input: 'y\n'})).toMatchObject({code: 0});
  expect(ran).toEqual(['systemd']);
});

test('the dashboard does not ask for what is not needed', async () => {
  const {setup} = convenience();
  const {stderr} = await cli([], {setup: {...setup, missing: async () => []}, terminal: true});
  expect(stderr).toBe('');
});

test('doctor lists what it found and the way out, and ends with 69 when something is missing', async () => {
  const ok: Finding = {check: 'state', state: 'ok', detail: 'writable'};
  const {port} = fakePort([], {doctor: async () => [ok, missing]});
  const {code, stdout} = await cli(['doctor'], {port});
  expect(code).toBe(69);
  expect(stdout).toMatch(/^✓ {2}state +writable$/m);
  expect(stdout).toMatch(/^✗ {2}podman +not found\n {3}fix: apt-get install podman$/m);
  const findings = JSON.parse((await cli(['doctor', '--json'], {port})).stdout);
  expect(findings).toContainEqual(missing);
  expect(await cli(['doctor'], {port: fakePort([], {doctor: async () => [ok]}).port})).toMatchObject({code: 0});
});

test('doctor works where the engine cannot even be opened', async () => {
  const openPort = async () => {
    throw new AppError('ENGINE_UNREACHABLE', 'no engine answers', {hint: 'trails setup'});
  };
  const {code, stdout} = await cli(['doctor'], {openPort});
  expect(code).toBe(69);
  expect(stdout).toContain('no engine answers');
});

const dashboard = (world: World) => {
  const started: string[] = [];
  const run = (...argv: string[]) =>
    cli(argv, {
      terminal: true,
      startDashboard: async ({detachKey}) => {
        started.push(detachKey);
        return 0;
      },
      ...world,
    });
  return {started, run};
};

test('without a command the dashboard opens, with the detach key', async () => {
  const {started, run} = dashboard({});
  expect(await run()).toMatchObject({code: 0, opened: [{}]});
  expect(started).toEqual(['ctrl-q']);
});

test('--dev opens it on the mock provider, whatever this machine lacks', async () => {
  const {started, run} = dashboard({setup: machine().setup});
  expect(await run('--dev')).toMatchObject({code: 0, opened: [{dev: true}]});
  expect(started).toHaveLength(1);
});

test('without an engine it says what is missing and offers to set it up', async () => {
  const {ran, setup} = machine();
  const {started, run} = dashboard({setup, input: 'y\n'});
  const {code, stderr} = await run();
  expect(stderr).toContain('podman  not found');
  expect(code).toBe(0);
  expect(ran).toHaveLength(2);
  expect(started).toHaveLength(1);
});

test('a no leaves the machine alone and says how to go on', async () => {
  const {ran, setup} = machine();
  const {started, run} = dashboard({setup, input: 'n\n'});
  const {code, stderr} = await run();
  expect(code).toBe(69);
  expect(stderr).toContain('trails --dev');
  expect([...ran, ...started]).toEqual([]);
});

test('the dashboard without a terminal says so', async () => {
  const {started, run} = dashboard({terminal: false});
  expect(await run()).toMatchObject({code: 64, stderr: expect.stringContaining('The dashboard needs a terminal')});
  expect(started).toEqual([]);
});

import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import type {Step} from '../../src/lib/checkup/step.ts';
import type {Finding} from '../../src/sessions/port.ts';
import {fakePort} from './fake-port.ts';
import {cli, type World} from './run.ts';

const missing: Finding = {
  ...{check: 'podman.programs', title: 'Programs', state: 'missing', detail: 'not found'},
  ...{why: 'Podman needs them', fix: 'apt-get install podman'},
};

function machine(failing = false) {
  const ran: string[] = [];
  const step = (title: string): Step => ({
    name: `of.${title.replaceAll(' ', '-')}`,
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

test('setup asks for each step by itself, with its reason, then does it', async () => {
  const {ran, setup} = machine();
  // Both answers come at once: what is typed ahead is not lost.
  const {code, stderr, stdout} = await cli(['setup'], {setup, terminal: true, input: 'yes\ny\n'});
  expect({code, stdout}).toEqual({code: 0, stdout: ''});
  expect(stderr).toContain('install podman: sessions run in containers\n   sudo install podman\nDo this? [y/N] ');
  expect(stderr.match(/Do this\?/g)).toHaveLength(2);
  expect(stderr).toContain('  unpacking\n');
  expect(ran).toEqual(['install podman', 'write settings']);
});

test('a no leaves one step out, and setup says that it is not finished', async () => {
  const {ran, setup} = machine();
  const {code, stderr} = await cli(['setup'], {setup, terminal: true, input: 'n\ny\n'});
  expect({code, ran}).toEqual({code: 75, ran: ['write settings']});
  expect(stderr).toContain('set-up was not finished');
});

test('setup runs nothing without a yes', async () => {
  const {ran, setup} = machine();
  expect(await cli(['setup'], {setup, terminal: true, input: '\n'})).toMatchObject({code: 75});
  expect(await cli(['setup'], {setup})).toMatchObject({code: 64, stderr: expect.stringContaining('`--yes`')});
  expect(ran).toEqual([]);
});

test('setup --dry-run says what it would do, asks nothing and does nothing', async () => {
  const {ran, setup} = machine();
  const {code, stderr} = await cli(['setup', '--dry-run'], {setup});
  expect(code).toBe(0);
  expect(stderr).toContain('write settings: sessions run in containers\n   sudo write settings\n');
  expect(stderr).not.toContain('Do this?');
  expect(ran).toEqual([]);
});

test('setup --yes does not ask, and stops at the step that fails', async () => {
  const {ran, setup} = machine();
  expect(await cli(['setup', '--yes'], {setup})).toMatchObject({code: 0});
  expect(ran).toEqual(['install podman', 'write settings']);
  expect(await cli(['setup', '--yes'], {setup: machine(true).setup})).toMatchObject({code: 77});
});

test('what a step brings to light is done as well, each step once', async () => {
  const {ran, setup} = machine();
  const plan = async () => (ran.length === 0 ? (await setup.plan()).slice(0, 1) : setup.plan());
  expect(await cli(['setup', '--yes'], {setup: {...setup, plan}})).toMatchObject({code: 0});
  expect(ran).toEqual(['install podman', 'write settings']);
});

test('setup on a machine that is ready says so', async () => {
  expect(await cli(['setup'])).toMatchObject({code: 0, stderr: 'There is nothing left that set-up could do.\n'});
});

/** A machine that is ready, and one step more that nobody needs. */
function convenience() {
  const ran: string[] = [];
  const step: Step = {
    ...{
      name: 'daemon.systemd',
      title: 'Let systemd start the daemon',
      why: 'it is tidy',
      detail: 'trails.socket',
      optional: true,
    },
    async run() {
      ran.push('systemd');
    },
  };
  return {ran, setup: {missing: async () => [], plan: async () => (ran.length > 0 ? [] : [step])}};
}

test('what is not needed is done only for a yes of its own', async () => {
  const {ran, setup} = convenience();
  const refused = await cli(['setup'], {setup, terminal: true, input: 'n\n'});
  expect(refused).toMatchObject({code: 0, stderr: expect.stringContaining('(offered: daemon.systemd)')});
  // Nobody is asked, and nothing is done, without a person.
  for (const args of [['setup', '--yes'], ['setup']]) {
    expect(await cli(args, {setup})).toMatchObject({code: 0, stderr: expect.stringContaining('--also daemon.systemd')});
  }
  expect(ran).toEqual([]);
  expect(await cli(['setup'], {setup, terminal: true, input: 'y\n'})).toMatchObject({code: 0});
  expect(ran).toEqual(['systemd']);
});

test('--yes does it when it is named, and a name that is not offered is an error', async () => {
  const {ran, setup} = convenience();
  const wrong = await cli(['setup', '--yes', '--also', 'wsl.memory'], {setup});
  expect(wrong).toMatchObject({code: 64, stderr: expect.stringContaining('Now there are: daemon.systemd.')});
  expect(ran).toEqual([]);
  expect(await cli(['setup', '--yes', '--also', 'daemon.systemd'], {setup})).toMatchObject({code: 0});
  expect(ran).toEqual(['systemd']);
});

test('the dashboard asks only for what is needed', async () => {
  const {ran, setup} = machine();
  const extra = convenience();
  const plan = async () => [...(await setup.plan()), ...(await extra.setup.plan())];
  const {code, stderr} = await cli([], {setup: {...setup, plan}, terminal: true, input: 'y\ny\n'});
  expect({code, ran, extra: extra.ran}).toEqual({code: 0, ran: ['install podman', 'write settings'], extra: []});
  expect(stderr).not.toContain('systemd');
});

test('doctor lists what it found, by what it is about, with why and the way out, and ends with 69', async () => {
  const ok: Finding = {...{check: 'trails.node', title: 'Node', state: 'ok', detail: 'v24'}, why: 'it runs on it'};
  const {port} = fakePort([], {doctor: async () => [ok, missing]});
  const {code, stdout} = await cli(['doctor'], {port});
  expect(code).toBe(69);
  expect(stdout).toMatch(/^Trails\n✓ {2}Node +v24$/m);
  expect(stdout).toMatch(
    /^Podman\n✗ {2}Programs +not found\n {3}why: Podman needs them\n {3}fix: apt-get install podman$/m,
  );
  const findings = JSON.parse((await cli(['doctor', '--json'], {port})).stdout);
  expect(findings).toEqual([{...ok, fix: null}, missing]);
  expect(await cli(['doctor'], {port: fakePort([], {doctor: async () => [ok]}).port})).toMatchObject({code: 0});
});

test('no line of doctor is wider than the terminal', async () => {
  const long: Finding = {...missing, detail: 'a word or two '.repeat(20), why: 'because of it '.repeat(20)};
  const {stdout} = await cli(['doctor'], {port: fakePort([], {doctor: async () => [long]}).port});
  expect(stdout.split('\n').length).toBeGreaterThan(8);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
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
  const {started, run} = dashboard({setup, input: 'y\ny\n'});
  const {code, stderr} = await run();
  expect(stderr).toContain('Programs  not found');
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

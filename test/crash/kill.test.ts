import {existsSync, globSync, readdirSync, readFileSync, utimesSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {homeLabel} from '../../src/sessions/context.ts';
import {openStore} from '../../src/sessions/store.ts';
import {stopDaemon} from '../support/daemon.ts';
import {faultyTrails, lost, repoIn} from '../support/faulty-trails.ts';
import {openTestPodman} from '../support/podman.ts';
import {filesBelow} from '../support/traces.ts';

const creating = [
  ...['create.claimed', 'create.directory', 'podman.created', 'create.environment', 'create.recorded'],
  ...['podman.started', 'create.spawned'],
];
const removing = ['remove.asked', 'podman.killed', 'podman.removed', 'remove.destroyed', 'remove.cleared'];

describe('kill -9 at every step, on a real Podman', {timeout: 60_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  beforeAll(async () => {
    podman = await openTestPodman();
  });
  afterAll(async () => podman?.close());

  const trails = (args: readonly string[], fault?: string) => faultyTrails(podman, args, fault);
  const repo = (name: string) => repoIn(podman.home, name);
  const create = (name: string, fault?: string) =>
    trails(['new', name, '--workspace', 'bind', '--repo', repo(name), '--image', 'host'], fault);
  const listed = async () => {
    const {stdout, stderr} = await trails(['ls', '--json']);
    expect(stderr).toBe('');
    return (JSON.parse(stdout) as {name: string; phase: string; id: string}[]).map(
      ({name, phase}) => `${name} ${phase}`,
    );
  };
  const containers = async () => {
    const label = `label=trails.home=${homeLabel(podman.paths)['trails.home']}`;
    const {stdout} = await podman.podman('ps', '-a', '--filter', label, '--format', '{{.Status}}');
    return stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => (line.startsWith('Up') ? 'running' : line));
  };
  const directories = () => {
    const sessions = path.join(podman.paths.state, 'sessions');
    return existsSync(sessions) ? readdirSync(sessions) : [];
  };

  test.each(creating)('a creation killed at %s leaves a running session or nothing at all', async step => {
    const name = `c-${step.replace('.', '-')}`;
    expect((await create(name, step)).exitCode).toBe(lost);
    const after = await listed();
    if (after.length === 0) {
      expect(await containers()).toEqual([]);
      expect(directories()).toEqual([]);
      // Neither name nor directory is held: the same again succeeds.
      expect((await create(name)).exitCode).toBe(0);
    } else {
      expect(after).toEqual([`${name} running`]);
      expect(await containers()).toEqual(['running']);
    }
    expect((await trails(['exec', name, '--', 'true'])).exitCode).toBe(0);
    expect((await trails(['rm', name, '--force'])).exitCode).toBe(0);
    expect([await listed(), await containers(), directories()]).toEqual([[], [], []]);
  });

  test.each(removing)('a teardown killed at %s is finished by whoever comes next', async step => {
    const name = `r-${step.replace('.', '-')}`;
    expect((await create(name)).exitCode).toBe(0);
    expect((await trails(['rm', name, '--force'], step)).exitCode).toBe(lost);
    expect(await listed()).toEqual([]);
    expect([await containers(), directories()]).toEqual([[], []]);
    expect(existsSync(repo(name))).toBe(true);
  });

  test.each([
    ['stop.asked', 'running'],
    ['stop.done', 'stopped'],
  ])('a stop killed at %s leaves the session %s, whole and startable', async (step, phase) => {
    const name = `s-${step.replace('.', '-')}`;
    await create(name);
    expect((await trails(['stop', name], step)).exitCode).toBe(lost);
    expect(await listed()).toEqual([`${name} ${phase}`]);
    if (phase === 'running') expect((await trails(['stop', name])).exitCode).toBe(0);
    expect((await trails(['start', name])).exitCode).toBe(0);
    expect(await listed()).toEqual([`${name} running`]);
    await trails(['rm', name, '--force']);
  });

  test.each([
    ['start.asked', 'stopped'],
    ['podman.started', 'running'],
    ['start.spawned', 'running'],
  ])('a start killed at %s leaves the session %s', async (step, phase) => {
    const name = `a-${step.replace('.', '-')}`;
    await create(name);
    await trails(['stop', name]);
    expect((await trails(['start', name], step)).exitCode).toBe(lost);
    expect(await listed()).toEqual([`${name} ${phase}`]);
    await trails(['rm', name, '--force']);
    expect(await containers()).toEqual([]);
  });

  test('values that a start was killed with are not on the disk once their time is over, nor when it is made again', async () => {
    const secret = 'sesame-of-a-start';
    const stays = () => filesBelow(podman.paths.state).includes(secret);
    await create('values');
    await trails(['stop', 'values']);
    const start = ['start', 'values', '--env', `KEY=${secret}`];
    expect((await trails(start, 'podman.handed')).exitCode).toBe(lost);
    expect(stays()).toBe(true);
    for (const file of globSync(`${podman.paths.state}/sessions/*/secrets/*`)) utimesSync(file, 1, 1);
    expect(await listed()).toEqual(['values stopped']);
    expect(stays()).toBe(false);
    expect((await trails(start, 'podman.handed')).exitCode).toBe(lost);
    expect((await trails(['start', 'values'])).exitCode).toBe(0);
    expect(stays()).toBe(false);
    await trails(['rm', 'values', '--force']);
  });

  test.each([
    ['setup.spawned', 0],
    ['setup.ended', 0],
    ['setup.done', 1],
  ])('a setup killed at %s is interrupted at the step behind %i, and goes on there', async (step, done) => {
    const name = `u-${step.replace('.', '-')}`;
    const steps = ['--setup', 'echo one >> notes', '--setup', 'echo two >> notes'];
    const args = ['new', name, '--workspace', 'bind', '--repo', repo(name), '--image', 'host', ...steps];
    expect((await trails(args, step)).exitCode).toBe(lost);
    expect(await listed()).toEqual([`${name} failed`]);
    const shown = JSON.parse((await trails(['show', name, '--json'])).stdout) as {note: string};
    expect(shown).toMatchObject({
      note: `interrupted at setup step ${done + 1} of 2: echo ${done ? 'two' : 'one'} >> notes`,
      setup: {done, running: false},
    });
    expect(await containers()).toEqual([expect.stringMatching(/^Exited/)]);
    expect((await trails(['start', name])).exitCode).toBe(0);
    expect(await listed()).toEqual([`${name} running`]);
    expect(readFileSync(path.join(repo(name), 'notes'), 'utf8')).toMatch(/^(one\n){1,2}two\n$/);
    await trails(['rm', name, '--force']);
  });

  test('a container removed behind our back is lost, and can be forgotten', async () => {
    await create('gone');
    await podman.podman(
      'rm',
      '-f',
      '-t',
      '0',
      ...(
        await podman.podman(
          'ps',
          '-q',
          '--filter',
          'name=trails-',
          '--filter',
          `label=trails.home=${homeLabel(podman.paths)['trails.home']}`,
        )
      ).stdout.split('\n'),
    );
    // The engine tells it in its own time.
    await vi.waitFor(async () => expect(await listed()).toEqual(['gone lost']), {timeout: 20_000});
    expect((await trails(['attach', 'gone'])).exitCode).toBe(64);
    expect((await trails(['start', 'gone'])).stderr).toMatch(/gone cannot be started: it is lost/);
    expect((await trails(['rm', 'gone', '--force'])).exitCode).toBe(0);
    expect(await listed()).toEqual([]);
  });

  test('a session whose row was lost comes back from its container, by name', async () => {
    await create('orphan');
    await stopDaemon(podman.paths);
    const store = openStore(podman.paths.state);
    for (const {id} of store.all()) store.remove(id);
    store.close();
    expect(await listed()).toEqual(['orphan running']);
    expect((await trails(['rm', 'orphan', '--force'])).exitCode).toBe(0);
    expect(await containers()).toEqual([]);
  });

  test('every step that was taken or taken back is in the audit log', async () => {
    const {stdout} = await trails(['audit', '--json']);
    const rows = JSON.parse(stdout) as {action: string; result: string}[];
    expect(new Set(rows.map(row => row.action))).toEqual(
      new Set(['create', 'destroy', 'exec', 'setup', 'spawn', 'stop']),
    );
  });
});

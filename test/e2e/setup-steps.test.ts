import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {processWith} from '../../bench/proc.ts';
import {run} from '../../src/lib/exec.ts';
import {daemonPid} from '../support/daemon.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

describe('setup steps on a real Podman', {timeout: 60_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  beforeAll(async () => {
    podman = await openTestPodman();
  });
  afterAll(async () => podman?.close());

  const trails = (...args: string[]) =>
    run(process.execPath, [path.resolve('dist/main.js'), ...args], {
      env: {TRAILS_HOME: podman.home},
      timeoutMs: 40_000,
    });
  const repo = (name: string) => {
    const directory = path.join(podman.home, 'repos', name);
    mkdirSync(directory, {recursive: true});
    return directory;
  };
  const create = (name: string, steps: readonly string[], ...more: string[]) => {
    const setup = steps.flatMap(step => ['--setup', step]);
    return trails('new', name, '--workspace', 'bind', '--repo', repo(name), '--image', 'host', ...setup, ...more);
  };
  const shown = async (name: string) => JSON.parse((await trails('show', name, '--json')).stdout);
  const log = async (name: string) => (await trails('logs', name)).stdout;

  test('what they write to the workspace and to the home stays, what is in /tmp and in the background does not', async () => {
    const steps = [
      'echo one > one; echo home > ~/kept; echo gone > /tmp/gone; sleep 1000 & echo first',
      'cat one ~/kept; test ! -e /tmp/gone; ! pgrep sleep && echo second',
    ];
    const agent = ['sh', '-c', 'cat one ~/kept; echo the agent; exec sleep 1000'];
    const made = await create('steps', steps, '--', ...agent);
    expect(made).toMatchObject({exitCode: 0, stdout: 'steps'});
    expect(made.stderr).toContain('5/6 setup 2/2: cat one');
    await expect.poll(() => log('steps')).toBe('first\none\nhome\nsecond\none\nhome\nthe agent');
    expect(await shown('steps')).toMatchObject({phase: 'running', exitCode: null, setup: {done: 2, running: false}});
    expect((await trails('restart', 'steps')).exitCode).toBe(0);
    expect((await log('steps')).match(/first/g)).toHaveLength(1);
    await trails('rm', 'steps', '--force');
  });

  test('many quick ones follow each other, with exact codes', async () => {
    const made = await create('quick', ['true', 'true', 'true', 'true', 'exit 42', 'true'], '--json');
    expect(made.exitCode).toBe(73);
    expect(JSON.parse(made.stdout)).toEqual({
      error: {
        code: 'SETUP_FAILED',
        message: 'quick: setup step 5 of 6 failed with code 42: exit 42',
        hint: 'See `trails logs quick`; `trails start quick` goes on with that step.',
      },
    });
    expect(await shown('quick')).toMatchObject({phase: 'failed', exitCode: 42, setup: {done: 4, running: false}});
    expect((await trails('rm', 'quick', '--force')).exitCode).toBe(0);
  });

  test('one that fails is looked at, mended and gone on with', async () => {
    const steps = ['echo step one >> notes', 'cat key', 'echo step three >> notes'];
    const failed = await create('mended', steps, '--', 'sh', '-c', 'echo agent; exec sleep 1000');
    expect(failed).toMatchObject({exitCode: 73, stdout: ''});
    expect(failed.stderr).toMatch(
      /error: mended: setup step 2 of 3 failed with code 1: cat key\nhint: See `trails logs/,
    );
    expect((await trails('ls')).stdout).toContain('setup step 2 of 3 failed with code 1: cat key');
    expect(await log('mended')).toMatch(/key: No such file/);
    expect((await trails('screen', 'mended')).stdout).toMatch(/key: No such file/);
    expect(await trails('start', 'mended')).toMatchObject({exitCode: 73});
    writeFileSync(path.join(repo('mended'), 'key'), 'the key\n');
    expect((await trails('start', 'mended')).stderr).toBe('mended is running');
    expect(readFileSync(path.join(repo('mended'), 'notes'), 'utf8')).toBe('step one\nstep three\n');
    await expect.poll(() => log('mended')).toMatch(/the key\nagent$/);
    await trails('rm', 'mended', '--force');
  });

  test('a log that is followed goes through the steps to the end of the agent', async () => {
    const directory = repo('followed');
    const wait = 'echo begun > begun; echo one; until test -e go; do sleep 0.05; done';
    const made = create('followed', [wait, 'echo two'], '--', 'sh', '-c', 'echo three');
    await expect.poll(() => existsSync(path.join(directory, 'begun')), {timeout: 20_000}).toBe(true);
    await expect.poll(async () => (await shown('followed')).note, {timeout: 20_000}).toMatch(/^setup 1\/2: echo begun/);
    const followed = trails('logs', '-f', 'followed');
    expect(await trails('attach', 'followed')).not.toMatchObject({exitCode: 0});
    writeFileSync(path.join(directory, 'go'), '');
    expect((await followed).stdout).toBe('one\ntwo\nthree');
    expect((await made).exitCode).toBe(0);
    await trails('rm', 'followed', '--force');
  });

  /** A creation whose first step runs until it is let go. */
  const held = async (name: string) => {
    const directory = repo(name);
    const made = create(name, ['echo begun > begun; echo waits; until test -e go; do sleep 0.05; done', 'echo > two']);
    await expect.poll(() => existsSync(path.join(directory, 'begun')), {timeout: 20_000}).toBe(true);
    await expect.poll(async () => (await shown(name)).setup.running, {timeout: 20_000}).toBe(true);
    const letGo = () => writeFileSync(path.join(directory, 'go'), '');
    return {made, letGo, directory};
  };

  test('a step outlives the engine’s service, and the steps go on', async () => {
    const {made, letGo} = await held('service');
    process.kill(processWith(`unix://${podman.paths.runtime}/podman.sock`)!, 'SIGKILL');
    letGo();
    const {exitCode, stderr} = await made;
    // Whether anybody asked the engine in the moment it was away is chance: either it is done, or it goes on with a start.
    if (exitCode !== 0) {
      expect(stderr).toMatch(/service was interrupted at setup step \d of 2/);
      expect((await trails('start', 'service')).exitCode).toBe(0);
    }
    expect(await shown('service')).toMatchObject({phase: 'running', setup: {done: 2, running: false}});
    await trails('rm', 'service', '--force');
  });

  test('a daemon killed in a step leaves it interrupted, its container stopped; a start begins that step anew', async () => {
    const {made, letGo, directory} = await held('daemon');
    process.kill((await daemonPid(podman.paths))!, 'SIGKILL');
    expect((await made).exitCode).toBe(75);
    const note = expect.stringMatching(/^interrupted at setup step 1 of 2: echo begun/);
    await expect.poll(() => shown('daemon'), {timeout: 20_000}).toMatchObject({phase: 'failed', note});
    letGo();
    expect((await trails('start', 'daemon')).exitCode).toBe(0);
    expect(existsSync(path.join(directory, 'two'))).toBe(true);
    expect(await log('daemon')).toMatch(/^waits\nwaits/);
    await trails('rm', 'daemon', '--force');
  });

  test('the dashboard shows the step that runs, then the agent', async () => {
    const {made, letGo} = await held('seen');
    const dashboard = openPty(process.execPath, [path.resolve('dist/main.js')], {
      ...{columns: 120, rows: 30},
      env: {TRAILS_HOME: podman.home, LANG: 'C.UTF-8'},
    });
    await dashboard.shows(/seen[\s\S]*waits/);
    await dashboard.shows('setup 1/2');
    letGo();
    expect((await made).exitCode).toBe(0);
    await dashboard.shows(/[$#] /);
    dashboard.type('q');
    expect(await dashboard.exit()).toBe(0);
    await trails('rm', 'seen', '--force');
  });

  test('a stop ends a step that hangs', async () => {
    const directory = repo('hangs');
    const made = create('hangs', ['echo > begun; sleep 1000']);
    await expect.poll(() => existsSync(path.join(directory, 'begun')), {timeout: 20_000}).toBe(true);
    await expect.poll(async () => (await shown('hangs')).setup.running, {timeout: 20_000}).toBe(true);
    expect((await trails('stop', 'hangs')).stderr).toBe('hangs is failed');
    expect((await made).exitCode).toBe(73);
    expect((await trails('rm', 'hangs', '--force')).exitCode).toBe(0);
  });
});

import {closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, type TestContext, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import {daemonPid, stopDaemon} from '../support/daemon.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

const program = path.resolve('dist/main.js');
const agent = `stty -echo; echo ready; while read -r line; do echo "got $line"; done`;

async function mount(context: TestContext, directory: string): Promise<void> {
  mkdirSync(directory, {recursive: true, mode: 0o700});
  const {exitCode, stderr} = await run('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', directory]);
  if (exitCode !== 0) context.skip(`no tmpfs can be mounted here: ${stderr.trim()}`);
  onTestFinished(async () => {
    // What a conmon still holds open must not keep it.
    await run('umount', ['-l', directory]);
  });
}

/** Fills a file system to its last byte; gives the way back. */
function fill(directory: string): () => void {
  const file = path.join(directory, 'filler');
  const descriptor = openSync(file, 'a');
  for (let bytes = 65_536; bytes >= 1; bytes /= 2) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  closeSync(descriptor);
  return () => rmSync(file);
}

async function openSessions(context: TestContext, names: readonly string[]) {
  const podman = await openTestPodman();
  const {home, paths} = podman;
  onTestFinished(() => podman.close());
  await mount(context, paths.state);
  onTestFinished(async () => {
    await run(process.execPath, [program, 'rm', '--force', ...names], {env: {TRAILS_HOME: home}});
    await stopDaemon(paths);
  });
  const trails = (...args: string[]) => run(process.execPath, [program, ...args], {env: {TRAILS_HOME: home}});
  const create = (name: string) => {
    const repo = path.join(home, 'repos', name);
    mkdirSync(repo, {recursive: true});
    return trails('new', name, '--workspace', 'bind', '--repo', repo, '--image', 'host', '--', 'bash', '-c', agent);
  };
  for (const name of names) expect((await create(name)).stderr).not.toContain('error');
  return {
    ...{paths, podman, trails, create},
    attach: (name: string, rows = 24) =>
      openPty(process.execPath, [program, 'attach', name], {columns: 80, rows, env: {TRAILS_HOME: home}}),
    async listed() {
      const {stdout, stderr} = await trails('ls', '--json');
      expect(stderr).toBe('');
      return (JSON.parse(stdout) as {name: string; phase: string}[]).map(({name, phase}) => `${name} ${phase}`).sort();
    },
    directories: () => readdirSync(path.join(paths.state, 'sessions')).length,
    async daemon() {
      return daemonPid(paths);
    },
  };
}

const unusable = (what: string | RegExp) => ({
  exitCode: 73,
  stderr: expect.stringMatching(new RegExp(`error: .*${what instanceof RegExp ? what.source : what}.*\nhint: .+`)),
});

test('a full disk: new work is refused in words, what runs goes on, and with space all is well again', {
  timeout: 120_000,
}, async context => {
  const world = await openSessions(context, ['one', 'two', 'three']);
  const {trails, create, listed} = world;
  const before = await world.daemon();
  const attached = world.attach('one');
  await attached.shows('ready');
  attached.type('first\r');
  await attached.shows('got first');
  let free = fill(world.paths.state);

  expect(await create('four')).toMatchObject(unusable('The disk is full'));
  expect(await listed()).toEqual(['one running', 'three running', 'two running']);
  expect(world.directories()).toBe(3);
  expect((await trails('screen', 'one')).stdout).toContain('got first');
  expect(await trails('exec', 'two', '--', 'echo', 'here')).toMatchObject({exitCode: 0, stdout: 'here'});
  const another = world.attach('one', 30);
  await another.shows('got first');
  another.type('in vain?\r');

  expect(await trails('stop', 'two')).toMatchObject({exitCode: 0});
  expect(await trails('start', 'two')).toMatchObject(unusable('The disk is full'));
  expect(await trails('restart', 'one')).toMatchObject(unusable('The disk is full'));
  expect(await listed()).toEqual(['one running', 'three running', 'two stopped']);
  expect(await trails('rm', 'three', '--force')).toMatchObject({exitCode: 0});
  free();
  // What went with the third left some room.
  free = fill(world.paths.state);
  expect(await listed()).toEqual(['one running', 'two stopped']);
  expect(await create('four')).toMatchObject(unusable('The disk is full'));
  free();

  attached.type('second\r');
  await attached.shows('got second');
  await another.shows('got second');
  for (const pty of [attached, another]) {
    pty.type('\x11');
    expect(await pty.exit()).toBe(0);
  }
  expect((await create('four')).exitCode).toBe(0);
  expect((await trails('start', 'two')).exitCode).toBe(0);
  expect(await listed()).toEqual(['four running', 'one running', 'two running']);
  const rows = JSON.parse((await trails('audit', '--json')).stdout) as {name: string; action: string; result: string}[];
  const done = rows.filter(({result}) => result === 'ok').map(({name, action}) => `${action} ${name}`);
  expect(done).toEqual(expect.arrayContaining(['stop two', 'destroy three', 'exec two', 'create four', 'spawn two']));
  expect(await world.daemon()).toBe(before);
  expect((await trails('rm', 'four', '--force')).exitCode).toBe(0);
});

test('directories of sessions that became read-only: new work is refused in words, what runs goes on', {
  timeout: 120_000,
}, async context => {
  const world = await openSessions(context, ['one', 'two']);
  const {trails, create, listed} = world;
  const sessions = path.join(world.paths.state, 'sessions');
  // What is open for writing keeps a whole file system from becoming read-only in order; a mount over it does not ask.
  expect((await run('mount', ['--bind', sessions, sessions])).exitCode).toBe(0);
  const unmount = () => run('umount', ['-l', sessions]);
  onTestFinished(async () => void (await unmount()));
  expect((await run('mount', ['-o', 'remount,bind,ro', sessions])).exitCode).toBe(0);

  expect(await create('three')).toMatchObject(unusable(/Could not make .*read-only/));
  expect(await listed()).toEqual(['one running', 'two running']);
  const attached = world.attach('one', 30);
  await attached.shows('ready');
  attached.type('first\r');
  await attached.shows('got first');
  expect(await trails('stop', 'two')).toMatchObject({exitCode: 0});
  expect(await trails('rm', 'two', '--force')).toMatchObject(unusable(/Could not move .*read-only/));

  await unmount();
  attached.type('second\r');
  await attached.shows('got second');
  expect((await trails('rm', 'two', '--force')).exitCode).toBe(0);
  expect(await listed()).toEqual(['one running']);
  expect((await create('three')).exitCode).toBe(0);
  expect((await trails('rm', 'three', '--force')).exitCode).toBe(0);
});

test('a client that has to start a daemon where nothing can be written says so', {timeout: 60_000}, async context => {
  const home = mkdtempSync(path.join(tmpdir(), 'trails-t-'));
  onTestFinished(() => rmSync(home, {recursive: true, force: true}));
  const paths = pathsFrom({TRAILS_HOME: home});
  await mount(context, paths.state);
  onTestFinished(() => stopDaemon(paths));
  // Without an engine, whose service would keep its log open here.
  mkdirSync(paths.config);
  writeFileSync(path.join(paths.config, 'config.yaml'), 'provider: mock');
  const trails = (...args: string[]) => run(process.execPath, [program, ...args], {env: {TRAILS_HOME: home}});
  // It is refused for as long as a daemon that has said its last has a file open.
  const remount = (how: string) =>
    expect
      .poll(() => run('mount', ['-o', `remount,${how}`, paths.state]), {timeout: 10_000})
      .toMatchObject({exitCode: 0}) as Promise<unknown>;
  const readOnly = unusable(/Could not .*read-only file system/);
  await remount('ro');
  // A directory without any state, and one with.
  for (const args of [['ls'], ['daemon', 'start']]) expect(await trails(...args)).toMatchObject(readOnly);
  await remount('rw');
  expect((await trails('ls')).exitCode).toBe(0);
  await stopDaemon(paths);
  await remount('ro');
  for (const args of [['ls'], ['new', 'one'], ['daemon', 'start']])
    expect(await trails(...args)).toMatchObject(readOnly);

  await remount('rw');
  const free = fill(paths.state);
  const full = await trails('ls');
  expect(full.exitCode).not.toBe(70);
  expect(full.stderr).toMatch(/^error: .+\nhint: .+space.*$/);
  free();
  expect((await trails('ls')).exitCode).toBe(0);
  await stopDaemon(paths);
});

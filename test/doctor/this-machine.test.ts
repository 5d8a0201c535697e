import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {expect, test} from 'vitest';
import {thisMachine} from '../../src/lib/checkup/this-machine.ts';
import {run} from '../../src/lib/exec.ts';
import {problemsOfDatabase} from '../../src/sessions/database-health.ts';
import {openStore} from '../../src/sessions/store.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';

const machine = thisMachine(process.env);

test('files are read as they are, and what is none is nothing', async () => {
  const home = temporaryDirectory();
  const file = path.join(home, 'file');
  writeFileSync(file, 'text', {mode: 0o640});
  symlinkSync('file', path.join(home, 'link'));
  expect(await machine.read(file)).toBe('text');
  expect(await machine.read(home)).toBeUndefined();
  expect(await machine.read(path.join(home, 'none'))).toBeUndefined();
  expect(await machine.about(file)).toMatchObject({kind: 'file', mode: 0o640, uid: process.getuid?.()});
  expect(await machine.about('/dev/null')).toMatchObject({kind: 'device'});
  expect(await machine.list(home)).toEqual(expect.arrayContaining(['file', 'link']));
  expect(await machine.real(path.join(home, 'link'))).toBe(file);
  expect(await machine.real(path.join(home, 'none/at/all'))).toBe(path.join(home, 'none/at/all'));
  if (process.platform === 'linux') expect(await machine.read('/proc/self/status')).toContain('CapEff');
});

test('a FIFO of a file’s name holds nobody up', async () => {
  const fifo = path.join(temporaryDirectory(), 'fifo');
  expect((await run('mkfifo', [fifo])).exitCode).toBe(0);
  expect(await machine.read(fifo)).toBeUndefined();
});

test('a socket is told from a file', async () => {
  const at = path.join(temporaryDirectory(), 's.sock');
  const server = net.createServer().listen(at);
  await new Promise(resolve => server.once('listening', resolve));
  expect(await machine.about(at)).toMatchObject({kind: 'socket'});
  server.close();
});

test('the space of what is not made yet is that of where it will be', async () => {
  const home = temporaryDirectory();
  const space = await machine.space(path.join(home, 'not/yet'));
  expect(space?.totalBytes).toBe((await machine.space(home))?.totalBytes);
  expect(space?.freeBytes).toBeGreaterThan(0);
});

test('the file system’s clock is asked without leaving anything', async () => {
  const home = temporaryDirectory();
  expect(Math.abs(((await machine.stamp(home)) ?? 0) - Date.now())).toBeLessThan(5000);
  expect(await machine.list(home)).toEqual([]);
  expect(await machine.stamp(path.join(home, 'none'))).toBeUndefined();
});

test('programs are those of the PATH that is looked at', async () => {
  const home = temporaryDirectory();
  const program = path.join(home, 'podman');
  writeFileSync(program, '#!/bin/sh\necho "mine $1"\n');
  const other = thisMachine({PATH: home});
  expect(await other.which('podman')).toBeUndefined();
  chmodSync(program, 0o755);
  expect(await other.which('podman')).toBe(program);
  expect(await other.run(['podman', 'x'])).toMatchObject({exitCode: 0, stdout: 'mine x'});
  expect(await other.run(['sh', '-c', 'true'])).toMatchObject({exitCode: 127});
});

test('a record of sessions is sound, damaged or not there', () => {
  const {paths} = temporaryHome();
  expect(problemsOfDatabase(paths)).toBeUndefined();
  openStore(paths.state).close();
  expect(problemsOfDatabase(paths)).toEqual([]);
  mkdirSync(path.join(paths.state, 'other'));
  writeFileSync(path.join(paths.state, 'other/trails.db'), 'this is no database, whatever its name says'.repeat(100));
  expect(problemsOfDatabase({...paths, state: path.join(paths.state, 'other')})).toEqual([
    expect.stringMatching(/not a database/),
  ]);
});

import net from 'node:net';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {takeInherited} from '../../src/daemon/activation.ts';
import {noteAddress} from '../../src/daemon/address.ts';
import {askOver} from '../../src/daemon/ask.ts';
import {isLocked, takeLock} from '../../src/daemon/lock.ts';
import {lostConnection} from '../../src/daemon/lost-connection.ts';
import {makeRuntimeDirectory} from '../../src/daemon/runtime-directory.ts';
import {ensureDaemon} from '../../src/daemon/start.ts';
import {createWaitingRoom} from '../../src/daemon/waiting-room.ts';
import {AppError} from '../../src/errors.ts';
import {systemClock} from '../../src/lib/clock.ts';
import {daemonFiles, pathsFrom} from '../../src/lib/paths.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';

const failing = (code: string, cause?: unknown) => Object.assign(new Error(code, {cause}), {code});
const signal = () => AbortSignal.timeout(10_000);

test.each([
  ['absent', failing('ENOENT')],
  ['absent', failing('ECONNREFUSED')],
  // Connect says 13 and 1, and the reason below it.
  ['absent', Object.assign(new Error('connect', {cause: failing('ENOENT')}), {code: 13})],
  ['broken', Object.assign(new Error('connect', {cause: failing('ECONNRESET')}), {code: 1})],
  ['broken', failing('EPIPE')],
  ['broken', failing('ERR_HTTP2_STREAM_CANCEL')],
  [undefined, failing('EACCES')],
  [undefined, new AppError('USAGE', 'x')],
  [undefined, 'text'],
] as const)('%s: %s', (lost, error) => {
  expect(lostConnection(error)).toBe(lost);
});

test('a socket that is not there, and one that breaks off, are told apart', async () => {
  const file = path.join(temporaryDirectory(), 'a.sock');
  const asked = () =>
    askOver(file)
      .info(signal())
      .catch(error => lostConnection(error));
  expect(await asked()).toBe('absent');
  const server = net.createServer(socket => socket.destroy()).listen(file);
  onTestFinished(() => void server.close());
  expect(await asked()).toBe('broken');
});

test('what a daemon leaves out of its answer is zero', async () => {
  const file = path.join(temporaryDirectory(), 'a.sock');
  const body = '{"version":"1.2.3","protocolMin":1,"protocolMax":2,"pid":"42","startTime":"2026-11-21T12:00:00Z"}';
  const server = net.createServer(socket =>
    socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)),
  );
  server.listen(file);
  onTestFinished(() => void server.close());
  expect(await askOver(file).info(signal())).toEqual({
    ...{version: '1.2.3', protocolMin: 1, protocolMax: 2, pid: 42, since: Date.UTC(2026, 10, 21, 12)},
    ...{sessions: 0, liveSessions: 0, clients: 0},
  });
});

test('one lock at a time, and it knows when its file is no longer its own', () => {
  const {paths} = temporaryHome();
  const {lock: file} = daemonFiles(paths);
  expect(isLocked(file)).toBe(false);
  const lock = takeLock(file);
  expect(lock?.held()).toBe(true);
  // Locks are the system's, between processes; test/daemon/lifecycle has those.
  lock?.release();
  expect(isLocked(file)).toBe(false);
  const next = takeLock(file);
  expect(next?.held()).toBe(true);
  next?.release();
});

test('nowhere to keep the lock is said in words', () => {
  const {home} = temporaryHome();
  expect(() => takeLock(path.join(home, 'config'))).toThrow(/^Could not lock .*config: /);
  expect(() => takeLock('/dev/null/state/daemon.lock')).toThrow(/^Could not make \/dev\/null\/state: /);
});

test('only a descriptor that is meant for this process is taken, and its variables from our children', () => {
  const env = {LISTEN_PID: '42', LISTEN_FDS: '1', LISTEN_FDNAMES: 'trails.socket', HOME: '/home/me'};
  expect(takeInherited({...env}, 43)).toBeUndefined();
  expect(takeInherited({...env, LISTEN_FDS: '2'}, 42)).toBeUndefined();
  expect(takeInherited(env, 42)).toBe(3);
  expect(env).toEqual({HOME: '/home/me'});
});

test('those who wait are served in order, but for those who have left', () => {
  const room = createWaitingRoom();
  const [first, gone, second, late] = [new net.Socket(), new net.Socket(), new net.Socket(), new net.Socket()];
  for (const socket of [first, gone, second]) room.enter(socket);
  gone.destroy(failing('ECONNRESET'));
  const served: net.Socket[] = [];
  room.open(socket => served.push(socket));
  room.enter(late);
  expect(served).toEqual([first, second, late]);
});

test('a daemon that is there and says nothing is given up after its time', async () => {
  const {paths} = temporaryHome();
  const server = net.createServer().listen(daemonFiles(paths).socket);
  onTestFinished(() => void server.close());
  const clock = manualClock();
  const program = {file: 'never', args: []};
  const asked = ensureDaemon({paths, env: {}, clock, program, hello: () => new Promise(() => {})});
  clock.pass(10_000);
  await expect(asked).rejects.toMatchObject({code: 'DAEMON_UNREACHABLE', message: expect.stringContaining('in 10 s')});
});

test('a program that cannot be started is said at once', async () => {
  const {paths} = temporaryHome();
  const {socket} = daemonFiles(paths);
  const program = {file: '/nowhere/node', args: []};
  const hello = askOver(socket).info;
  await expect(ensureDaemon({paths, env: {}, clock: systemClock, program, hello})).rejects.toMatchObject({
    code: 'DAEMON_UNREACHABLE',
    message: expect.stringContaining('ENOENT'),
  });
});

test.each(['/tmp/x', `/tmp/${'long-'.repeat(30)}`])('the socket below %s fits into the system’s limit', home => {
  const {socket} = daemonFiles(pathsFrom({TRAILS_HOME: home}));
  expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
  expect(path.basename(socket)).toBe('trails.sock');
});

test('a daemon that was started with another runtime directory is found', async () => {
  const {paths} = temporaryHome();
  const there = {...paths, runtime: path.join(paths.state, 'elsewhere')};
  makeRuntimeDirectory(there.runtime);
  noteAddress(there);
  const server = net.createServer(socket => socket.end('hello')).listen(daemonFiles(there).socket);
  onTestFinished(() => void server.close());
  const answer = ensureDaemon({
    ...{paths, env: {}, clock: systemClock},
    // It loses against the one that has the lock.
    program: {file: process.execPath, args: ['-e', 'process.exit(75)']},
    hello: () =>
      new Promise<string>((resolve, reject) => {
        net
          .connect(daemonFiles(paths).socket)
          .once('error', reject)
          .once('data', data => resolve(String(data)));
      }),
  });
  expect(await answer).toBe('hello');
});

test('a relative directory in the environment is none: it would be another one for the daemon', () => {
  const relative = {XDG_STATE_HOME: 'state', XDG_RUNTIME_DIR: 'run', XDG_CONFIG_HOME: './config'};
  expect(pathsFrom(relative)).toEqual(pathsFrom({}));
});

import net from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {remoteSessions} from '../../src/api/client.ts';
import {type Line, openLine} from '../../src/api/line.ts';
import {createApiServer} from '../../src/daemon/server.ts';
import {AppError} from '../../src/errors.ts';
import {silentLog} from '../../src/lib/log.ts';
import type {CreateRequest, SessionsPort} from '../../src/sessions/port.ts';
import {fakePort} from '../support/fake-port.ts';
import {temporaryDirectory} from '../support/home.ts';
import {sampleSession} from '../support/sample-session.ts';

const size = {columns: 80, rows: 24};
const request: CreateRequest = {agent: 'shell', args: [], repo: '/tmp', env: {}, limits: {}, size};

/** A daemon over sessions in memory, which a test ends and starts again at the same socket. */
function daemonAt(socket: string, sessions: SessionsPort) {
  const facts = {version: 'test', pid: 1, startedAt: 0, count: () => ({sessions: 0, live: 0}), stop: () => {}};
  const api = createApiServer({sessions: {as: () => sessions}, facts, log: silentLog});
  const connections = new Set<net.Socket>();
  let server: net.Server | undefined;
  return {
    async start() {
      server = net.createServer(connection => {
        connections.add(connection);
        api.accept(connection);
      });
      await new Promise<void>(resolve => server?.listen(socket, resolve));
    },
    async kill() {
      const ended = new Promise(resolve => server?.close(resolve));
      for (const connection of connections) connection.destroy();
      connections.clear();
      await ended;
    },
    close: () => api.close(),
  };
}

let fake: ReturnType<typeof fakePort>;
let daemon: ReturnType<typeof daemonAt>;
let ready: (signal: AbortSignal) => Promise<void>;
let line: Line;
let port: SessionsPort;

beforeEach(async () => {
  fake = fakePort([sampleSession({name: 'one'})]);
  const socket = path.join(temporaryDirectory(), 's');
  daemon = daemonAt(socket, fake.port);
  await daemon.start();
  ready = async () => {};
  line = openLine({socket, caller: {pid: 1, command: 'test'}, ready: signal => ready(signal)});
  port = remoteSessions(line);
});
afterEach(async () => {
  line.close();
  await daemon.kill();
  await daemon.close();
});

test('what must not be done twice is done all the same when the daemon had gone before it was asked', async () => {
  await daemon.kill();
  // It ends between the handshake and the call.
  ready = async () => {
    ready = daemon.start;
  };
  expect((await port.stop('one')).phase).toBe('stopped');
  expect(fake.calls.filter(call => call === 'stop one')).toHaveLength(1);
});

test('what was under way when the daemon died is not done again', async () => {
  const never = vi.spyOn(fake.port, 'stop').mockImplementation(() => new Promise(() => {}));
  const stopping = port.stop('one');
  await vi.waitFor(() => expect(never).toHaveBeenCalled());
  await daemon.kill();
  ready = daemon.start;
  await expect(stopping).rejects.toMatchObject({code: 'DAEMON_LOST'});
  expect(never).toHaveBeenCalledTimes(1);
});

test('a wait that the next daemon goes on with is no longer than asked', async () => {
  const asked: (number | undefined)[] = [];
  vi.spyOn(fake.port, 'wait').mockImplementation((_ref, {timeoutMs}) => {
    asked.push(timeoutMs);
    return asked.length === 1 ? new Promise(() => {}) : fake.port.get('one');
  });
  const waited = port.wait('one', {statuses: ['ready'], timeoutMs: 60_000}, new AbortController().signal);
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  ready = daemon.start;
  await daemon.kill();
  await waited;
  expect(asked[1]).toBeLessThan(asked[0]!);
});

test('an answer that cannot be written is a bug of the daemon, not its end', async () => {
  const cpus = {memoryBytes: 1, cpus: 1, pids: 1.5};
  const list = vi.spyOn(fake.port, 'list').mockImplementation(async () => [sampleSession({limits: cpus})]);
  await expect(port.list()).rejects.toThrow(/pids/);
  expect(list).toHaveBeenCalledTimes(1);
});

test('a command that was cut within a character is told all the same', async () => {
  line.close();
  const socket = path.join(temporaryDirectory(), 's');
  const other = daemonAt(socket, fake.port);
  await other.start();
  line = openLine({socket, caller: {pid: 1, command: `trails \ud83d`}, ready: async () => {}});
  expect(await remoteSessions(line).list()).toHaveLength(1);
  await other.kill();
  await other.close();
});

test.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
  ['an attachment', () => port.attach('one', size)],
  ['a question', () => port.list()],
  ['a creation', signal => port.create(request, () => {}, signal)],
])('%s ends when the line is closed while it waits for a daemon', async (_, ask) => {
  ready = () => new Promise(() => {});
  const asked = ask(new AbortController().signal);
  const told = expect(asked).rejects.toMatchObject({code: 'CANCELLED'});
  line.close();
  await told;
});

test('a daemon that holds the connection and says nothing is given up', async () => {
  const socket = path.join(temporaryDirectory(), 's');
  const connections = new Set<net.Socket>();
  const silent = net.createServer(connection => connections.add(connection.resume()));
  await new Promise<void>(resolve => silent.listen(socket, resolve));
  let tries = 0;
  const search = async () => {
    tries += 1;
    if (tries > 1) throw new AppError('DAEMON_UNREACHABLE', 'It hangs');
  };
  const pulse = {pingIntervalMs: 20, pingTimeoutMs: 20};
  const stuck = openLine({socket, caller: {pid: 1, command: 'test'}, ready: search, pulse});
  const sessions = remoteSessions(stuck);
  const unreachable = {code: 'DAEMON_UNREACHABLE'};
  await Promise.all([
    expect(sessions.list()).rejects.toMatchObject(unreachable),
    expect(Array.fromAsync(sessions.watch(new AbortController().signal))).rejects.toMatchObject(unreachable),
  ]);
  stuck.close();
  for (const connection of connections) connection.destroy();
  silent.close();
});

test('the search for a daemon ends with the line', async () => {
  let searching: AbortSignal | undefined;
  ready = until => {
    searching = until;
    return new Promise(() => {});
  };
  const asked = expect(port.list()).rejects.toMatchObject({code: 'CANCELLED'});
  await vi.waitFor(() => expect(searching).toBeDefined());
  line.close();
  await asked;
  expect(searching?.aborted).toBe(true);
});

test('nobody waits for a daemon any more after giving up', async () => {
  ready = () => new Promise(() => {});
  const stop = new AbortController();
  const doctor = port.doctor(stop.signal);
  const creation = port.create(request, () => {}, stop.signal);
  const reason = new Error('interrupted');
  stop.abort(reason);
  await expect(doctor).rejects.toBe(reason);
  await expect(creation).rejects.toBeInstanceOf(AppError);
  await port.close();
});

import net from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {remoteSessions} from '../../src/api/client.ts';
import {type Line, openLine} from '../../src/api/line.ts';
import {type ApiServer, createApiServer} from '../../src/daemon/server.ts';
import {silentLog} from '../../src/lib/log.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {fakePort} from '../support/fake-port.ts';
import {temporaryDirectory} from '../support/home.ts';
import {sampleSession} from '../support/sample-session.ts';

let api: ApiServer;
let server: net.Server;
let line: Line;
let port: SessionsPort;
let open = 0;

/** Counts the streams that are open in the daemon. */
const counted = <Args extends unknown[], T>(begin: (...args: Args) => AsyncIterable<T>) =>
  async function* (...args: Args): AsyncIterable<T> {
    open += 1;
    try {
      yield* begin(...args);
    } finally {
      open -= 1;
    }
  };

beforeEach(async () => {
  const fake = fakePort([sampleSession()]).port;
  const sessions = {
    ...fake,
    watch: counted(fake.watch),
    watchScreen: counted(fake.watchScreen),
    logs: counted(fake.logs),
  };
  const facts = {version: 'test', pid: 1, startedAt: 0, count: () => ({sessions: 0, live: 0}), stop: () => {}};
  api = createApiServer({sessions: {as: () => sessions}, facts, log: silentLog});
  const socket = path.join(temporaryDirectory(), 's');
  server = net.createServer(api.accept);
  await new Promise<void>(resolve => server.listen(socket, resolve));
  line = openLine({socket, caller: {pid: 1, command: 'test'}, ready: async () => {}});
  port = remoteSessions(line);
});
afterEach(async () => {
  line.close();
  await api.close();
  server.close();
});

const streams: Readonly<Record<string, (signal: AbortSignal) => AsyncIterable<unknown>>> = {
  watch: signal => port.watch(signal),
  watchScreen: signal => port.watchScreen('01-api', {scrolled: 0, maxFps: 10}, signal),
  logs: signal => port.logs('01-api', {follow: true}, signal),
};
const first = async (stream: AsyncIterable<unknown>, then: () => void) => {
  for await (const _ of stream) {
    then();
    break;
  }
};

test.each(Object.keys(streams))('%s ends in the daemon when its reader leaves it, or its signal aborts', async name => {
  const stop = new AbortController();
  for (let count = 0; count < 5; count++) {
    await first(streams[name]!(new AbortController().signal), () => {});
    await first(streams[name]!(stop.signal), () => {});
  }
  const all = Promise.all(Array.from({length: 5}, () => first(streams[name]!(stop.signal), () => {})));
  await all;
  stop.abort();
  await vi.waitFor(() => expect(open).toBe(0));
});

import http2 from 'node:http2';
import net from 'node:net';
import {expect, onTestFinished, test, vi} from 'vitest';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {openApi, openDescriptors} from '../support/api-server.ts';
import {fakePort, frameOf} from '../support/fake-port.ts';
import {enveloped, httpCall} from '../support/http-call.ts';
import {sampleSession} from '../support/sample-session.ts';

const patience = {timeout: 15_000, interval: 10};
const bytesEach = 64 * 1024;
const text = 'x'.repeat(bytesEach);

/** Sessions of which every stream has more to say than anybody reads; counts what is open, and what was taken from each. */
function endless() {
  const {port} = fakePort([sampleSession()]);
  const count = {open: 0, taken: 0};
  async function* forever<T>(value: T): AsyncIterable<T> {
    count.open += 1;
    try {
      for (;;) {
        count.taken += 1;
        yield value;
        // A turn of the loop, as if it had to be waited for.
        await new Promise(resolve => setImmediate(resolve));
      }
    } finally {
      count.open -= 1;
    }
  }
  const sessions: SessionsPort = {
    ...port,
    watch: () => forever({whole: true, sessions: [sampleSession({note: text})], removed: []}),
    watchScreen: () => forever(frameOf([text])),
    logs: () => forever({lines: [text], next: 1}),
  };
  return {sessions, count};
}

const connect = async (socket: string): Promise<net.Socket> => {
  const client = net.connect(socket);
  onTestFinished(() => void client.destroy());
  client.on('error', () => {});
  await new Promise(resolve => client.once('connect', resolve));
  return client;
};
const session2 = (socket: string): http2.ClientHttp2Session => {
  const client = http2.connect('http://trails', {createConnection: () => net.connect(socket)});
  client.on('error', () => {});
  onTestFinished(() => client.destroy());
  return client;
};
const begun2 = (client: http2.ClientHttp2Session, call: string): http2.ClientHttp2Stream => {
  const stream = client.request({
    ...{':method': 'POST', ':path': `/trails.v1.SessionService/${call}`},
    'content-type': 'application/connect+json',
  });
  stream.on('error', () => {});
  stream.end(enveloped('{"session":"api"}'));
  return stream;
};
/** Another client is served as ever; many times, so that whatever goes on has the time to go on. */
const othersGoOn = async (socket: string, times = 100) => {
  for (let time = 0; time < times; time++)
    expect(await httpCall(socket, 'SessionService/List', '{}')).toMatchObject({status: 200});
};
const deadStreams = {
  'an HTTP/1 client': async (socket: string, call: string) => {
    const client = await connect(socket);
    const body = enveloped('{"session":"api"}');
    client.write(
      `POST /trails.v1.SessionService/${call} HTTP/1.1\r\nhost: x\r\ncontent-type: application/connect+json\r\n` +
        `content-length: ${body.length}\r\n\r\n`,
    );
    client.write(body);
    client.pause();
    return () => void client.destroy();
  },
  'an HTTP/2 client': async (socket: string, call: string) => {
    const client = session2(socket);
    begun2(client, call);
    return () => client.destroy();
  },
} as const;

test.each(
  Object.keys(deadStreams).flatMap(who => ['Watch', 'WatchScreen', 'Logs'].map(call => [who, call] as const)),
)('%s that does not read %s costs so much and no more, and nothing once it is gone', async (who, call) => {
  const {sessions, count} = endless();
  const {socket, clients} = await openApi(sessions);
  const leave = await deadStreams[who as keyof typeof deadStreams](socket, call);
  await vi.waitFor(() => expect(count.open).toBe(1), patience);
  await othersGoOn(socket);
  expect(count.taken * bytesEach).toBeLessThan(4 * 2 ** 20);
  leave();
  await vi.waitFor(() => expect(count.open).toBe(0), patience);
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
});

test('50 stalled streams of one client hold nobody else, and end with it', async () => {
  const {sessions, count} = endless();
  const {socket, clients} = await openApi(sessions);
  const client = session2(socket);
  for (let each = 0; each < 50; each++) begun2(client, ['Watch', 'WatchScreen', 'Logs'][each % 3]!);
  await vi.waitFor(() => expect(count.open).toBe(50), patience);
  await othersGoOn(socket);
  expect(count.taken * bytesEach).toBeLessThan(50 * 2 * 2 ** 20);
  client.destroy();
  await vi.waitFor(() => expect(count.open).toBe(0), patience);
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
});

test('1000 connections one after another leave nothing open', async () => {
  const {socket, clients} = await openApi(fakePort([sampleSession()]).port);
  await othersGoOn(socket, 1);
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
  const before = openDescriptors();
  await othersGoOn(socket, 1000);
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
  expect(openDescriptors()).toBeLessThanOrEqual(before + 5);
});

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const garbage: Readonly<Record<string, string | Buffer>> = {
  zeros: Buffer.alloc(4096),
  'what is no text': Buffer.from(Array.from({length: 4096}, (_, at) => (at * 7919) % 256)),
  'a TLS greeting': Buffer.from('160301020001000001fc0303', 'hex'),
  'words that are no request': 'hello\r\n\r\n',
  'a header without an end': `POST / HTTP/1.1\r\nx: ${'y'.repeat(200_000)}`,
  'HTTP/2 and then zeros': Buffer.concat([Buffer.from(preface), Buffer.alloc(4096)]),
  'HTTP/2 and then text': `${preface}POST / HTTP/1.1\r\n\r\n`,
  'a frame of HTTP/2 that is too large': Buffer.concat([
    Buffer.from(preface),
    Buffer.from('ffffff0000000000 01'.replace(' ', ''), 'hex'),
  ]),
};
test.each(Object.keys(garbage))('%s: the connection is closed, and others go on', async name => {
  const {socket, clients} = await openApi(fakePort([sampleSession()]).port);
  const client = await connect(socket);
  client.resume();
  client.write(garbage[name]!);
  await vi.waitFor(() => expect(client.closed).toBe(true), patience);
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
  await othersGoOn(socket, 1);
});

const unfinished: Readonly<Record<string, string>> = {
  nothing: '',
  'the beginning of HTTP/2': 'PR',
  'the beginning of a request': 'POST /trails.v1.SessionService/List HTTP/1.1\r\nhost: x\r\n',
  'a request without its body':
    'POST /trails.v1.SessionService/List HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
};
test.each(Object.keys(unfinished))('a client that says %s, and no more, is sent away', async name => {
  const {socket, clients} = await openApi(fakePort([sampleSession()]).port, {silenceMs: 50});
  const client = await connect(socket);
  client.resume();
  client.write(unfinished[name]!);
  await othersGoOn(socket, 1);
  await vi.waitFor(() => expect(client.closed).toBe(true), patience);
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
});

test('a client that waits long for its answer is not sent away', async () => {
  const {promise: answer, resolve} = Promise.withResolvers<ReturnType<typeof sampleSession>>();
  const {promise: asked, resolve: hear} = Promise.withResolvers<void>();
  const wait = () => {
    hear();
    return answer;
  };
  const {socket} = await openApi({...fakePort([sampleSession()]).port, wait}, {silenceMs: 50});
  const waited = httpCall(socket, 'SessionService/Wait', '{"session":"api"}');
  await asked;
  // Those who say nothing are sent away meanwhile, one after the other.
  for (let time = 0; time < 3; time++) {
    const silent = await connect(socket);
    silent.resume();
    await vi.waitFor(() => expect(silent.closed).toBe(true), patience);
  }
  resolve(sampleSession());
  expect(await waited).toMatchObject({status: 200});
});

test('HTTP/2 that stops half-way holds nobody else, and ends with its connection', async () => {
  const {socket, clients} = await openApi(fakePort([sampleSession()]).port);
  const client = await connect(socket);
  // Behind the preface half of a frame.
  client.write(Buffer.concat([Buffer.from(preface), Buffer.from('0000', 'hex')]));
  await othersGoOn(socket, 10);
  client.destroy();
  await vi.waitFor(() => expect(clients()).toBe(0), patience);
});

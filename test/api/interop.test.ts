import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {PortScene} from '../contracts/port-scene.ts';
import {buf, bufMissing} from '../support/buf.ts';
import {enveloped, httpCall} from '../support/http-call.ts';
import {openRemoteFixture} from '../support/remote-fixture.ts';

// Clients that know nothing of ours.

const scene = new PortScene();
let socket: string;
beforeEach(async () => {
  const fixture = await openRemoteFixture();
  scene.begin(fixture);
  socket = fixture.socket;
  await scene.port.create(
    scene.request({name: 'api', args: ['idle', 'hello\r\n']}),
    () => {},
    new AbortController().signal,
  );
});
afterEach(() => scene.end());

describe('plain HTTP/1', () => {
  const json = 'application/json';
  test('a call is a POST with JSON, and its answer JSON', async () => {
    const {status, type, text} = await httpCall(socket, 'SessionService/List', '{}');
    expect({status, type}).toEqual({status: 200, type: json});
    expect(JSON.parse(text)).toMatchObject({sessions: [{name: 'api', phase: 'PHASE_RUNNING', provider: 'mock'}]});
  });

  test('an error has its HTTP status, and in its detail the code, the hint and the exit code', async () => {
    const {status, type, text} = await httpCall(socket, 'SessionService/Get', '{"session":"nope"}');
    expect({status, type}).toEqual({status: 404, type: json});
    expect(JSON.parse(text)).toMatchObject({
      code: 'not_found',
      message: 'There is no session "nope"',
      details: [
        {type: 'trails.v1.ErrorDetail', debug: {code: 'SESSION_UNKNOWN', exitCode: 66, hint: expect.any(String)}},
      ],
    });
  });

  test('a stream is enveloped, and tells of its error in its last message', async () => {
    const type = 'application/connect+json';
    const {status, text} = await httpCall(socket, 'SessionService/Logs', enveloped('{"session":"nope"}'), {type});
    expect(status).toBe(200);
    expect(JSON.parse(text.slice(5))).toMatchObject({error: {code: 'not_found', details: [{debug: {exitCode: 66}}]}});
    const logs = await httpCall(socket, 'SessionService/Logs', enveloped('{"session":"api"}'), {type});
    expect(logs.text).toContain('"lines":["hello"');
  });

  const big = `{"session":"${'x'.repeat(17 * 2 ** 20)}"}`;
  const stream = {type: 'application/connect+json'};
  test.each([
    ['no JSON', 'SessionService/Get', '{"sess', {}, 400, 'invalid_argument'],
    ['another type', 'SessionService/Get', '{"session": 1}', {}, 400, 'invalid_argument'],
    ['a very deep nothing', 'SessionService/Get', '['.repeat(1_000_000), {}, 400, 'invalid_argument'],
    ['a too large message', 'SessionService/Get', big, {}, 429, 'resource_exhausted'],
    ['no protobuf', 'SessionService/Get', '\x0a\x7f', {type: 'application/proto'}, 500, 'parse binary'],
    [
      'a deadline that is none',
      'SessionService/Get',
      '{}',
      {headers: {'connect-timeout-ms': 'soon'}},
      400,
      'invalid_argument',
    ],
    ['compressed', 'SessionService/Get', '{}', {headers: {'content-encoding': 'gzip'}}, 501, 'unimplemented'],
    ['a stream without an envelope', 'SessionService/Logs', '{}', stream, 200, 'invalid_argument'],
    [
      'a stream of a too large message',
      'SessionService/Logs',
      enveloped('', {length: 2 ** 32 - 1}),
      stream,
      200,
      'resource_exhausted',
    ],
    ['no such call', 'SessionService/Fly', '{}', {}, 404, 'docs/api.md'],
    ['no such service', 'BirdService/Fly', '{}', {}, 404, 'docs/api.md'],
    ['another method', 'SessionService/Get', '', {method: 'GET'}, 405, 'POST'],
    ['what needs HTTP/2', 'SessionService/Exec', enveloped('{}'), stream, 505, 'HTTP/2'],
    ['another content type', 'SessionService/Get', '{}', {type: 'text/plain'}, 415, 'application/json'],
  ] as const)('%s is refused in words', async (_, call, body, asked, status, words) => {
    expect(await httpCall(socket, call, body, asked)).toMatchObject({status, text: expect.stringContaining(words)});
    expect(await httpCall(socket, 'SessionService/List', '{}')).toMatchObject({status: 200});
  });
});

describe('gRPC, with no schema', () => {
  beforeEach(context => context.skip(bufMissing !== undefined, bufMissing));
  const curl = (...args: readonly string[]) =>
    buf(['curl', '--protocol', 'grpc', '--unix-socket', socket, '--http2-prior-knowledge', ...args]);
  const at = (call: string) => `http://trails/trails.v1.${call}`;

  test('reflection tells services and calls', async () => {
    const services = await curl('--list-services', 'http://trails');
    expect(services.stdout.split('\n')).toEqual(
      expect.arrayContaining(['trails.v1.DaemonService', 'trails.v1.SessionService']),
    );
    const methods = await curl('--list-methods', 'http://trails');
    expect(methods.stdout).toContain('trails.v1.SessionService/Attach\n');
  });

  test('a call, and its error', async () => {
    const {stdout} = await curl(at('SessionService/Get'), '-d', '{"session":"api"}');
    expect(JSON.parse(stdout)).toMatchObject({session: {name: 'api', command: ['idle', 'hello\r\n']}});
    const {status, stderr} = await curl(at('SessionService/Get'), '-d', '{"session":"nope"}');
    // buf's own: 8 times the code of gRPC.
    expect(status).toBe(5 * 8);
    expect(JSON.parse(stderr)).toMatchObject({code: 'not_found', details: [{type: 'trails.v1.ErrorDetail'}]});
  });

  test('a stream of answers', async () => {
    const {status, stdout} = await curl(at('SessionService/Audit'), '-d', '{"session":"api"}');
    expect(status).toBe(0);
    expect(stdout).toContain('"action": "create"');
  });

  test('both sides speak', async () => {
    const asked = `{"start":{"session":"api","argv":["readInput"]}} {"stdin":"${btoa('ping')}"} {"endOfInput":{}}`;
    const {status, stdout} = await curl(at('SessionService/Exec'), '-d', asked);
    expect(status).toBe(0);
    expect(stdout).toContain(btoa('ping'));
    expect(stdout).toContain('"exitCode": 0');
  });
});

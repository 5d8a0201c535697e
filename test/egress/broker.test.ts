import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {routePath} from '../../src/egress/broker/path.ts';
import {type Upstream, upstreamOf} from '../../src/egress/broker/upstream.ts';
import {createEgress} from '../../src/egress/create-egress.ts';
import type {BrokerRoute, Egress} from '../../src/egress/egress.ts';
import {temporaryDirectory} from '../support/home.ts';
import {type Internet, openInternet} from '../support/internet.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sent} from '../support/through-proxy.ts';

const route = (changes: Partial<BrokerRoute> = {}): BrokerRoute => ({
  ...{name: 'model', upstream: 'https://model.example/base', header: 'Authorization', format: 'Bearer {key}'},
  ...{key: 'the-real-key', paths: ['/v1/']},
  ...changes,
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let internet: Internet;
let egress: Egress;
let directory: string;
let socket: string;
let seen: Seen[];

beforeEach(async () => {
  seen = [];
  internet = await openInternet((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push({method: request.method ?? '', url: request.url ?? '', headers: request.headers, body});
      if (request.url?.endsWith('/refused')) response.writeHead(429);
      if (!request.url?.endsWith('/stream')) return void response.end('fine');
      response.writeHead(200, {'Content-Type': 'text/event-stream'});
      for (const n of [1, 2, 3]) response.write(`data: ${n}\n\n`);
      response.end();
    });
  });
  internet.name('model.example');
  // A model in a network of one's own is fine, as long as it shows its certificate.
  internet.name('other.example', {address: '10.0.0.1', family: 4});
  internet.name('impostor.example');
  egress = createEgress({clock: manualClock(), outside: internet.outside});
  directory = path.join(temporaryDirectory(), 'egress');
  socket = path.join(directory, 'proxy.sock');
  await egress.serve('s1', directory, {rules: [], token: 'the-token', routes: [route()]});
});
afterEach(async () => {
  await egress.close();
  await internet.close();
});

const ask = (target: string, headers: readonly string[] = ['Authorization: Bearer the-token'], body = '') =>
  sent(
    socket,
    [
      `POST ${target} HTTP/1.1`,
      'Host: 127.0.0.1:3128',
      `Content-Length: ${body.length}`,
      ...headers,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
const serve = (changes: Partial<BrokerRoute>) =>
  egress.serve('s1', directory, {rules: [], token: 'the-token', routes: [route(changes)]});

test('the key takes the place of the token, and goes to its own host alone', async () => {
  expect(await ask('/model/v1/messages?beta=true', undefined, '{"a":1}')).toContain('200 OK');
  expect(seen).toMatchObject([{method: 'POST', url: '/base/v1/messages?beta=true', body: '{"a":1}'}]);
  expect(seen[0]?.headers).toMatchObject({authorization: 'Bearer the-real-key', host: 'model.example'});
  expect(internet.dialled).toEqual(['93.184.216.34:443']);
  expect(egress.state('s1').routes).toEqual([{name: 'model', requests: 1, failed: 0}]);
});

test('no other key goes along, in whatever place', async () => {
  const own = [
    'x-api-key: mine',
    'API-Key: mine',
    'Cookie: k=mine',
    'X-Goog-Api-Key: mine',
    'Proxy-Authorization: mine',
  ];
  await ask('/model/v1/x?key=mine&a=b&%6Bey=mine&access_token=mine', ['Authorization: Bearer the-token', ...own]);
  expect(JSON.stringify(seen)).not.toContain('mine');
  expect(seen[0]?.url).toBe('/base/v1/x?a=b');
});

test.each([
  ['no key', '/model/v1/x', [], 401],
  ['another one', '/model/v1/x', ['Authorization: Bearer another'], 401],
  ['the token alone', '/model/v1/x', ['Authorization: the-token'], 401],
  ['two', '/model/v1/x', ['Authorization: Bearer the-token', 'Authorization: Bearer x'], 400],
  ['a path that is not listed', '/model/v2/x', undefined, 403],
  ['a path that only begins so', '/model/v1x', undefined, 403],
  ['dots in the path', '/model/v1/../v2', undefined, 404],
  ['coded dots', '/model/v1/%2e%2e/v2', undefined, 404],
  ['a coded slash', '/model/v1%2fx', undefined, 404],
  ['a doubled slash', '/model//v1/x', undefined, 404],
  ['a backslash', '/model/v1/..\\v2', undefined, 404],
  ['another route', '/other/v1/x', undefined, 404],
  ['a name of every object', '/constructor/v1/x', undefined, 404],
  ['no route', '/', undefined, 404],
])('a request with %s goes nowhere', async (_, target, headers, status) => {
  expect(await ask(target, headers)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(internet.dialled).toEqual([]);
});

test('what is refused does not show the key, and is counted', async () => {
  const text = await ask('/model/v1/x', ['Authorization: Bearer the-token-x']);
  expect(text).toContain('the key is not the one that this session was given');
  expect(text).not.toContain('the-real-key');
  await ask('/model/v1/refused');
  expect(egress.state('s1').routes).toEqual([{name: 'model', requests: 2, failed: 2}]);
});

test('a stream comes piece by piece, as it was sent', async () => {
  const text = await ask('/model/v1/stream');
  expect(text).toContain('text/event-stream');
  expect(text.match(/data: \d/g)).toEqual(['data: 1', 'data: 2', 'data: 3']);
});

test('an upstream that is not what its name says gets nothing', async () => {
  await serve({upstream: 'https://impostor.example'});
  const text = await ask('/model/v1/x');
  expect(text).toContain('502');
  expect(text).toContain('certificate');
  expect(seen).toEqual([]);
});

test('an upstream in one’s own network is reached; plain http only on this machine', async () => {
  await serve({upstream: 'https://other.example'});
  expect(await ask('/model/v1/x')).toContain('200 OK');
  expect(internet.dialled).toEqual(['10.0.0.1:443']);
  await serve({upstream: 'http://model.example'});
  expect(await ask('/model/v1/x')).toContain('neither https nor on this machine');
});

test('an empty token takes no keys away, and without any nothing is let through', async () => {
  await egress.serve('s1', directory, {rules: [], token: '', routes: []});
  expect(await ask('/model/v1/x')).toContain('200 OK');
  const other = path.join(temporaryDirectory(), 'egress');
  await egress.serve('s2', other, {rules: [], token: '', routes: [route()]});
  const text = await sent(
    path.join(other, 'proxy.sock'),
    'GET /model/v1/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \r\nConnection: close\r\n\r\n',
  );
  expect(text).toContain('401');
});

test.each<readonly [string, Upstream | undefined]>([
  ['https://a.example', {host: 'a.example', port: 443, secure: true, prefix: ''}],
  ['https://a.example:8443/x/', {host: 'a.example', port: 8443, secure: true, prefix: '/x'}],
  ['http://127.0.0.1:4000/v1', {host: '127.0.0.1', port: 4000, secure: false, prefix: '/v1'}],
  ['http://[::1]', {host: '::1', port: 80, secure: false, prefix: ''}],
  ...['http://a.example', 'https://u:p@a.example', 'https://a.example?x=1', 'ftp://a.example', 'a.example', ''].map(
    text => [text, undefined] as const,
  ),
])('%s is the upstream %j', (text, expected) => {
  expect(upstreamOf(text)).toEqual(expected);
});

test('a path is what it looks like, or none', () => {
  expect(routePath('/a/b/c?d=/../e')).toEqual({route: 'a', path: '/b/c', query: '?d=/../e'});
  for (const url of ['/a', '/A/b', '/a/./b', '/a/b/.', '/a/b/..', '/a/b;c', '/a/ b', '/a/ü', '/a/b#c', 'http://a/b/'])
    expect(routePath(url)).toBeUndefined();
});

import {once} from 'node:events';
import net from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createEgress} from '../../src/egress/create-egress.ts';
import type {Egress} from '../../src/egress/egress.ts';
import {temporaryDirectory} from '../support/home.ts';
import {type Internet, openInternet} from '../support/internet.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sent} from '../support/through-proxy.ts';

let internet: Internet;
let egress: Egress;
let socket: string;
let seen: string[];

beforeEach(async () => {
  seen = [];
  internet = await openInternet((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.headers.host}${request.url} ${body}`);
      response.end('fine');
    });
  });
  internet.name('allowed.example');
  egress = createEgress({clock: manualClock(), outside: internet.outside});
  const directory = path.join(temporaryDirectory(), 'egress');
  socket = path.join(directory, 'proxy.sock');
  await egress.serve('s1', directory, {
    rules: [{host: 'allowed.example', decision: 'allow', from: 'request'}],
    token: '',
    routes: [],
  });
});
afterEach(async () => {
  await egress.close();
  await internet.close();
});

const hidden = 'GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n';
const first = 'http://allowed.example/ HTTP/1.1';

test.each([
  ['two lengths', `POST ${first}\r\nHost: allowed.example\r\nContent-Length: 4\r\nContent-Length: 60\r\n\r\n${hidden}`],
  ['a list of lengths', `POST ${first}\r\nHost: allowed.example\r\nContent-Length: 4, 60\r\n\r\n${hidden}`],
  ['a length with a sign', `POST ${first}\r\nHost: allowed.example\r\nContent-Length: +4\r\n\r\n${hidden}`],
  [
    'both lengths',
    `POST ${first}\r\nHost: allowed.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  [
    'two encodings',
    `POST ${first}\r\nHost: allowed.example\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  [
    'a strange encoding',
    `POST ${first}\r\nHost: allowed.example\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
  ],
  ['a space before the colon', `POST ${first}\r\nHost: allowed.example\r\nContent-Length : 4\r\n\r\n${hidden}`],
  ['a folded header', `GET ${first}\r\nHost: allowed.example\r\nX-A: b\r\n Host: other.example\r\n\r\n`],
  ['bare line feeds', `GET ${first}\nHost: allowed.example\n\n`],
  ['a bare line feed in a header', `GET ${first}\r\nHost: allowed.example\r\nX-A: b\nHost: other.example\r\n\r\n`],
  [
    'a bare carriage return in a header',
    `GET ${first}\r\nHost: allowed.example\r\nX-A: b\rHost: other.example\r\n\r\n`,
  ],
  ['two hosts', `GET ${first}\r\nHost: allowed.example\r\nHost: other.example\r\n\r\n`],
  ['the same host twice', `GET ${first}\r\nHost: allowed.example\r\nHost: allowed.example\r\n\r\n`],
  ['another host in the header', `GET ${first}\r\nHost: other.example\r\n\r\n`],
  ['no host header', `GET ${first}\r\nX-A: b\r\n\r\n`],
  ['a null in a header', `GET ${first}\r\nHost: allowed.example\r\nX-A: b\0c\r\n\r\n`],
  ['a tab for the space', `GET\thttp://allowed.example/\tHTTP/1.1\r\nHost: allowed.example\r\n\r\n`],
  ['a second word in the address', `GET http://allowed.example/ x HTTP/1.1\r\nHost: allowed.example\r\n\r\n`],
  ['credentials', 'GET http://allowed.example@other.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n'],
  ['a fragment', 'GET http://allowed.example#@other.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n'],
  ['a backslash', 'GET http://other.example\\@allowed.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n'],
  ['https in the open', 'GET https://allowed.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n'],
  ['another scheme', 'GET ftp://allowed.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n'],
  ['another port', 'GET http://allowed.example:8080/ HTTP/1.1\r\nHost: allowed.example:8080\r\n\r\n'],
  [
    'a chunk that lies about its size',
    `POST ${first}\r\nHost: allowed.example\r\nTransfer-Encoding: chunked\r\n\r\n0x4\r\nGET \r\n0\r\n\r\n`,
  ],
  ['an old version with no length', `GET http://allowed.example/\r\n\r\n${hidden}`],
  [
    'a head without end',
    `GET ${first}\r\nHost: allowed.example\r\n${'X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(1000)}\r\n`,
  ],
  [
    'two hosts in a CONNECT',
    'CONNECT allowed.example:443 HTTP/1.1\r\nHost: allowed.example:443\r\nHost: other.example:443\r\n\r\n',
  ],
  ['another host in a CONNECT', 'CONNECT allowed.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
])('a request with %s is refused, and nothing of it goes on', async (_, bytes) => {
  expect(await sent(socket, bytes)).toMatch(/^HTTP\/1\.1 (?:400|403|431) /);
  expect(seen).toEqual([]);
});

test('requests one behind the other are judged one by one', async () => {
  const text = await sent(socket, `GET ${first}\r\nHost: allowed.example\r\n\r\n${hidden}`);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403']);
  expect(seen).toEqual(['GET allowed.example/ ']);
});

test('a body goes on as that and as nothing else, whatever is in it', async () => {
  const head = `POST ${first}\r\nHost: allowed.example\r\nConnection: close, Host, Content-Length\r\nProxy-Authorization: x\r\n`;
  await sent(socket, `${head}Content-Length: ${hidden.length}\r\n\r\n${hidden}`);
  await sent(
    socket,
    `${head}Transfer-Encoding: chunked\r\n\r\n${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
  );
  expect(seen).toEqual([`POST allowed.example/ ${hidden}`, `POST allowed.example/ ${hidden}`]);
});

test('a request to change the protocol is an ordinary one', async () => {
  const text = await sent(
    socket,
    `GET ${first}\r\nHost: allowed.example\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
});

test('whatever bytes come, the next one is answered', async () => {
  let seed = 7;
  const next = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed;
  };
  const starts = [
    '',
    'CONNECT ',
    'CONNECT allowed.example:443 HTTP/1.1\r\nHost: allowed.example:443\r\n\r\n',
    `GET ${first}\r\n`,
  ];
  for (let n = 0; n < 200; n++) {
    const bytes = Buffer.from(Array.from({length: next() % 300}, () => next() % 256));
    const socketOf = net.connect(socket);
    socketOf.on('error', () => {});
    socketOf.end(Buffer.concat([Buffer.from(starts[n % starts.length] ?? ''), bytes]));
    await once(socketOf.resume(), 'close');
  }
  expect(await sent(socket, `GET ${first}\r\nHost: allowed.example\r\nConnection: close\r\n\r\n`)).toContain('fine');
});

import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createEgress} from '../../src/egress/create-egress.ts';
import type {Egress, EgressPolicy} from '../../src/egress/egress.ts';
import {temporaryDirectory} from '../support/home.ts';
import {type Internet, openInternet} from '../support/internet.ts';
import {manualClock} from '../support/manual-clock.ts';
import {connected, got, secured, sent} from '../support/through-proxy.ts';

const policy = (allow: readonly string[], block: readonly string[] = []): EgressPolicy => ({
  rules: [
    ...allow.map(host => ({host, decision: 'allow', from: 'request'}) as const),
    ...block.map(host => ({host, decision: 'block', from: 'session'}) as const),
  ],
  token: '',
  routes: [],
});

const clock = manualClock();
let internet: Internet;
let egress: Egress;
let directory: string;
let socket: string;

beforeEach(async () => {
  internet = await openInternet();
  internet.name('allowed.example');
  internet.name('other.example');
  egress = createEgress({clock, outside: internet.outside});
  directory = path.join(temporaryDirectory(), 'egress');
  socket = path.join(directory, 'proxy.sock');
  await egress.serve('s1', directory, policy(['allowed.example']));
});
afterEach(async () => {
  await egress.close();
  await internet.close();
});

const attempt = () => egress.state('s1').attempts[0];

test('a listed host is reached through a tunnel and by plain http, and nothing else is looked up', async () => {
  const through = await connected(socket, 'allowed.example:443');
  expect(through.status).toBe(200);
  const secure = await secured(through.socket, 'allowed.example');
  expect(await got(secure, 'allowed.example')).toContain('hello from allowed.example /');
  expect(attempt()).toMatchObject({host: 'allowed.example', port: 443, outcome: 'allowed', reason: '', count: 1});

  const plain = await sent(
    socket,
    'GET http://allowed.example/a?b=c HTTP/1.1\r\nHost: allowed.example\r\nConnection: close\r\n\r\n',
  );
  expect(plain).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(plain).toContain('hello from allowed.example /a?b=c');
  expect(attempt()).toMatchObject({port: 80, outcome: 'allowed'});
  expect(internet.resolved).toEqual(['allowed.example', 'allowed.example']);
});

test('what is not listed is refused with what to do, and not even looked up', async () => {
  const {status, head, socket: client} = await connected(socket, 'other.example:443');
  expect(status).toBe(403);
  expect(head.split('\r\n')[0]).toBe('HTTP/1.1 403 Trails does not let other.example through');
  client.destroy();
  const plain = await sent(socket, 'GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n');
  expect(plain).toMatch(/^HTTP\/1\.1 403 /);
  expect(plain).toContain('trails allow s1 other.example');
  expect(internet.resolved).toEqual([]);
  expect(attempt()).toMatchObject({outcome: 'denied', reason: 'it is not on the list', count: 1});
});

test.each([
  ['another port', 'allowed.example:22', 403],
  ['an IPv4 address', '93.184.216.34:443', 403],
  ['a decimal address', '1572395042:443', 403],
  ['a hexadecimal address', '0x5db8d822:443', 403],
  ['an IPv6 address', '[2606:2800:220:1::1]:443', 403],
  ['a mapped address', '[::ffff:10.0.0.1]:443', 403],
  ['no port', 'allowed.example', 400],
  ['credentials', 'user@allowed.example:443', 400],
  ['a port beyond', 'allowed.example:70000', 400],
])('CONNECT with %s goes nowhere', async (_, target, expected) => {
  const {status, socket: client} = await connected(socket, target);
  expect(status).toBe(expected);
  client.destroy();
  expect(internet.dialled).toEqual([]);
});

test('a name in capitals and with a dot at its end is the same name', async () => {
  const {status, socket: client} = await connected(socket, 'ALLOWED.example.:443');
  expect(status).toBe(200);
  client.destroy();
});

test.each([
  [
    'names another host',
    (client: net.Socket) => void secured(client, 'other.example').catch(() => {}),
    /names another host/,
  ],
  ['names none', (client: net.Socket) => void secured(client, '').catch(() => {}), /names no host/],
  ['is none', (client: net.Socket) => void client.write('SSH-2.0-x\r\n'), /does not begin with a TLS handshake/],
])('a tunnel is cut before a byte goes on when its TLS handshake %s', async (_, speak, reason) => {
  const raw = net.createServer();
  raw.listen(0, '127.0.0.1');
  await once(raw, 'listening');
  internet.instead(443, (raw.address() as AddressInfo).port);
  const upstream = once(raw, 'connection') as Promise<[net.Socket]>;
  const {socket: client} = await connected(socket, 'allowed.example:443');
  const [far] = await upstream;
  let bytes = 0;
  far.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const cut = once(far, 'close');
  speak(client);
  client.resume();
  await cut;
  expect(bytes).toBe(0);
  expect(attempt()).toMatchObject({outcome: 'denied', reason: expect.stringMatching(reason)});
  raw.close();
});

test('a handshake that does not come is not waited for', async () => {
  const {socket: client} = await connected(socket, 'allowed.example:443');
  client.resume();
  const cut = once(client, 'end');
  clock.pass(10_000);
  await cut;
  expect(attempt()).toMatchObject({outcome: 'denied', reason: 'its TLS handshake did not come'});
});

test('a name that leads inside is refused, even when one of its addresses does not', async () => {
  internet.name('allowed.example', {address: '93.184.216.34', family: 4}, {address: '169.254.169.254', family: 4});
  const {status} = await connected(socket, 'allowed.example:443');
  expect(status).toBe(403);
  expect(internet.dialled).toEqual([]);
  expect(attempt()?.reason).toContain('169.254.169.254');
});

test('a name is resolved once, and exactly that is dialled: a second answer changes nothing', async () => {
  const answers = [[{address: '93.184.216.34', family: 4}], [{address: '127.0.0.1', family: 4}]] as const;
  let asked = 0;
  const rebinding = createEgress({
    clock,
    outside: {...internet.outside, resolve: async () => answers[Math.min(asked++, 1)] ?? []},
  });
  const other = path.join(temporaryDirectory(), 'egress');
  await rebinding.serve('s2', other, policy(['allowed.example']));
  const {status, socket: client} = await connected(path.join(other, 'proxy.sock'), 'allowed.example:443');
  expect(status).toBe(200);
  expect(asked).toBe(1);
  expect(internet.dialled).toEqual(['93.184.216.34:443']);
  client.destroy();
  await rebinding.close();
});

test('a host that is not there is told as that', async () => {
  await egress.serve('s1', directory, policy(['missing.example']));
  const {status} = await connected(socket, 'missing.example:443');
  expect(status).toBe(502);
  expect(attempt()).toMatchObject({outcome: 'failed', reason: 'its name could not be resolved (ENOTFOUND)'});
});

test('once is one connection, and only within a minute', async () => {
  const ask = async () => {
    const {status, socket: client} = await connected(socket, 'other.example:443');
    client.destroy();
    return status;
  };
  await egress.once('s1', 'other.example');
  expect(await ask()).toBe(200);
  expect(await ask()).toBe(403);
  await egress.once('s1', 'other.example');
  clock.pass(60_001);
  expect(await ask()).toBe(403);
});

test('rules change for a session that runs: a host that is blocked is cut off, another goes on', async () => {
  await egress.serve('s1', directory, policy(['allowed.example', 'other.example']));
  const kept = await secured((await connected(socket, 'allowed.example:443')).socket, 'allowed.example');
  const {socket: losing} = await connected(socket, 'other.example:443');
  const lost = await secured(losing, 'other.example');
  const cut = once(lost.resume(), 'end');
  await egress.serve('s1', directory, policy(['allowed.example', 'other.example'], ['other.example']));
  await cut;
  expect(await got(kept, 'allowed.example')).toContain('hello from allowed.example');
});

test('the end takes the socket and every connection away, and may be asked twice', async () => {
  const {socket: client} = await connected(socket, 'allowed.example:443');
  client.resume();
  const cut = once(client, 'end');
  await egress.end('s1');
  await egress.end('s1');
  await cut;
  await expect(once(net.connect(socket), 'connect')).rejects.toMatchObject({code: 'ENOENT'});
  expect(egress.state('s1')).toEqual({attempts: [], routes: []});
});

test('a directory whose path is too long for a socket serves all the same, and an old socket is no hindrance', async () => {
  const long = path.join(temporaryDirectory(), 'x'.repeat(120));
  await egress.serve('long', long, policy([]));
  await egress.end('long');
  await egress.serve('long', long, policy([]));
  process.chdir(long);
  expect(await sent('proxy.sock', 'GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n')).toContain(' 403 ');
  process.chdir('/');
});

test('two hundred destinations are kept, the newest first, and whoever listens is told now and then', async () => {
  const told: string[] = [];
  const stop = egress.onChange(id => told.push(id));
  for (let n = 0; n < 210; n++)
    await sent(socket, `CONNECT h${n}.example:443 HTTP/1.1\r\nHost: h${n}.example:443\r\n\r\n`);
  const {attempts} = egress.state('s1');
  expect(attempts).toHaveLength(200);
  expect(attempts[0]?.host).toBe('h209.example');
  expect(attempts.at(-1)?.host).toBe('h10.example');
  expect(told).toEqual(['s1']);
  clock.pass(250);
  expect(told).toEqual(['s1', 's1']);
  stop();
});

test('a body of any size goes both ways, and a half-closed connection still brings the rest', async () => {
  const size = 8 * 2 ** 20;
  const raw = net.createServer({allowHalfOpen: true}, far => {
    let bytes = 0;
    far.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    // Answers only behind the other side's end.
    far.on('end', () => far.end(`got ${bytes}`));
  });
  raw.listen(0, '127.0.0.1');
  await once(raw, 'listening');
  internet.instead(443, (raw.address() as AddressInfo).port);
  const hello = await helloBytes('allowed.example');
  const {socket: client} = await connected(socket, 'allowed.example:443');
  client.write(hello);
  client.end(Buffer.alloc(size));
  let text = '';
  client.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  client.resume();
  await once(client, 'end');
  expect(text).toBe(`got ${hello.length + size}`);
  raw.close();
});

async function helloBytes(servername: string): Promise<Buffer> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = (await import('node:tls')).connect({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    servername,
  });
  client.on('error', () => {});
  const [far] = (await once(server, 'connection')) as [net.Socket];
  const [bytes] = (await once(far, 'data')) as [Buffer];
  client.destroy();
  far.destroy();
  server.close();
  return bytes;
}

test('requests that are sent ahead have no more open than one, and too many of them end the connection', async () => {
  const ahead = (count: number) =>
    sent(
      socket,
      `${'GET http://allowed.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n'.repeat(count - 1)}${'GET http://allowed.example/last HTTP/1.1\r\nHost: allowed.example\r\nConnection: close\r\n\r\n'}`,
    );
  const text = await ahead(20);
  expect(text.match(/hello from allowed\.example/g)).toHaveLength(20);
  expect(text.trimEnd()).toMatch(/\/last$/);
  expect(internet.dialled).toHaveLength(20);
  // The one before may not be quite over.
  expect(internet.lines.most).toBeLessThan(4);
  await ahead(1000);
  expect(internet.dialled.length).toBeLessThan(30);
});

test('whoever breaks a connection off while it is given up is no reason to fail', async () => {
  const large = await openInternet((_, response) => response.end(Buffer.alloc(2 ** 24)));
  large.name('allowed.example');
  const local = createEgress({clock, outside: large.outside});
  const place = path.join(temporaryDirectory(), 'egress');
  await local.serve('s2', place, policy(['allowed.example']));
  // What is closed with something unread is reset.
  const client = net.connect(path.join(place, 'proxy.sock')).pause();
  client.write('GET http://allowed.example/ HTTP/1.1\r\nHost: allowed.example\r\n\r\n');
  await once(client, 'readable');
  const over = local.retire();
  client.destroy();
  await over;
  await local.close();
  await large.close();
});

test('a name that leads to a public address of this very machine is not followed', async () => {
  internet.own.push('93.184.216.34');
  const {status, socket: client} = await connected(socket, 'allowed.example:443');
  client.destroy();
  expect(status).toBe(403);
  expect(internet.dialled).toEqual([]);
  expect(attempt()).toMatchObject({outcome: 'denied', reason: expect.stringContaining('93.184.216.34')});
});

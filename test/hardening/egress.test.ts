import dgram from 'node:dgram';
import {once} from 'node:events';
import {copyFileSync, mkdirSync} from 'node:fs';
import net, {type AddressInfo} from 'node:net';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createEgress} from '../../src/egress/create-egress.ts';
import type {Egress} from '../../src/egress/egress.ts';
import {systemClock} from '../../src/lib/clock.ts';
import {run} from '../../src/lib/exec.ts';
import type {EnvironmentId, Network} from '../../src/providers/provider.ts';
import {type Internet, openInternet, publicAddress} from '../support/internet.ts';
import {openPodmanFixture, type PodmanFixture} from '../support/podman.ts';
import {attempts, prelude} from './egress-attempts.ts';

const root = '4ba5e0d6b1ec4d8a8de6cd3f0c3f0d0fb1d5d1a2';
let fixture: PodmanFixture;
let internet: Internet;
let egress: Egress;
let environments: Readonly<Record<'listed' | 'open' | 'naive', EnvironmentId>>;
let variables: string;
const closing: (() => void)[] = [];

/** Lets everything through to the canary, however it is asked for. */
function naiveProxy(socketPath: string, ports: Readonly<Record<number, number>>): void {
  const server = net.createServer(client => {
    client.on('error', () => {});
    const carry = (port: 80 | 443, bytes: string | Buffer) => {
      const far = net.connect({host: '127.0.0.1', port: ports[port] ?? 0});
      far.on('error', () => client.destroy());
      far.write(bytes);
      client.pipe(far).pipe(client);
    };
    client.once('data', (first: Buffer) => {
      const plain = 'GET / HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n';
      if (!first.toString('latin1').startsWith('CONNECT ')) return carry(80, plain);
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.once('data', (next: Buffer) => carry(next[0] === 22 ? 443 : 80, next));
    });
  });
  server.listen({path: socketPath, writableAll: true});
  closing.push(() => server.close());
}

async function environment(network: Network, egressDirectory?: string): Promise<EnvironmentId> {
  const {provider, spec} = fixture;
  const given = spec({
    network,
    limits: {memoryBytes: 512 * 2 ** 20, cpus: 1, pids: 128},
    mounts: [{source: process.execPath, target: '/opt/node', readOnly: true}],
    ...(egressDirectory === undefined ? {} : {egress: egressDirectory}),
  });
  copyFileSync(path.join(import.meta.dirname, '../fixtures/egress/cert.pem'), path.join(given.workspace, 'ca.pem'));
  const id = await provider.createEnvironment(given, () => {}, new AbortController().signal);
  await provider.spawnAgent(id, {argv: ['sleep', '1000']}, {columns: 80, rows: 24});
  return id;
}

async function inside(id: EnvironmentId, ...argv: readonly [string, ...string[]]): Promise<string> {
  const stream = await fixture.provider.exec(id, argv, {env: {GIT_SSL_CAINFO: '/workspace/ca.pem'}});
  let text = '';
  stream.onOutput((_, bytes) => {
    text += Buffer.from(bytes).toString('latin1');
  });
  stream.stdin.end();
  await stream.exit;
  return text;
}

beforeAll(async () => {
  fixture = await openPodmanFixture();
  internet = await openInternet(({url = ''}, response) => {
    response.end(url.startsWith('/repo.git/info/refs') ? `${root}\trefs/heads/main\n` : 'canary');
  });
  internet.name('allowed.example');
  internet.name('a.allowed.example');
  internet.name('metadata.allowed.example', {address: '169.254.169.254', family: 4});
  internet.name('loopback.allowed.example', {address: '127.0.0.1', family: 4});
  internet.name('mixed.allowed.example', publicAddress, {address: '10.0.0.1', family: 4});
  egress = createEgress({clock: systemClock, outside: internet.outside});
  const rules = ['.allowed.example'].map(host => ({host, decision: 'allow', from: 'request'}) as const);
  const listed = path.join(fixture.home, 'egress-listed');
  await egress.serve('listed', listed, {rules, token: '', routes: []});
  const other = path.join(fixture.home, 'egress-other');
  internet.name('other.example');
  await egress.serve('other', other, {
    rules: [{host: 'other.example', decision: 'allow', from: 'request'}],
    ...{token: '', routes: []},
  });
  const naive = path.join(fixture.home, 'egress-naive');
  mkdirSync(naive, {mode: 0o711});
  naiveProxy(path.join(naive, 'proxy.sock'), internet.ports);

  const canary = net.createServer(socket => {
    socket.on('error', () => {});
    socket.end('canary');
  });
  canary.listen({port: 0, host: '::'});
  await once(canary, 'listening');
  const {port} = canary.address() as AddressInfo;
  const datagrams = dgram.createSocket('udp4', (_, from) => datagrams.send('canary', from.port, from.address));
  datagrams.bind(port, '0.0.0.0');
  await once(datagrams, 'listening');
  const abstract = `trails-${path.basename(fixture.home)}`;
  const hidden = net.createServer(socket => void socket.end('canary')).listen(`\0${abstract}`);
  await once(hidden, 'listening');
  closing.push(
    () => canary.close(),
    () => datagrams.close(),
    () => hidden.close(),
  );

  environments = {
    listed: await environment('allowlist', listed),
    open: await environment('open'),
    naive: await environment('allowlist', naive),
  };
  const route = await inside(environments.open, 'cat', '/proc/net/route');
  const hex = /^\S+\s+00000000\s+([0-9A-F]{8})/m.exec(route)?.[1] ?? '';
  const gateway = [6, 4, 2, 0].map(at => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
  const values = {GATEWAY: gateway, PORT: port, ABSTRACT: abstract, OTHER: path.join(other, 'proxy.sock')};
  variables = Object.entries(values)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`)
    .join('');
});

afterAll(async () => {
  for (const close of closing) close();
  await egress?.close();
  await fixture?.close();
  await internet?.close();
});

describe('no way out but the listed hosts', () => {
  test.each(attempts)('$what', async ({script, canary}) => {
    const program = prelude + variables + script;
    const reached =
      canary === 'host'
        ? await run('/usr/bin/python3', ['-c', program]).then(({stdout, stderr}) => stdout + stderr)
        : await inside(environments[canary], 'python3', '-c', program);
    expect(reached, 'the canary itself').toContain('canary');
    const before = internet.dialled.length;
    expect(await inside(environments.listed, 'python3', '-c', program)).not.toContain('canary');
    // Where it is the handshake that is refused there is a connection, over which nothing went.
    const dialled = internet.dialled.slice(before);
    expect(dialled.filter(to => to !== `${publicAddress.address}:443`)).toEqual([]);
  });

  test('none of them made anybody look up a name that is not listed', () => {
    expect(internet.resolved.filter(name => !name.endsWith('allowed.example'))).toEqual(['other.example']);
  });

  test('what is ours inside cannot be changed', async () => {
    const text = await inside(
      ...[environments.listed, 'sh', '-c'],
      'rm -f /run/trails-egress/proxy.sock; mv /run/trails-egress/proxy.sock /tmp/x; echo x > /run/trails/relay; touch /run/trails-egress/x; echo done',
    );
    expect(text.match(/Read-only file system/g)).toHaveLength(4);
  });
});

describe('listed hosts are reached by what agents use', () => {
  test.each([
    ['curl', 'curl -sS --cacert /workspace/ca.pem https://allowed.example/'],
    ['curl over plain http', 'curl -sS http://allowed.example/'],
    [
      'python',
      'SSL_CERT_FILE=/workspace/ca.pem python3 -c \'import urllib.request as u; print(u.urlopen("https://a.allowed.example/").read())\'',
    ],
    [
      'node',
      'NODE_EXTRA_CA_CERTS=/workspace/ca.pem /opt/node -e \'fetch("https://allowed.example/").then(r => r.text()).then(console.log)\'',
    ],
  ])('%s', async (_, command) => {
    expect(await inside(environments.listed, 'sh', '-c', command)).toContain('canary');
  });

  test('git', async () => {
    expect(await inside(environments.listed, 'git', 'ls-remote', 'https://allowed.example/repo.git')).toContain(
      `${root}\trefs/heads/main`,
    );
  });

  test('one that is not listed is refused with what a person can do', async () => {
    const text = await inside(environments.listed, 'curl', '-sS', 'http://other.example/');
    expect(text).toContain('trails allow listed other.example');
  });

  test('the relay has the main process for no parent, and no terminal', async () => {
    const text = await inside(
      ...[environments.listed, 'sh', '-c'],
      'for p in /proc/[0-9]*; do grep -qa relay.pl $p/cmdline && cat $p/stat && ls -l $p/fd; done',
    );
    const [, ppid, , , terminal] = (/\) S (.*)/.exec(text)?.[1] ?? '').split(' ').map(Number).toSpliced(0, 0, 0);
    expect(ppid).toBe(1);
    expect(terminal).toBe(0);
    expect(text).not.toContain('/dev/pts');
  });

  test('a proxy that begins anew in the same directory is found again', async () => {
    const directory = path.join(fixture.home, 'egress-listed');
    const rules = [{host: '.allowed.example', decision: 'allow', from: 'request'}] as const;
    await egress.end('listed');
    expect(await inside(environments.listed, 'curl', '-sS', 'http://allowed.example/')).not.toContain('canary');
    await egress.serve('listed', directory, {rules, token: '', routes: []});
    expect(await inside(environments.listed, 'curl', '-sS', 'http://allowed.example/')).toContain('canary');
  });
});

import {once} from 'node:events';
import {mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import net, {type AddressInfo} from 'node:net';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {run} from '../../../src/lib/exec.ts';
import {onPath} from '../../../src/lib/on-path.ts';
import {relayFiles} from '../../../src/providers/sandbox/relay/relay.ts';
import {temporaryDirectory} from '../../support/home.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The relay has gone from whoever started it: it is found by the directory that is its own. */
const processesWith = (text: string) =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);

/** Of the system, not what a person's shell puts before it. */
const programOf = (name: string) =>
  name === 'node' ? process.execPath : (onPath(name, '/usr/bin:/bin:/usr/local/bin') ?? `/missing/${name}`);

/** Starts it with these programs alone on the PATH, before a server on a unix socket. */
async function start(interpreters: readonly string[], onConnection: (socket: net.Socket) => void) {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(relayFiles)) writeFileSync(path.join(directory, name), content);
  const bin = path.join(directory, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', ...interpreters]) symlinkSync(programOf(name), path.join(bin, name));
  const socket = path.join(directory, 'proxy.sock');
  const listen = async () => {
    const server = net.createServer({allowHalfOpen: true}, onConnection).listen(socket);
    await once(server, 'listening');
    ends.push(() => server.close());
    return server;
  };
  const server = await listen();
  const port = await freePort();
  const started = await run('/bin/sh', [path.join(directory, 'relay'), socket, String(port)], {env: {PATH: bin}});
  const pids = processesWith(directory);
  ends.push(() => {
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  });
  return {...started, pids, server, listen, connect: () => net.connect({host: '127.0.0.1', port, allowHalfOpen: true})};
}

async function allOf(socket: net.Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  await once(socket, 'end');
  return Buffer.concat(pieces);
}

const interpreters = ['perl', 'python3', 'node'];

test.each(
  interpreters,
)('%s carries bytes both ways, and the end of one way is not the end of the other', async name => {
  const size = 16 * 2 ** 20;
  const {exitCode, stdout, pids, connect} = await start([name], far => {
    let bytes = 0;
    far.on('data', (piece: Buffer) => {
      bytes += piece.length;
    });
    far.on('end', () => {
      far.write(`${bytes} `);
      far.end(Buffer.alloc(size, 'x'));
    });
  });
  expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: ''});
  expect(pids).toHaveLength(1);
  const all = await Promise.all(
    Array.from({length: 8}, async () => {
      const client = connect();
      client.end(Buffer.alloc(size));
      return allOf(client);
    }),
  );
  for (const got of all) {
    expect(got.length).toBe(`${size} `.length + size);
    expect(got.toString('latin1', 0, 20)).toBe(`${size} xxxxxxxxxxx`);
  }
});

test.each(interpreters)('%s goes on behind readers that do not read and proxies that are not there', async name => {
  let connections = 0;
  const {server, listen, connect} = await start([name], far => {
    connections += 1;
    if (connections === 1) far.write(Buffer.alloc(64 * 2 ** 20));
    else far.end('here');
    far.on('error', () => {});
  });
  const slow = connect();
  await once(slow, 'connect');
  slow.pause();
  const other = connect();
  expect((await allOf(other)).toString()).toBe('here');
  other.end();
  server.close();
  const lost = connect();
  // Closed or reset: either is told at once.
  await once(lost.resume(), 'end').catch(() => {});
  lost.destroy();
  await listen();
  const again = connect();
  expect((await allOf(again)).toString()).toBe('here');
  again.end();
  slow.destroy();
});

test.each(interpreters)('%s goes on behind connections that break at either end', async name => {
  let connections = 0;
  const {connect} = await start([name], far => {
    connections += 1;
    far.on('error', () => {});
    if (connections % 3 === 0) far.destroy();
    else if (connections % 3 === 1) far.end('here');
    else far.end(Buffer.alloc(2 ** 20));
  });
  for (let n = 0; n < 60; n++) {
    const client = connect();
    client.on('error', () => {});
    client.write('x'.repeat(n * 1000));
    await Promise.race(['data', 'end', 'close', 'error'].map(event => once(client, event))).catch(() => {});
    client.resetAndDestroy();
  }
  const texts = await Promise.all(Array.from({length: 3}, () => allOf(connect().end()).then(String, () => '')));
  expect(texts).toContain('here');
});

test('the first of them that is there is taken', async () => {
  const {pids} = await start(interpreters, far => void far.end());
  expect(readFileSync(`/proc/${pids[0]}/cmdline`, 'utf8')).toContain('relay.pl');
});

test('without any of them it says what is missing', async () => {
  const {exitCode, stdout, pids} = await start([], () => {});
  expect(exitCode).toBe(1);
  expect(stdout).toContain('perl, python3 or node');
  expect(pids).toEqual([]);
});

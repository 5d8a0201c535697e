import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';
import tls from 'node:tls';
import {beforeAll, expect, test} from 'vitest';
import {longestHello, readHello} from '../../src/egress/proxy/client-hello.ts';

/** The first bytes that Node's own TLS sends. */
async function helloOf(options: tls.ConnectionOptions): Promise<Buffer> {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = tls.connect({host: '127.0.0.1', port: (server.address() as AddressInfo).port, ...options});
  client.on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

let hello: Buffer;
let nameless: Buffer;
beforeAll(async () => {
  hello = await helloOf({servername: 'allowed.example', ALPNProtocols: ['h2', 'http/1.1']});
  nameless = await helloOf({});
});

/** The message in records of so many bytes each. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    const head = Buffer.from([22, 3, 1, 0, 0]);
    head.writeUInt16BE(part.length, 3);
    parts.push(head, part);
  }
  return Buffer.concat(parts);
}

/** With one more extension at the end. */
function extended(bytes: Buffer, type: number, content: Buffer): Buffer {
  const extension = Buffer.concat([
    Buffer.from([type >> 8, type & 255, content.length >> 8, content.length & 255]),
    content,
  ]);
  const out = Buffer.concat([bytes, extension]);
  out.writeUInt16BE(bytes.readUInt16BE(3) + extension.length, 3);
  out.writeUIntBE(bytes.readUIntBE(6, 3) + extension.length, 6, 3);
  // Behind version, random, session id, ciphers and compressions.
  let at = 9 + 2 + 32;
  at += 1 + (bytes[at] ?? 0);
  at += 2 + bytes.readUInt16BE(at);
  at += 1 + (bytes[at] ?? 0);
  out.writeUInt16BE(bytes.readUInt16BE(at) + extension.length, at);
  return out;
}

const named = (...names: string[]) => {
  const list = Buffer.concat(
    names.map(name => Buffer.concat([Buffer.from([0, name.length >> 8, name.length & 255]), Buffer.from(name)])),
  );
  return Buffer.concat([Buffer.from([list.length >> 8, list.length & 255]), list]);
};

test('the host is read from a real handshake, whole, in pieces, and in records of one byte', () => {
  expect(readHello(hello)).toEqual({is: 'hello', server: 'allowed.example'});
  for (const size of [1, 3, 100])
    expect(readHello(inRecords(hello, size))).toEqual({is: 'hello', server: 'allowed.example'});
  for (let length = 0; length < hello.length; length++)
    expect(readHello(hello.subarray(0, length))).toEqual({is: 'more'});
});

test('what names no host, two, or hides it is none', () => {
  expect(readHello(nameless)).toEqual({is: 'other', problem: 'its TLS handshake names no host'});
  const twice = extended(hello, 0, named('other.example'));
  expect(readHello(twice)).toMatchObject({is: 'other'});
  expect(readHello(extended(nameless, 0, named('a.example')))).toEqual({is: 'hello', server: 'a.example'});
  expect(readHello(extended(nameless, 0, named('a.example', 'b.example')))).toMatchObject({is: 'other'});
  expect(readHello(extended(hello, 0xfe0d, Buffer.alloc(20)))).toMatchObject({
    problem: expect.stringContaining('hides'),
  });
});

test('what is no TLS is told at its first bytes', () => {
  for (const text of ['SSH-2.0-OpenSSH_9.2\r\n', 'GET / HTTP/1.1\r\n', 'x', '\x16\x02', '\x80\x2e\x01'])
    expect(readHello(Buffer.from(text, 'latin1'))).toMatchObject({is: 'other'});
  const long = Buffer.from(hello);
  long.writeUIntBE(longestHello, 6, 3);
  expect(readHello(long)).toMatchObject({problem: expect.stringContaining('too long')});
});

test('no byte changed anywhere makes it throw, nor read on without end', () => {
  for (let at = 0; at < hello.length; at++)
    for (const value of [0, 1, 127, 255]) {
      const changed = Buffer.from(hello);
      changed[at] = value;
      const found = readHello(changed);
      expect(['more', 'hello', 'other']).toContain(found.is);
    }
});

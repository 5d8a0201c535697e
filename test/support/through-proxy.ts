import {once} from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import {testCertificate} from './internet.ts';

/** Everything that comes back for these bytes until the connection ends. */
export async function sent(socketPath: string, bytes: string | Buffer): Promise<string> {
  const socket = net.connect({path: socketPath, allowHalfOpen: true});
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'end').catch(() => {});
  socket.destroy();
  return text;
}

/** The answer to a CONNECT, and the connection behind it. */
export async function connected(socketPath: string, host: string, headers = `Host: ${host}`) {
  const socket = net.connect({path: socketPath, allowHalfOpen: true});
  socket.on('error', () => {});
  socket.write(`CONNECT ${host} HTTP/1.1\r\n${headers}\r\n\r\n`);
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = (await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])])) as [
      Buffer | '',
    ];
    if (chunk === '') break;
    head += chunk.toString('latin1');
  }
  socket.pause();
  return {status: Number(head.split(' ')[1]), head, socket};
}

/** TLS with whom `servername` says, on a connection through; rejects when it is refused. */
export async function secured(socket: net.Socket, servername: string): Promise<tls.TLSSocket> {
  const secure = tls.connect({socket, servername, ca: testCertificate});
  await once(secure, 'secureConnect');
  return secure;
}

/** What a GET brings over a connection, until it ends. */
export async function got(socket: net.Socket, host: string, path = '/'): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  const over = once(socket, 'end');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  await over;
  return text;
}

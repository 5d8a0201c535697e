import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import type {Clock} from '../../lib/clock.ts';
import {hostName} from '../policy/host-name.ts';
import {admit, quietForMs, type Serving} from './admit.ts';
import {longestHello, readHello} from './client-hello.ts';
import {asBytes} from './refusals.ts';
import {connectTarget} from './target.ts';

const helloWithinMs = 10_000;
/** Both ways until both are over; one that breaks takes the other with it. */
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.setTimeout(quietForMs, () => from.destroy());
    from.on('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.destroy();
    });
  }
}

interface FirstBytes {
  readonly bytes: Buffer;
  readonly problem?: string;
}

/** The first bytes of a TLS connection, and why it may not go on; undefined when it went away before. */
function firstBytes(
  client: Socket,
  head: Buffer,
  {host, clock}: {readonly host: string; readonly clock: Clock},
): Promise<FirstBytes | undefined> {
  const found = Promise.withResolvers<FirstBytes | undefined>();
  let bytes = head;
  const end = (result: FirstBytes | undefined) => {
    cancel();
    client.off('data', more).off('end', gone).off('close', gone);
    client.pause();
    found.resolve(result);
  };
  const refuse = (problem: string) => end({bytes, problem});
  const cancel = clock.after(helloWithinMs, () => refuse('its TLS handshake did not come'));
  const look = () => {
    const hello = readHello(bytes);
    if (hello.is === 'other') refuse(hello.problem);
    else if (hello.is === 'hello') {
      const name = hostName(hello.server);
      if ('host' in name && name.host === host) end({bytes});
      else refuse('its TLS handshake names another host');
    } else if (bytes.length > 2 * longestHello) refuse('its TLS handshake is too long');
  };
  const more = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    look();
  };
  const gone = () => end(undefined);
  client.on('data', more).on('end', gone).on('close', gone);
  if (client.destroyed) gone();
  else if (bytes.length > 0) look();
  return found.promise;
}

/** Answers a CONNECT: a way through to a listed host, and to it alone. */
export async function tunnel(serving: Serving, request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
  client.on('error', () => {});
  const admitted = await admit(serving, request, client, connectTarget);
  if (!admitted) return void client.destroy();
  if ('refusal' in admitted) return void client.end(asBytes(admitted.refusal));
  const {socket: upstream, target, note} = admitted;
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  const first = await firstBytes(client, head, {host: target.host, clock: serving.clock});
  if (!first || first.problem !== undefined) {
    if (first?.problem) note('denied', first.problem);
    client.destroy();
    upstream.destroy();
    return;
  }
  note('allowed');
  upstream.write(first.bytes);
  join(client, upstream);
}

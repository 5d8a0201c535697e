import http from 'node:http';
import type {Socket} from 'node:net';

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or undefined when the body was empty or no JSON. */
  readonly body: unknown;
}

export interface AskOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** HTTP over one unix socket. Rejects only when no answer came: every status is an answer. */
export interface UnixHttp {
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** The answer's body as it comes. A connection of its own. */
  stream(method: string, path: string, options?: AskOptions): Promise<http.IncomingMessage>;
  /** Sends a body piece by piece. */
  upload(method: string, path: string, body: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<Answer>;
  /** Turns the connection into a raw one. Bytes that came with the answer are on the socket. */
  upgrade(path: string, options?: AskOptions): Promise<Socket | Answer>;
  close(): void;
}

async function readAll(message: http.IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    body = {message: text.trim().slice(0, 500)};
  }
  return {status: message.statusCode ?? 0, body};
}

export function unixHttp(socketPath: string): UnixHttp {
  const pool = new http.Agent({keepAlive: true, maxFreeSockets: 4});
  const request = (
    method: string,
    path: string,
    {body, signal}: AskOptions,
    agent: http.Agent | false,
    headers = {},
  ) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call = http.request({
      socketPath,
      method,
      path,
      agent,
      ...(signal ? {signal} : {}),
      headers: {
        Host: 'engine',
        ...(text === undefined
          ? {'Content-Length': 0}
          : {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text)}),
        ...headers,
      },
    });
    return {call, send: () => call.end(text)};
  };
  const respond = (call: http.ClientRequest, send: () => void): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      call.once('response', resolve);
      call.once('error', reject);
      send();
    });
  return {
    async ask(method, path, options = {}) {
      const {call, send} = request(method, path, options, pool);
      return readAll(await respond(call, send));
    },
    stream(method, path, options = {}) {
      const {call, send} = request(method, path, options, false);
      return respond(call, send);
    },
    async upload(method, path, body, signal) {
      const call = http.request({
        ...{socketPath, method, path, agent: false, headers: {Host: 'engine', 'Content-Type': 'application/x-tar'}},
        ...(signal ? {signal} : {}),
      });
      const answer = respond(call, () => {});
      // An early refusal ends the upload; the answer tells why.
      const sent = (async () => {
        for await (const piece of body) {
          if (call.destroyed) return;
          if (!call.write(piece))
            await new Promise<void>(resolve => {
              call.once('drain', resolve);
              call.once('close', resolve);
            });
        }
        call.end();
      })();
      sent.catch(error => call.destroy(error as Error));
      return readAll(await answer);
    },
    upgrade(path, options = {}) {
      const {call, send} = request('POST', path, options, false, {Connection: 'Upgrade', Upgrade: 'tcp'});
      return new Promise((resolve, reject) => {
        call.once('upgrade', (_message, socket: Socket, head: Buffer) => {
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
        call.once('response', message => void readAll(message).then(resolve, reject));
        call.once('error', reject);
        send();
      });
    },
    close: () => pool.destroy(),
  };
}

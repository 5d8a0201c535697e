import http, {type IncomingMessage, type ServerResponse} from 'node:http';
import type {Socket} from 'node:net';
import {pipeline} from 'node:stream';
import {admit, quietForMs, type Serving} from './admit.ts';
import {forwarded} from './headers.ts';
import {type Refusal, unreached} from './refusals.ts';
import {plainTarget, type Target} from './target.ts';

export const longestHead = 32 * 1024;

export function refuse(response: ServerResponse, {status, title, text}: Refusal): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, title, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  });
  response.end(text);
}

/** The answer of the other side, as it comes. */
export function passBack(answer: IncomingMessage, response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, forwarded(answer.rawHeaders));
  // At once: the first words of a stream may be long in coming.
  response.flushHeaders();
  pipeline(answer, response, () => {});
}

/** The length of a body, as the request says it: what is passed on says the same. */
export const lengthOf = ({headers}: IncomingMessage): string[] =>
  headers['transfer-encoding'] === undefined ? [] : ['Transfer-Encoding', 'chunked'];

function passOn(request: IncomingMessage, response: ServerResponse, {host, path}: Target, socket: Socket): void {
  const call = http.request({
    createConnection: () => socket,
    method: request.method ?? 'GET',
    path,
    setHost: false,
    headers: ['Host', host, ...forwarded(request.rawHeaders, ['host']), ...lengthOf(request), 'Connection', 'close'],
    maxHeaderSize: longestHead,
    insecureHTTPParser: false,
  });
  socket.setTimeout(quietForMs, () => socket.destroy());
  call.on('response', answer => passBack(answer, response));
  call.on('error', () => refuse(response, unreached(host, 'the connection broke')));
  response.on('close', () => call.destroy());
  pipeline(request, call, () => {});
}

/** Answers a request for `http://host/…`: to port 80 of a listed host. */
export async function plain(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const admitted = await admit(serving, request, response, plainTarget);
  if (!admitted) return void response.destroy();
  if ('refusal' in admitted) return refuse(response, admitted.refusal);
  admitted.note('allowed');
  passOn(request, response, admitted.target, admitted.socket);
}

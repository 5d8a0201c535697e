import http, {type IncomingMessage, type ServerResponse} from 'node:http';
import {isIP, type Socket} from 'node:net';
import {pipeline} from 'node:stream';
import tls from 'node:tls';
import {quietForMs, type Serving} from '../proxy/admit.ts';
import {forwarded} from '../proxy/headers.ts';
import {lengthOf, longestHead, passBack} from '../proxy/plain.ts';
import {reach, Unreached} from '../reach.ts';
import {headersWithKeys, keyHeader} from './credentials.ts';
import {type Granted, judge} from './judge.ts';
import {hostHeader, type Upstream} from './upstream.ts';

/** As the APIs themselves put their errors, so that an agent shows the words. */
function refuse(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return void response.destroy();
  const body = JSON.stringify({type: 'error', error: {type: 'trails_error', message: `Trails: ${message}`}});
  response.writeHead(status, {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)});
  response.end(body);
}

/** A connection to a route's upstream, which has to show by its certificate that it is the one. */
async function connection(
  {host, port, secure}: Upstream,
  {outside, clock}: Serving,
  signal: AbortSignal,
): Promise<Socket> {
  // The person named it, and what is there proves its name: it may be in a network of his own.
  const socket = await reach(host, port, {outside, clock, signal, anywhere: true});
  socket.on('error', () => {});
  if (!secure) return socket;
  return tls.connect({
    ...{socket, host, rejectUnauthorized: true, ALPNProtocols: ['http/1.1']},
    ...(isIP(host) ? {} : {servername: host}),
    ...(outside.ca === undefined ? {} : {ca: [...tls.rootCertificates, outside.ca]}),
  });
}

/** The request as it goes on, on this connection. */
const requestOn = (socket: Socket, request: IncomingMessage, {route, upstream, path}: Granted) =>
  http.request({
    createConnection: () => socket,
    method: request.method ?? 'GET',
    path,
    setHost: false,
    headers: [
      ...['Host', hostHeader(upstream)],
      ...forwarded(request.rawHeaders, ['host', ...headersWithKeys(route)]),
      ...keyHeader(route),
      ...lengthOf(request),
      ...['Connection', 'close'],
    ],
    maxHeaderSize: longestHead,
    insecureHTTPParser: false,
  });

async function ask(serving: Serving, request: IncomingMessage, response: ServerResponse, granted: Granted) {
  const {route, upstream} = granted;
  const left = new AbortController();
  let told = false;
  const count = (failed: boolean) => {
    if (!told) serving.gate.count(route.name, failed);
    told = true;
  };
  const fail = (error: unknown) => {
    count(true);
    const why = error instanceof Unreached ? error.message : 'the connection broke, or its certificate is not its own';
    refuse(response, 502, `${upstream.host} could not be asked: ${why}`);
  };
  response.once('close', () => {
    left.abort();
    // Whoever asked has left before the answer.
    count(true);
  });
  try {
    const socket = await connection(upstream, serving, left.signal);
    const call = requestOn(socket, request, granted);
    socket.setTimeout(quietForMs, () => socket.destroy());
    call.on('response', answer => {
      count((answer.statusCode ?? 500) >= 400);
      passBack(answer, response);
    });
    call.on('error', fail);
    response.once('close', () => call.destroy());
    pipeline(request, call, () => {});
  } catch (error) {
    fail(error);
  }
}

/** Answers a request for `/<route>/…`: the session shows its token, and the real key goes on in its place. */
export async function broker(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const {rawHeaders, headers, url = ''} = request;
  const judged = judge({url, headers, rawHeaders}, serving.gate.policy);
  if (!('status' in judged)) return ask(serving, request, response, judged);
  if (judged.route !== undefined) serving.gate.count(judged.route, true);
  refuse(response, judged.status, judged.message);
}

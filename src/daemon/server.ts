import http from 'node:http';
import http2 from 'node:http2';
import type {Socket} from 'node:net';
import {Code, ConnectError, createConnectRouter} from '@connectrpc/connect';
import {universalResponseToNodeResponse} from '@connectrpc/connect-node';
import {ServerReflection} from '../api/gen/grpc/reflection/v1/reflection_pb.js';
import {DaemonService} from '../api/gen/trails/v1/daemon_service_pb.js';
import {FleetService} from '../api/gen/trails/v1/fleet_service_pb.js';
import {KeptService} from '../api/gen/trails/v1/kept_service_pb.js';
import {NetworkService} from '../api/gen/trails/v1/network_service_pb.js';
import {ProjectService} from '../api/gen/trails/v1/project_service_pb.js';
import {SessionService} from '../api/gen/trails/v1/session_service_pb.js';
import type {Log} from '../lib/log.ts';
import {type DaemonFacts, daemonService} from './daemon-service.ts';
import {fleetService} from './fleet-service.ts';
import {handlersOver, type Sessions} from './handlers.ts';
import {keptService} from './kept-service.ts';
import {networkService} from './network-service.ts';
import {projectService} from './project-service.ts';
import {reflectionOf} from './reflection.ts';
import {sessionService} from './session-service.ts';

/** The API on connections that somebody else accepts. */
export interface ApiServer {
  /** Serves one accepted connection: gRPC, Connect, HTTP/1 JSON, whatever the client speaks. */
  accept(socket: Socket): void;
  /** Connections open now. */
  readonly clients: number;
  /** Calls when the number of clients changed. */
  onClients(listener: () => void): void;
  /** Ends streams in order, then connections. */
  close(): Promise<void>;
}

export interface ApiServerOptions {
  readonly sessions: Sessions;
  readonly facts: Omit<DaemonFacts, 'clients'>;
  readonly log: Pick<Log, 'error' | 'debug'>;
  /** A client that has not said what it wants, and says nothing more for so long, is sent away. */
  readonly silenceMs?: number;
}

type Request = http.IncomingMessage | http2.Http2ServerRequest;
type Response = http.ServerResponse | http2.Http2ServerResponse;

/** The first bytes of HTTP/2; everything else is HTTP/1. Node serves both on one port only with TLS. */
const preface = Buffer.from('PRI');
/** What may be on its way to a client that does not read: a viewer's whole picture, and little more. */
const windowBytes = 256 * 1024;
const connectionBytes = 1024 * 1024;
const largestMessage = 16 * 1024 * 1024;
/** Long for any program, and short beside the time after which a daemon that nobody needs ends. */
const usualSilenceMs = 30_000;
/** How long connections have to end by themselves. */
const graceMs = 500;

/** What is no call is told so, where the protocols have a bare number. */
const refusals: Readonly<Record<number, string>> = {
  404: 'There is no such call',
  405: 'A call is a POST',
  415: 'A call has the content type application/json, or another one of Connect or gRPC',
  505: 'A call in which both sides speak needs HTTP/2',
};

function refuse(response: Response, status: number): void {
  response.statusCode = status;
  response.setHeader('content-type', 'text/plain');
  response.end(`${refusals[status]}: see docs/api.md\n`);
}

function headersOf(request: Request): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    // Those with a colon are HTTP/2's own.
    if (value !== undefined && !name.startsWith(':')) headers.set(name, String(value));
  }
  return headers;
}

/** Aborts when the client goes away before it has its answer. */
function brokenOff(response: Response): AbortSignal {
  const controller = new AbortController();
  // Not writableFinished: HTTP/2 says so of a stream that was reset, too.
  response.once('close', () => {
    if (!response.writableEnded) controller.abort();
  });
  return controller.signal;
}

export function createApiServer({sessions, facts, log, silenceMs = usualSilenceMs}: ApiServerOptions): ApiServer {
  const sockets = new Set<Socket>();
  const listeners: (() => void)[] = [];
  const ending = new AbortController();
  const clientsChanged = () => {
    for (const listener of listeners) listener();
  };

  const handlers = handlersOver(sessions, log);
  const router = createConnectRouter({
    acceptCompression: [],
    readMaxBytes: largestMessage,
    shutdownSignal: ending.signal,
  });
  router.service(SessionService, sessionService(handlers));
  router.service(NetworkService, networkService(handlers));
  router.service(DaemonService, daemonService(handlers, {...facts, clients: () => sockets.size}));
  router.service(KeptService, keptService(handlers));
  router.service(ProjectService, projectService(handlers));
  router.service(FleetService, fleetService(handlers));
  router.service(
    ServerReflection,
    reflectionOf([
      SessionService,
      NetworkService,
      FleetService,
      DaemonService,
      ProjectService,
      KeptService,
      ServerReflection,
    ]),
  );
  const byPath = new Map(router.handlers.map(handler => [handler.requestPath, handler]));

  // Not connect-node's own adapter: that one prints a stack for each stream that is cancelled.
  const serve = async (request: Request, response: Response): Promise<void> => {
    const handler = byPath.get(request.url?.split('?', 1)[0] ?? '');
    if (!handler) return refuse(response, 404);
    try {
      const answer = await handler({
        httpVersion: request.httpVersion,
        method: request.method ?? '',
        url: new URL(request.url ?? '', 'http://trails').toString(),
        header: headersOf(request),
        body: request,
        signal: brokenOff(response),
      });
      if (answer.body === undefined && refusals[answer.status]) return refuse(response, answer.status);
      await universalResponseToNodeResponse(answer, response);
    } catch (error) {
      const {code, rawMessage} = ConnectError.from(error);
      if (code !== Code.Aborted && code !== Code.Canceled)
        log.debug('a call broke off', {method: handler.method.name, code: Code[code], message: rawMessage});
      response.destroy();
    }
  };
  const listener = (request: Request, response: Response) => void serve(request, response);
  const h1 = http.createServer({requestTimeout: 0}, (request, response) => {
    // Silence is that of the client only as long as it is its turn.
    response.on('timeout', () => {
      if (!request.complete) response.destroy();
    });
    listener(request, response);
  });
  h1.timeout = silenceMs;
  const h2 = http2.createServer({settings: {initialWindowSize: windowBytes}}, listener);
  // HTTP/2 begins with 64 KB for all streams together: what is piped into a command would wait after each of them.
  h2.on('session', session => session.setLocalWindowSize(connectionBytes));
  // A connection that breaks ends its streams; there is nobody to tell.
  h2.on('sessionError', () => {});
  h1.on('clientError', (_error, socket) => socket.destroy());

  return {
    accept(socket) {
      sockets.add(socket);
      clientsChanged();
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        clientsChanged();
      });
      const away = () => socket.destroy();
      let first = Buffer.alloc(0);
      const look = () => {
        for (let more = socket.read(); more !== null; more = socket.read()) first = Buffer.concat([first, more]);
        if (first.length < preface.length && preface.subarray(0, first.length).equals(first)) return;
        socket.off('readable', look);
        socket.off('timeout', away);
        socket.setTimeout(0);
        socket.unshift(first);
        (preface.equals(first.subarray(0, preface.length)) ? h2 : h1).emit('connection', socket);
      };
      socket.on('readable', look);
      socket.setTimeout(silenceMs);
      socket.on('timeout', away);
    },
    get clients() {
      return sockets.size;
    },
    onClients: listener => void listeners.push(listener),
    async close() {
      ending.abort(new ConnectError('the daemon is leaving', Code.Unavailable));
      const gone = Promise.all([...sockets].map(socket => new Promise(resolve => socket.once('close', resolve))));
      // What they were just told has to reach them.
      for (const socket of sockets) setImmediate(() => socket.destroySoon());
      const late = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await gone;
      clearTimeout(late);
    },
  };
}

import http from 'node:http';
import type {Server, Socket} from 'node:net';
import {broker} from '../broker/broker.ts';
import type {Serving} from './admit.ts';
import {inTurn} from './in-turn.ts';
import {longestHead, plain} from './plain.ts';
import {asBytes, malformed} from './refusals.ts';
import {tunnel} from './tunnel.ts';

/** Of one session at once: what one opens is taken from what all may open together. */
const mostConnections = 256;
const headWithinMs = 15_000;
const keptOpenMs = 30_000;

/** The server of one session's socket, which is not listening yet, and everything that is connected to it. */
export interface ProxyServer {
  readonly server: Server;
  /** No more connections, and those that are open are cut; or else they end by themselves. Resolves when the last one is over. */
  retire(cut: boolean): Promise<void>;
}

export function createProxyServer(serving: Serving): ProxyServer {
  const open = new Set<Socket>();
  const server = http.createServer({
    insecureHTTPParser: false,
    maxHeaderSize: longestHead,
    headersTimeout: headWithinMs,
    // Of a whole request: an upload takes as long as it takes.
    requestTimeout: 0,
    keepAliveTimeout: keptOpenMs,
    connectionsCheckingInterval: headWithinMs,
    noDelay: true,
  });
  server.maxConnections = mostConnections;
  server.on('connection', socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  // One request that goes wrong in a way nobody thought of is its own affair.
  server.on('connect', (request, socket, head) => {
    tunnel(serving, request, socket as Socket, head).catch(() => socket.destroy());
  });
  const answered = inTurn((request, response) => {
    const answer = request.url?.startsWith('/') ? broker : plain;
    answer(serving, request, response).catch(() => response.destroy());
  });
  // One connection that could not be taken is no reason to take no others.
  server.on('error', () => {});
  server.on('request', answered);
  server.on('clientError', (_, socket) => {
    if (socket.writable) socket.end(asBytes(malformed('it is malformed')));
    else socket.destroy();
  });
  return {
    server,
    async retire(cut) {
      // However each ends: `once` of node:events would reject for one that is reset, and the others would not be waited for.
      const over = [...open].map(socket => new Promise<void>(resolve => socket.once('close', () => resolve())));
      server.close();
      server.closeIdleConnections();
      if (cut) for (const socket of open) socket.destroy();
      await Promise.all(over);
    },
  };
}

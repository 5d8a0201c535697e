import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, {type AddressInfo} from 'node:net';
import path from 'node:path';
import type {Outside} from '../../src/egress/outside.ts';
import type {Address} from '../../src/egress/policy/addresses.ts';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '../fixtures/egress', name), 'utf8');
/** Of allowed.example, *.allowed.example, other.example and model.example; it trusts itself. */
export const testCertificate = fixture('cert.pem');

export const publicAddress: Address = {address: '93.184.216.34', family: 4};

export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const hello: Answer = (request, response) => response.end(`hello from ${request.headers.host} ${request.url}`);

/** An internet of two servers on loopback, http and https, behind whatever addresses its names are said to have. */
export async function openInternet(answer: Answer = hello) {
  const names = new Map<string, readonly Address[]>();
  const resolved: string[] = [];
  const dialled: string[] = [];
  /** Addresses of this machine, public by their number. */
  const own: string[] = [];
  /** Connections to it. */
  const lines = {now: 0, most: 0};
  const servers = {
    80: http.createServer((request, response) => answer(request, response)),
    443: https.createServer({cert: testCertificate, key: fixture('key.pem')}, (request, response) =>
      answer(request, response),
    ),
  };
  const ports: Record<number, number> = {};
  const open = new Set<net.Socket>();
  for (const [port, server] of Object.entries(servers)) {
    server.on('connection', (socket: net.Socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[Number(port)] = (server.address() as AddressInfo).port;
  }
  const outside: Outside = {
    async resolve(host) {
      resolved.push(host);
      const found = names.get(host);
      if (!found) throw Object.assign(new Error('no such name'), {code: 'ENOTFOUND'});
      return found;
    },
    isOwn: ({address}) => own.includes(address),
    dial({address}, port) {
      dialled.push(`${address}:${port}`);
      const socket = net.connect({host: '127.0.0.1', port: ports[port] ?? 1, allowHalfOpen: true});
      lines.now += 1;
      lines.most = Math.max(lines.most, lines.now);
      socket.once('close', () => {
        lines.now -= 1;
      });
      return socket;
    },
    ca: testCertificate,
  };
  return {
    outside,
    resolved,
    dialled,
    own,
    lines,
    ports,
    name(host: string, ...addresses: readonly Address[]) {
      names.set(host, addresses.length > 0 ? addresses : [publicAddress]);
    },
    /** Another server in the place of what listens on a port. */
    instead(port: number, of: number) {
      ports[port] = of;
    },
    async close() {
      for (const socket of open) socket.destroy();
      await Promise.all(Object.values(servers).map(server => once(server.close(), 'close')));
    },
  };
}

export type Internet = Awaited<ReturnType<typeof openInternet>>;

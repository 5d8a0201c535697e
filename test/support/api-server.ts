import {readdirSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import {createApiServer} from '../../src/daemon/server.ts';
import {silentLog} from '../../src/lib/log.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {temporaryDirectory} from './home.ts';

/** The API over a port, on a socket, in this process; both end with the test. */
export async function openApi(port: SessionsPort, options: {readonly silenceMs?: number} = {}) {
  const facts = {version: 'test', pid: 1, startedAt: 0, count: () => ({sessions: 0, live: 0}), stop: () => {}};
  const api = createApiServer({sessions: {as: () => port}, facts, log: silentLog, ...options});
  const socket = path.join(temporaryDirectory(), 's');
  const server = net.createServer(api.accept);
  await new Promise<void>(resolve => server.listen(socket, resolve));
  onTestFinished(async () => {
    await api.close();
    await new Promise(resolve => server.close(resolve));
  });
  return {
    socket,
    /** Connections open now. */
    clients: () => api.clients,
  };
}

/** Files and sockets this process has open. */
export const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

import net from 'node:net';
import path from 'node:path';
import {remoteSessions} from '../../src/api/client.ts';
import {type Line, openLine} from '../../src/api/line.ts';
import {createApiServer} from '../../src/daemon/server.ts';
import {silentLog} from '../../src/lib/log.ts';
import type {PortFixture} from '../contracts/port.ts';
import {openService} from './service-fixture.ts';

/** The same service at the other end of a socket, over the whole API, in this process. */
export async function openRemoteFixture(): Promise<PortFixture & {readonly socket: string}> {
  const {service, ...fixture} = await openService();
  const facts = {version: 'test', pid: process.pid, startedAt: 0, count: service.count, stop: () => {}};
  const api = createApiServer({sessions: service, facts, log: silentLog});
  const socket = path.join(fixture.repo('socket'), 's');
  const server = net.createServer(api.accept);
  await new Promise<void>(resolve => server.listen(socket, resolve));
  const lines: Line[] = [];
  const client = (pid: number) => {
    const caller = {pid, command: 'trails test'};
    const line = openLine({socket, caller, ready: async () => {}});
    lines.push(line);
    return remoteSessions(line);
  };
  return {
    ...fixture,
    socket,
    port: client(process.pid),
    another: () => client(process.ppid),
    async close() {
      for (const line of lines) line.close();
      await api.close();
      await new Promise(resolve => server.close(resolve));
      await fixture.close();
    },
  };
}

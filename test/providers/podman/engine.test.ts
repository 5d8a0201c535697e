import {once} from 'node:events';
import http from 'node:http';
import type {Socket} from 'node:net';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {openEngine} from '../../../src/providers/podman/engine.ts';
import {temporaryDirectory} from '../../support/home.ts';

/** An engine's service that answers when it is told to, or dies with everything that waits. */
async function service(socketPath: string) {
  const sockets = new Set<Socket>();
  const waiting: http.ServerResponse[] = [];
  const server = http.createServer((_request, response) => void waiting.push(response));
  server.on('connection', socket => sockets.add(socket));
  server.listen(socketPath);
  await once(server, 'listening');
  const die = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  onTestFinished(die);
  return {
    die,
    asked: (count: number) =>
      expect.poll(() => waiting.length, {timeout: 10_000, interval: 5}).toBe(count) as Promise<unknown>,
    answer() {
      for (const response of waiting.splice(0)) response.end('"here"');
    },
  };
}

test('calls that the death of a service breaks off together all go on with the next one', async () => {
  const directory = temporaryDirectory();
  const file = (number: number) => path.join(directory, `${number}.sock`);
  const first = await service(file(1));
  const second = await service(file(2));
  let connections = 0;
  const engine = openEngine('podman', async () => {
    connections += 1;
    return file(connections);
  });
  onTestFinished(() => engine.close());
  const calls = Array.from({length: 20}, () => engine.ask('GET', '/info'));
  await first.asked(20);
  first.die();
  await second.asked(20);
  second.answer();
  for (const {body} of await Promise.all(calls)) expect(body).toBe('here');
  expect(connections).toBe(2);
});

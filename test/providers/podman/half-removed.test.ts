import {once} from 'node:events';
import http from 'node:http';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {openEngine} from '../../../src/providers/podman/engine.ts';
import {endRemovals, isHalfRemoved} from '../../../src/providers/podman/half-removed.ts';
import {temporaryDirectory} from '../../support/home.ts';

/** As Podman 5 answers over containers of which one was half removed when its service was killed. */
async function service() {
  const socket = path.join(temporaryDirectory(), 's');
  const states = new Map([
    ['whole', 'running'],
    ['half', 'removing'],
  ]);
  const server = http.createServer(({method, url = ''}, response) => {
    const say = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (method === 'DELETE') {
      states.delete(path.basename(url.split('?')[0]!));
      return say(200, []);
    }
    const list = [...states].map(([Id, State]) => ({Id, State}));
    if (url.includes('/libpod/') || !states.has('half')) return say(200, list);
    say(500, {cause: 'container not known', message: 'getting container from store "half": container not known'});
  });
  server.listen(socket);
  await once(server, 'listening');
  const engine = openEngine('podman', async () => socket);
  onTestFinished(() => {
    engine.close();
    server.close();
  });
  return {engine, states};
}

test('a removal that was left half-way, which keeps every list from succeeding, is ended; nothing else is removed', async () => {
  const {engine, states} = await service();
  const list = () => engine.ask('GET', '/v1.40/containers/json?all=1');
  const refused = await list().catch(error => error);
  expect(isHalfRemoved(refused)).toBe(true);
  await endRemovals(engine, '');
  expect([...states.keys()]).toEqual(['whole']);
  expect((await list()).status).toBe(200);
});

test('other refusals stay what they are', () => {
  expect(isHalfRemoved(new Error('container not known'))).toBe(false);
});

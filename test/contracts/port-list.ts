import {describe, expect, test} from 'vitest';
import type {Change, Status} from '../../src/sessions/port.ts';
import {becomes, code, never, type PortScene, until} from './port-scene.ts';

export function describeListing(scene: PortScene): void {
  describe('list, get and watch', () => {
    test('a session is got by name, id, or a unique beginning of either', async () => {
      const {id} = await scene.create({name: 'api'});
      await scene.create({name: 'web'});
      for (const ref of ['api', 'a', id, id.toUpperCase()]) expect((await scene.port.get(ref)).id).toBe(id);
      await expect(scene.port.get('nope')).rejects.toEqual(code('SESSION_UNKNOWN'));
      await expect(scene.port.get(id.slice(0, 3))).rejects.toEqual(code('SESSION_AMBIGUOUS'));
      expect((await scene.port.list()).map(view => view.name).sort()).toEqual(['api', 'web']);
    });

    test('a watcher gets everything there is, then what changes, and ends with its signal', async () => {
      const stop = new AbortController();
      await scene.create({name: 'old'});
      const changes = scene.port.watch(stop.signal)[Symbol.asyncIterator]();
      const next = async (): Promise<Change> => (await changes.next()).value;
      const first = await next();
      expect(first).toMatchObject({whole: true, removed: [], engine: {provider: 'mock'}});
      expect(first.sessions.map(({name}) => name)).toEqual(['old']);
      const phases = (async () => {
        const seen: string[] = [];
        while (seen.at(-1) !== 'running') {
          const change = await next();
          expect(change.whole).toBe(false);
          for (const {name, phase} of change.sessions) if (name === 'new') seen.push(phase);
        }
        return seen;
      })();
      const made = await scene.create({name: 'new'});
      expect(await phases).toContain('creating');
      await scene.port.remove('new', {force: true});
      for (let change = await next(); !change.removed.includes(made.id); change = await next());
      const ended = (async () => {
        for (;;) if ((await changes.next()).done) return 'ended';
      })();
      stop.abort();
      expect(await ended).toBe('ended');
    });

    test('one waits for a status, no longer than asked, and not for what cannot come', async () => {
      await scene.ready(['idle', 'hello\x1b]7501;state=blocked\x07'], 'hello');
      const wait = (statuses: readonly Status[], timeoutMs?: number) =>
        scene.port.wait('api', {statuses, ...(timeoutMs === undefined ? {} : {timeoutMs})}, never);
      expect((await wait(['ready', 'waiting'])).status.status).toBe('waiting');
      let over = false;
      const late = wait(['error'], 5000).finally(() => {
        over = true;
      });
      late.catch(() => {});
      while (!over) {
        scene.fixture.pass(5000);
        await new Promise(resolve => setImmediate(resolve));
      }
      await expect(late).rejects.toEqual(code('TIMEOUT'));
      const exits = wait(['exited']);
      const errs = wait(['error']);
      errs.catch(() => {});
      await scene.port.stop('api');
      expect(await exits).toMatchObject({phase: 'stopped'});
      await expect(errs).rejects.toEqual(code('PHASE_FORBIDS'));
      await expect(wait([])).rejects.toEqual(code('USAGE'));
      await expect(scene.port.wait('nope', {statuses: ['ready']}, never)).rejects.toEqual(code('SESSION_UNKNOWN'));
    });

    test('a session that ends by itself is told', async () => {
      await scene.ready(['exitAtKey', '7'], 'press');
      const attachment = await scene.attach();
      attachment.write(Buffer.from('x'));
      expect(await becomes(scene.port, 'api', view => view.phase === 'stopped')).toMatchObject({
        ...{exitCode: 7, status: {status: 'exited', source: 'container'}},
      });
    });

    test('a container removed behind our back is lost, and can only be forgotten', async () => {
      const view = await scene.create();
      await scene.fixture.engine.removeBehind(view);
      const lost = await becomes(scene.port, 'api', now => now.phase === 'lost');
      expect(lost.note).toMatch(/removed outside Trails/);
      await expect(scene.port.start('api', {columns: 80, rows: 24})).rejects.toEqual(code('PHASE_FORBIDS'));
      expect((await scene.port.teardown('api')).removes.join()).not.toMatch(/container/);
      await scene.port.remove('api', {force: false});
      await until(
        scene.port,
        () => scene.port.list(),
        list => list.length === 0,
      );
      await scene.expectNothing();
    });
  });
}

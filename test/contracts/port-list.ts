import {describe, expect, test} from 'vitest';
import {becomes, code, type PortScene, until} from './port-scene.ts';

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

    test('a watcher is told that something changed, however much as little, and ends with its signal', async () => {
      const stop = new AbortController();
      const changes = scene.port.watch(stop.signal)[Symbol.asyncIterator]();
      const first = changes.next();
      await scene.create();
      expect(await first).toEqual({done: false, value: undefined});
      const ended = (async () => {
        for (;;) if ((await changes.next()).done) return 'ended';
      })();
      stop.abort();
      expect(await ended).toBe('ended');
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

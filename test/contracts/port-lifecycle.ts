import {describe, expect, test} from 'vitest';
import type {SessionView} from '../../src/sessions/port.ts';
import {becomes, code, engineIs, frameWith, never, type PortScene, size, until} from './port-scene.ts';

export function describeLifecycle(scene: PortScene): void {
  describe('stop, start, restart, remove', () => {
    test('a stopped session keeps its code, and starts again', async () => {
      await scene.ready(['idle', 'hello'], 'hello');
      expect(await scene.port.stop('api')).toMatchObject({phase: 'stopped', exitCode: 143});
      expect(await scene.port.stop('api')).toMatchObject({phase: 'stopped', exitCode: 143});
      scene.fixture.pass(1000);
      expect(await scene.port.start('api', size)).toMatchObject({phase: 'running', exitCode: null});
      await expect(scene.port.start('api', size)).rejects.toEqual(code('PHASE_FORBIDS'));
      expect(await scene.fixture.engine.names()).toHaveLength(1);
    });

    test('a start with a variable that is none leaves it as it was', async () => {
      await scene.create();
      await scene.port.stop('api');
      const options = {env: {'A=B': 'x'}};
      await expect(scene.port.start('api', size, options)).rejects.toEqual(code('USAGE'));
      expect(await scene.port.get('api')).toMatchObject({phase: 'stopped', variables: []});
      await expect(scene.port.restart('api', size, options)).rejects.toEqual(code('USAGE'));
      expect(await scene.port.start('api', size)).toMatchObject({phase: 'running'});
    });

    test('a restart runs it anew, whether it ran or not', async () => {
      await scene.create();
      scene.fixture.pass(1000);
      expect((await scene.port.restart('api', size)).phase).toBe('running');
      await scene.port.stop('api');
      expect((await scene.port.restart('api', size)).phase).toBe('running');
    });

    test('of two starts at once one starts it, and it runs', async () => {
      await scene.create();
      await scene.port.stop('api');
      const results = await Promise.allSettled([scene.port.start('api', size), scene.port.start('api', size)]);
      expect(results.map(result => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(results.find(result => result.status === 'rejected')).toMatchObject({reason: code('PHASE_FORBIDS')});
      expect((await scene.port.get('api')).phase).toBe('running');
    });

    test('a running session is removed only by force, a stopped one without', async () => {
      await scene.create();
      await expect(scene.port.remove('api', {force: false})).rejects.toMatchObject({
        ...{code: 'PHASE_FORBIDS', hint: expect.stringContaining('--force')},
      });
      expect((await scene.port.get('api')).phase).toBe('running');
      await scene.port.remove('api', {force: true});
      await scene.expectNothing();
      await scene.create();
      await scene.port.stop('api');
      await scene.port.remove('api', {force: false});
      await scene.expectNothing();
      await expect(scene.port.remove('api', {force: true})).rejects.toEqual(code('SESSION_UNKNOWN'));
    });

    test('the summary of a teardown says what goes and what stays', async () => {
      const {workspace} = await scene.create();
      const {removes, keeps} = await scene.port.teardown('api');
      expect(removes.join('\n')).toMatch(/running agent \(shell\)/);
      expect(keeps.join('\n')).toContain(workspace.path);
      await scene.port.stop('api');
      expect((await scene.port.teardown('api')).removes.join('\n')).not.toMatch(/running agent/);
    });
  });

  describe('an engine that goes away', () => {
    test('is told; the list still answers; operations fail and change nothing; it recovers by itself', async () => {
      const {engine} = scene.fixture;
      await scene.create({name: 'runs'});
      await scene.create({name: 'rests'});
      await scene.port.stop('rests');
      engine.down();
      expect(await engineIs(scene.port, 'unreachable')).toMatchObject({
        ...{detail: expect.stringContaining('does not answer'), hint: expect.stringContaining('trails doctor')},
      });
      const shape = ({name, phase}: SessionView) => `${name} ${phase}`;
      const shapes = (list: readonly SessionView[]) => list.map(shape).sort();
      const before = ['rests stopped', 'runs running'];
      expect(shapes(await scene.port.list())).toEqual(before);

      const unreachable = code('ENGINE_UNREACHABLE');
      await expect(scene.create({name: 'third'})).rejects.toEqual(unreachable);
      await expect(scene.port.stop('runs')).rejects.toEqual(unreachable);
      await expect(scene.port.start('rests', size)).rejects.toEqual(unreachable);
      await expect(scene.port.exec('runs', {argv: ['print', 'x']})).rejects.toEqual(unreachable);
      await expect(scene.port.stats()).rejects.toEqual(unreachable);
      await expect(scene.port.remove('rests', {force: false})).rejects.toEqual(unreachable);
      expect(shapes(await scene.port.list())).toEqual(expect.arrayContaining(before));

      engine.up();
      scene.fixture.pass(5000);
      await engineIs(scene.port, 'ready');
      // What could not be taken back of the third is taken back now; what was asked in vain does not happen later.
      const after = await until(
        scene.port,
        () => scene.port.list(),
        list => list.length === 2,
      );
      expect(shapes(after)).toEqual(before);
      expect((await scene.port.stop('runs')).phase).toBe('stopped');
    });

    test('what happened to sessions meanwhile is known when it is back', async () => {
      const {engine} = scene.fixture;
      const view = await scene.create();
      engine.down();
      await engineIs(scene.port, 'unreachable');
      await engine.removeBehind(view);
      expect((await scene.port.get('api')).phase).toBe('running');
      engine.up();
      scene.fixture.pass(5000);
      expect((await becomes(scene.port, 'api', now => now.phase === 'lost')).note).toMatch(/outside/);
    });

    test('is asked again less and less often', async () => {
      const {engine} = scene.fixture;
      await engineIs(scene.port, 'ready');
      engine.down();
      await engineIs(scene.port, 'unreachable');
      const asked = engine.hold('listEnvironments');
      scene.fixture.pass(250);
      await asked.entered;
      let early = false;
      const again = engine.hold('listEnvironments');
      void again.entered.then(() => {
        early = true;
      });
      asked.release();
      again.release();
      await new Promise(resolve => setImmediate(resolve));
      scene.fixture.pass(499);
      await new Promise(resolve => setImmediate(resolve));
      expect(early).toBe(false);
      scene.fixture.pass(1);
      await again.entered;
      engine.up();
    });
  });

  describe('what is written down', () => {
    test('create, spawn, attach, exec, stop and destroy, with who and result, and never a variable', async () => {
      const {id} = await scene.create({env: {TOKEN: 'sesame-1'}});
      (await scene.attach()).detach();
      await (await scene.port.exec('api', {argv: ['print', 'x'], env: {TOKEN: 'sesame-2'}})).exit;
      await scene.port.stop('api');
      await expect(scene.create({name: 'bad', image: 'no/such'})).rejects.toThrow();
      await scene.port.remove('api', {force: false});
      const rows = await Array.fromAsync(scene.port.audit({limit: 100}, never));
      const own = rows.filter(row => row.session === id);
      expect(new Set(own.map(row => row.action))).toEqual(
        new Set(['create', 'spawn', 'attach', 'exec', 'stop', 'destroy']),
      );
      for (const row of own)
        expect(row).toMatchObject({name: 'api', result: 'ok', by: 'trails test', pid: process.pid});
      expect(rows.find(row => row.name === 'bad')).toMatchObject({action: 'create', result: /no\/such/});
      expect(JSON.stringify(rows)).not.toContain('sesame');
    });

    test('rows of one session, the newest so many', async () => {
      await scene.create({name: 'api'});
      await scene.create({name: 'web'});
      await scene.port.stop('api');
      expect((await Array.fromAsync(scene.port.audit({ref: 'api', limit: 1}, never))).map(row => row.action)).toEqual([
        'stop',
      ]);
    });

    test('new rows follow the old ones, with the client that asked', async () => {
      await scene.create();
      const stop = new AbortController();
      const rows = scene.port.audit({follow: true, limit: 1}, stop.signal)[Symbol.asyncIterator]();
      expect((await rows.next()).value).toMatchObject({action: 'spawn', by: 'trails test', pid: process.pid});
      const next = rows.next();
      await scene.fixture.another().stop('api');
      expect((await next).value).toMatchObject({action: 'stop', pid: process.ppid});
      const over = rows.next();
      stop.abort();
      expect(await over).toMatchObject({done: true});
    });

    test('of a session that was removed, too', async () => {
      const {id} = await scene.create();
      await scene.port.remove('api', {force: true});
      for (const ref of ['api', id]) {
        const rows = await Array.fromAsync(scene.port.audit({ref}, never));
        expect(rows.map(({session, action}) => [session, action])).toContainEqual([id, 'destroy']);
      }
      await expect(Array.fromAsync(scene.port.audit({ref: 'nope'}, never))).rejects.toEqual(code('SESSION_UNKNOWN'));
    });

    test('whoever wants none of the old rows gets none of them with the new ones', async () => {
      await scene.create();
      const stop = new AbortController();
      const rows = scene.port.audit({follow: true, limit: 0}, stop.signal)[Symbol.asyncIterator]();
      const next = rows.next();
      await scene.port.stop('api');
      // Over a socket the question may come behind the stop: then the next row is the first new one.
      await scene.port.start('api', size);
      expect(['stop', 'spawn']).toContain((await next).value.action);
      stop.abort();
    });
  });

  describe('two clients', () => {
    test('each sees the sessions of the other, and what becomes of them', async () => {
      const other = scene.fixture.another();
      await scene.create();
      await until(
        other,
        () => other.list(),
        list => list[0]?.phase === 'running',
      );
      await other.stop('api');
      await becomes(scene.port, 'api', view => view.phase === 'stopped');
      await scene.port.remove('api', {force: false});
      await until(
        other,
        () => other.list(),
        list => list.length === 0,
      );
    });

    test('a name or a directory that one has taken the other cannot take', async () => {
      const other = scene.fixture.another();
      const {workspace} = await scene.create();
      const request = scene.request({repo: scene.fixture.repo('other')});
      await expect(other.create(request, () => {}, new AbortController().signal)).rejects.toEqual(code('NAME_TAKEN'));
      await expect(
        other.create({...request, name: 'web', repo: workspace.path}, () => {}, new AbortController().signal),
      ).rejects.toEqual(code('WORKSPACE_LOCKED'));
    });

    test('one of them answers what the agent asks of its terminal', async () => {
      const other = scene.fixture.another();
      await scene.ready(['asksAfter', '60000'], '');
      await other.screen('api');
      scene.fixture.pass(60_000);
      await Promise.all([scene.port, other].map(port => scene.shows('api', 'answers=1', port)));
      expect((await other.screen('api')).lines.join()).not.toContain('answers=2');
    });

    test('what the agent asks in its very first moment is answered, too, and once', async () => {
      const other = scene.fixture.another();
      await scene.create({args: ['asksAfter', '0']});
      scene.fixture.pass(0);
      await Promise.all([scene.port, other].map(port => scene.shows('api', 'answers=1', port)));
      for (const port of [scene.port, other])
        expect((await port.screen('api')).lines.join()).not.toContain('answers=2');
    });

    test('while somebody is attached through one, neither answers in their place', async () => {
      const other = scene.fixture.another();
      await scene.ready(['asksAfter', '60000'], '');
      const attachment = await other.attach('api', size);
      scene.fixture.pass(60_000);
      await Promise.all([scene.port, other].map(port => scene.shows('api', 'asked', port)));
      attachment.write(Buffer.from('\x1b[1;1R'));
      await Promise.all([scene.port, other].map(port => scene.shows('api', 'answers=1', port)));
    });

    test('a size that one sets is the size of both', async () => {
      const other = scene.fixture.another();
      await scene.ready(['printSize'], 'size=80x24');
      await scene.shows('api', 'size=80x24', other);
      const attachment = await other.attach('api', {columns: 100, rows: 30});
      await scene.shows('api', 'size=100x30');
      await frameWith(scene.port, 'api', frame => frame.size.columns === 100, scene.fixture.pass);
      attachment.resize({columns: 90, rows: 20});
      await frameWith(scene.port, 'api', frame => frame.size.columns === 90, scene.fixture.pass);
      attachment.detach();
      await scene.attach('api', {columns: 100, rows: 30});
      await scene.shows('api', 'size=100x30');
    });

    test('another client sees what is there, and its agent', async () => {
      await scene.ready(['idle', 'hello\x1b]7501;state=blocked\x07'], 'hello');
      const command = scene.fixture.another();
      expect(await command.get('api')).toMatchObject({phase: 'running', status: {status: 'waiting'}});
      expect((await command.screen('api')).lines[0]).toContain('hello');
    });
  });
}

import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {CreateProgress, SessionView} from '../../src/sessions/port.ts';
import {code, engineIs, never, type PortScene, size, until} from './port-scene.ts';

export function describeSetup(scene: PortScene): void {
  describe('setup steps', () => {
    const repo = () => scene.fixture.repo('repo-api');
    const notes = () => {
      const file = path.join(repo(), 'notes');
      return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    };
    const put = (file: string) => writeFileSync(path.join(repo(), file), '');
    const log = async () => {
      const lines: string[] = [];
      for await (const piece of scene.port.logs('api', {follow: false}, never)) lines.push(...piece.lines);
      return lines;
    };
    /** Resolves once the step behind so many others runs. */
    const stepRuns = async (done = 0) => {
      const running = (view: SessionView) => view.setup?.running === true && view.setup.done === done;
      const views = await until(
        scene.port,
        () => scene.port.list(),
        list => list.some(running),
      );
      return views.find(running)!;
    };
    const failing = ['notes one', 'needs key', 'notes three'];

    test('run in order before the agent, each told as a step of the creation, all in one log', async () => {
      const seen: CreateProgress[] = [];
      const view = await scene.create({setup: ['notes one', 'notes two']}, progress => seen.push(progress));
      expect(view).toMatchObject({phase: 'running', note: '', exitCode: null, command: ['echo']});
      expect(view.setup).toEqual({commands: ['notes one', 'notes two'], done: 2, running: false});
      expect(seen.slice(3)).toEqual([
        {step: 'setup 1/2: notes one', index: 4, total: 6},
        {step: 'setup 2/2: notes two', index: 5, total: 6},
        {step: 'starting the agent', index: 6, total: 6},
      ]);
      expect(seen.map(({index}) => index)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(notes()).toEqual(['one', 'two']);
      await scene.shows('api', 'ready');
      expect((await log()).join('\n')).toMatch(/noted one\nnoted two\nready/);
    });

    test('are not run again by stop, start and restart', async () => {
      await scene.create({setup: ['notes one']});
      await scene.port.stop('api');
      await scene.port.start('api', size);
      await scene.port.restart('api', size);
      expect(notes()).toEqual(['one']);
    });

    test('while one runs the list tells it, and its output is the screen and the log', async () => {
      const made = scene.create({setup: ['notes one', 'waits go']});
      const view = await stepRuns(1);
      expect(view).toMatchObject({phase: 'creating', note: 'setup 2/2: waits go', status: {status: 'starting'}});
      await scene.shows('api', 'waits for go');
      expect(await log()).toEqual(['noted one', 'waits for go']);
      await expect(scene.port.attach('api', size)).rejects.toEqual(code('PHASE_FORBIDS'));
      put('go');
      scene.fixture.pass(10);
      expect(await made).toMatchObject({phase: 'running', note: ''});
      await scene.shows('api', 'ready');
    });

    test('a log that is followed goes on from step to step, and to the agent', async () => {
      const made = scene.create({args: ['exitWith', '0'], setup: ['waits go', 'notes two']});
      await stepRuns();
      const lines: string[] = [];
      const followed = (async () => {
        for await (const piece of scene.port.logs('api', {follow: true}, never)) {
          lines.push(...piece.lines);
          if (lines.length === 1) put('go');
          queueMicrotask(() => scene.fixture.pass(10));
        }
      })();
      expect(await made).toMatchObject({phase: 'stopped', exitCode: 0});
      await followed;
      expect(lines).toEqual(['waits for go', 'noted two']);
    });

    test('one that fails leaves the session failed, with everything that can be seen of it', async () => {
      await expect(scene.create({setup: failing})).rejects.toMatchObject({
        code: 'SETUP_FAILED',
        message: 'api: setup step 2 of 3 failed with code 1: needs key',
        hint: expect.stringMatching(/trails logs api.*trails start api/),
      });
      expect(await scene.port.get('api')).toMatchObject({
        ...{phase: 'failed', note: 'setup step 2 of 3 failed with code 1: needs key', exitCode: 1},
        setup: {commands: failing, done: 1, running: false},
      });
      expect(await log()).toEqual(['noted one', 'no key']);
      expect((await scene.port.screen('api')).lines.join('\n')).toContain('no key');
      expect(await scene.fixture.engine.names()).toHaveLength(1);
      expect(notes()).toEqual(['one']);
    });

    test.each(['start', 'restart'] as const)('%s goes on with the step that failed', async how => {
      await expect(scene.create({setup: failing})).rejects.toEqual(code('SETUP_FAILED'));
      await expect(scene.port[how]('api', size)).rejects.toEqual(code('SETUP_FAILED'));
      expect(await scene.port.get('api')).toMatchObject({phase: 'failed', setup: {done: 1, running: false}});
      put('key');
      expect(await scene.port[how]('api', size)).toMatchObject({
        ...{phase: 'running', note: '', exitCode: null},
        setup: {done: 3, running: false},
      });
      expect(notes()).toEqual(['one', 'three']);
      await scene.shows('api', 'ready');
    });

    test('a failed one is removed like any other', async () => {
      await expect(scene.create({setup: ['exitWith 3']})).rejects.toEqual(code('SETUP_FAILED'));
      await scene.port.remove('api', {force: false});
      await scene.expectNothing();
    });

    test('a stop ends the step, and leaves the session failed', async () => {
      const made = scene.create({setup: ['idle x']});
      made.catch(() => {});
      await stepRuns();
      const note = 'setup step 1 of 1 failed with code 143: idle x';
      expect(await scene.port.stop('api')).toMatchObject({phase: 'failed', note, exitCode: 143});
      await expect(made).rejects.toEqual(code('SETUP_FAILED'));
    });

    test('cancelled in a step nothing is left', async () => {
      const stop = new AbortController();
      const made = scene.create({setup: ['notes one', 'idle x']}, () => {}, stop.signal);
      made.catch(() => {});
      await stepRuns(1);
      stop.abort();
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await scene.expectNothing();
    });

    test('removed by force in a step, it is gone', async () => {
      const made = scene.create({setup: ['idle x']});
      made.catch(() => {});
      await stepRuns();
      await expect(scene.port.remove('api', {force: false})).rejects.toEqual(code('PHASE_FORBIDS'));
      await scene.port.remove('api', {force: true});
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await scene.expectNothing();
    });

    test('when the first one cannot even be started, nothing is left', async () => {
      const stop = new AbortController();
      const held = scene.fixture.engine.hold('spawnAgent');
      const made = scene.create({setup: ['notes one']}, () => {}, stop.signal);
      await held.entered;
      stop.abort();
      held.release();
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await scene.expectNothing();
    });

    test('an engine that goes away in a step leaves it interrupted; a start goes on there', async () => {
      const made = scene.create({setup: ['notes one', 'waits go']});
      made.catch(() => {});
      await stepRuns(1);
      // The step goes on, and ends while nobody can be asked about it.
      scene.fixture.engine.down();
      put('go');
      scene.fixture.pass(10);
      await expect(made).rejects.toMatchObject({
        code: 'ENGINE_UNREACHABLE',
        message: expect.stringContaining('api was interrupted at setup step 2 of 2: waits go: '),
        hint: expect.stringContaining('trails start api'),
      });
      const note = 'interrupted at setup step 2 of 2: waits go';
      expect(await scene.port.get('api')).toMatchObject({phase: 'failed', note, setup: {done: 1}});
      await expect(scene.port.start('api', size)).rejects.toEqual(code('ENGINE_UNREACHABLE'));
      expect(await scene.port.get('api')).toMatchObject({phase: 'failed', note, setup: {done: 1}});
      scene.fixture.engine.up();
      scene.fixture.pass(10_000);
      await engineIs(scene.port, 'ready');
      expect(await scene.port.start('api', size)).toMatchObject({phase: 'running', setup: {done: 2}});
      expect(notes()).toEqual(['one']);
    });

    test('a container that is removed behind our back in a step leaves it lost', async () => {
      const made = scene.create({setup: ['idle x']});
      made.catch(() => {});
      await scene.fixture.engine.removeBehind(await stepRuns());
      await expect(made).rejects.toEqual(code('ENGINE_REFUSED'));
      expect(await scene.port.get('api')).toMatchObject({phase: 'lost'});
      await scene.port.remove('api', {force: false});
      await scene.expectNothing();
    });

    test('one that is set up holds its directory, a failed one does not', async () => {
      const made = scene.create({setup: ['waits go', 'needs key']});
      made.catch(() => {});
      await stepRuns();
      await expect(scene.create({name: 'other', repo: repo()})).rejects.toEqual(code('WORKSPACE_LOCKED'));
      put('go');
      scene.fixture.pass(10);
      await expect(made).rejects.toEqual(code('SETUP_FAILED'));
      expect(await scene.create({name: 'other', repo: repo()})).toMatchObject({phase: 'running'});
      await expect(scene.port.start('api', size)).rejects.toEqual(code('WORKSPACE_LOCKED'));
    });
  });
}

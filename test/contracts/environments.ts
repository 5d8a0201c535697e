import {describe, expect} from 'vitest';
import type {Scene} from './scene.ts';
import {size} from './scene.ts';

export function describeEnvironments(scene: Scene): void {
  describe('environments', () => {
    scene.test('a made environment is found by id and by label, and does not run yet', async () => {
      // Of this test alone: others may run on the same engine.
      const {name} = scene.fixture.spec();
      const spec = scene.fixture.spec({labels: {...scene.fixture.labels, 'contract.colour': name}});
      const id = await scene.provider.createEnvironment(spec, () => {}, new AbortController().signal);
      const found = await scene.provider.getEnvironment(id);
      expect(found).toMatchObject({id, name: spec.name, state: 'created', image: spec.image});
      expect(found?.labels).toMatchObject(spec.labels);
      expect(found?.createdAt).toBeGreaterThan(0);
      const listed = await scene.provider.listEnvironments({'contract.colour': name});
      expect(listed.map(one => one.id)).toEqual([id]);
      expect(await scene.provider.listEnvironments({'contract.colour': `${name}-other`})).toEqual([]);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('making one tells its steps', async () => {
      const steps: string[] = [];
      const signal = new AbortController().signal;
      const id = await scene.provider.createEnvironment(
        scene.fixture.spec(),
        progress => steps.push(progress.step),
        signal,
      );
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.every(step => /^[a-z].*[^.]$/.test(step))).toBe(true);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a spawned command runs, and ends with its own exit code', async () => {
      const id = await scene.spawn(scene.programs.exitWith(7));
      const terminal = await scene.open(id);
      expect(await terminal.closed).toBe('exited');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'exited', exitCode: 7});
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('stop ends a program that heeds TERM, with 128 + 15; stopping twice is fine', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.idle('here'), 'here');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'running'});
      await scene.provider.stopEnvironment(id, 10_000);
      expect(await terminal.closed).toBe('exited');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'exited', exitCode: 143});
      await scene.provider.stopEnvironment(id, 10_000);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('stop kills what ignores TERM when its grace is over', async () => {
      const {id} = await scene.spawnUntil(scene.programs.ignoreTerm(), 'ready');
      await scene.provider.stopEnvironment(id, 50);
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'exited', exitCode: 137});
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a start runs the last command again, behind the record of the earlier run', async () => {
      const id = await scene.spawn(scene.programs.print('once more'));
      expect(await (await scene.open(id)).closed).toBe('exited');
      const position = await scene.provider.startEnvironment(id, size);
      const all = await scene.open(id);
      expect(await all.closed).toBe('exited');
      expect(all.reader.text.split('once more')).toHaveLength(3);
      const second = await scene.open(id, position);
      expect(await second.closed).toBe('exited');
      expect(second.reader.text.split('once more')).toHaveLength(2);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('another command can be spawned in an environment that ended', async () => {
      const id = await scene.spawn(scene.programs.print('first'));
      expect(await (await scene.open(id)).closed).toBe('exited');
      const position = await scene.provider.spawnAgent(id, scene.programs.print('second'), size);
      const terminal = await scene.open(id, position);
      expect(await terminal.closed).toBe('exited');
      expect(terminal.reader.text).toContain('second');
      expect(terminal.reader.text).not.toContain('first');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a destroyed environment is gone; destroying it again is fine', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.ignoreTerm(), 'ready');
      await scene.provider.destroyEnvironment(id);
      expect(await scene.provider.getEnvironment(id)).toBeUndefined();
      expect(['exited', 'lost']).toContain(await terminal.closed);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('events tell what happens to an environment', async () => {
      const id = await scene.create();
      const events = scene.events(id);
      await scene.provider.spawnAgent(id, scene.programs.echo(), size);
      expect(await events.next('started')).toMatchObject({id, labels: scene.fixture.labels});
      await scene.provider.stopEnvironment(id, 0);
      expect(await events.next('exited')).toMatchObject({exitCode: expect.any(Number)});
      await scene.provider.destroyEnvironment(id);
      await events.next('removed');
      await events.end();
    });

    scene.test('a paused one does nothing, and tells so; it goes on where it was', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      const events = scene.events(id);
      terminal.write(Buffer.from('typed before'));
      await terminal.reader.shows('typed before');
      await scene.provider.pauseEnvironment(id);
      await scene.provider.pauseEnvironment(id);
      await events.next('paused');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'paused'});
      // Its terminal can be opened, read and written, and its use of the machine be asked, as before.
      const second = await scene.open(id);
      await second.caughtUp;
      expect(second.reader.text).toContain('ready');
      terminal.write(Buffer.from('typed while asleep\n'));
      expect((await scene.provider.stats([id])).get(id)?.memoryBytes).toBeGreaterThan(0);
      await expect(scene.provider.exec(id, scene.programs.readInput())).rejects.toThrow();
      expect(terminal.reader.text).not.toContain('asleep');
      await scene.provider.resumeEnvironment(id);
      await scene.provider.resumeEnvironment(id);
      await events.next('resumed');
      await second.reader.shows('typed while asleep');
      second.write(Buffer.from('and awake'));
      await second.reader.shows('and awake');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'running'});
      await events.end();
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('a paused one can be stopped, and another one destroyed', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.idle('here'), 'here');
      await scene.provider.pauseEnvironment(id);
      await scene.provider.stopEnvironment(id, 10_000);
      expect(await terminal.closed).toBe('exited');
      expect(await scene.provider.getEnvironment(id)).toMatchObject({state: 'exited', exitCode: 143});
      await expect(scene.provider.pauseEnvironment(id)).rejects.toMatchObject({code: 'ENGINE_REFUSED'});
      await scene.provider.startEnvironment(id, size);
      await scene.provider.pauseEnvironment(id);
      await scene.provider.destroyEnvironment(id);
      expect(await scene.provider.getEnvironment(id)).toBeUndefined();
    });

    scene.test('a running one is held to its limits', async () => {
      const {id} = await scene.spawnUntil(scene.programs.idle('here'), 'here');
      const {limits} = scene.fixture.spec();
      const held = await scene.provider.heldLimits(id);
      expect(held?.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes);
      expect(held?.cpus).toBeLessThanOrEqual(limits.cpus);
      expect(held?.pids).toBeLessThanOrEqual(limits.pids);
      expect(held?.memoryBytes).toBeGreaterThan(0);
      await scene.provider.stopEnvironment(id, 0);
      expect(await scene.provider.heldLimits(id)).toBeUndefined();
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('stats of what runs, and of nothing else', async () => {
      const {id} = await scene.spawnUntil(scene.programs.idle('here'), 'here');
      const idle = await scene.create();
      const stats = await scene.provider.stats([id, idle]);
      expect(stats.get(id)?.pids).toBeGreaterThan(0);
      expect(stats.get(id)?.memoryBytes).toBeGreaterThan(0);
      expect(stats.get(id)?.cpuPercent).toBeGreaterThanOrEqual(0);
      expect(stats.has(idle)).toBe(false);
      await scene.provider.destroyEnvironment(id);
      await scene.provider.destroyEnvironment(idle);
    });
  });
}

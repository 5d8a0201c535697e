import {describe, expect} from 'vitest';
import type {EnvironmentId} from '../../src/providers/provider.ts';
import type {Scene} from './scene.ts';
import {never, size} from './scene.ts';

export function describeFailures(scene: Scene): void {
  describe('when things go wrong', () => {
    const left = async (name: string) =>
      (await scene.provider.listEnvironments(scene.fixture.labels)).filter(one => one.name === name);

    scene.test('a creation cancelled at its first step leaves nothing', async () => {
      const spec = scene.fixture.spec();
      const stop = new AbortController();
      const making = scene.provider.createEnvironment(spec, () => stop.abort(), stop.signal);
      await expect(making).rejects.toMatchObject({code: 'CANCELLED'});
      expect(await left(spec.name)).toEqual([]);
    });

    scene.test('a creation cancelled before it began leaves nothing', async () => {
      const spec = scene.fixture.spec();
      const making = scene.provider.createEnvironment(spec, () => {}, AbortSignal.abort());
      await expect(making).rejects.toMatchObject({code: 'CANCELLED'});
      expect(await left(spec.name)).toEqual([]);
    });

    scene.test('an image that is nowhere is named', async () => {
      const spec = scene.fixture.spec({image: 'localhost/no-such-image:none'});
      const making = scene.provider.createEnvironment(spec, () => {}, never);
      await expect(making).rejects.toMatchObject({
        code: 'IMAGE_MISSING',
        message: expect.stringContaining('no-such-image'),
      });
      expect(await left(spec.name)).toEqual([]);
    });

    scene.test('a workspace that is not there is named', async () => {
      const spec = scene.fixture.spec({workspace: '/no/such/directory'});
      const making = scene.provider.createEnvironment(spec, () => {}, never);
      await expect(making).rejects.toMatchObject({
        code: 'REPO_UNUSABLE',
        message: expect.stringContaining('/no/such/directory'),
      });
      expect(await left(spec.name)).toEqual([]);
    });

    scene.test('a name in use is refused', async () => {
      const spec = scene.fixture.spec();
      const id = await scene.provider.createEnvironment(spec, () => {}, never);
      const twin = {...scene.fixture.spec(), name: spec.name};
      await expect(scene.provider.createEnvironment(twin, () => {}, never)).rejects.toMatchObject({name: 'AppError'});
      expect((await left(spec.name)).map(one => one.id)).toEqual([id]);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('an environment removed behind our back is lost, and destroying it is fine', async () => {
      const {id, terminal} = await scene.spawnUntil(scene.programs.echo(), 'ready');
      await scene.fixture.removeBehind(id);
      expect(['exited', 'lost']).toContain(await terminal.closed);
      expect(await scene.provider.getEnvironment(id)).toBeUndefined();
      await expect(scene.provider.startEnvironment(id, size)).rejects.toMatchObject({name: 'AppError'});
      await expect(scene.provider.openTerminal(id, {size, from: 0, cuts: []})).rejects.toMatchObject({
        name: 'AppError',
      });
      await scene.provider.stopEnvironment(id, 0);
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('an environment that never was is undefined', async () => {
      expect(await scene.provider.getEnvironment('0123456789abcdef' as EnvironmentId)).toBeUndefined();
    });

    scene.test('check says what it found, each in words', async () => {
      const findings = await scene.provider.check();
      expect(findings.length).toBeGreaterThan(0);
      for (const finding of findings) expect(finding.check && finding.detail).toBeTruthy();
    });
  });
}

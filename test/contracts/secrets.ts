import {describe, expect} from 'vitest';
import type {Scene} from './scene.ts';
import {never, size} from './scene.ts';

export function describeSecrets(scene: Scene): void {
  describe('variables that are handed over', () => {
    const secret = `sesame "$HOME" 'open' \\ ü`;
    const secrets = {TOKEN: secret, EMPTY: ''};

    scene.test('reach the program as they are, and are in nothing that is told of its environment', async () => {
      const spec = scene.fixture.spec();
      const id = await scene.provider.createEnvironment(spec, () => {}, never);
      await scene.provider.spawnAgent(id, {...scene.programs.showVariable('TOKEN'), secrets}, size);
      const terminal = await scene.open(id);
      await terminal.reader.shows(`TOKEN=[${secret}]`);
      // What it printed is its own: the record of it is the one place where the value is.
      const traces = await scene.fixture.traces(id, spec);
      expect(traces).toContain(spec.name);
      expect(traces).not.toContain('sesame');
      expect(JSON.stringify(await scene.provider.getEnvironment(id))).not.toContain('sesame');
      await scene.provider.destroyEnvironment(id);
    });

    scene.test('are for one start: the next one has those it is given, or none', async () => {
      const id = await scene.create();
      for (const given of [{TOKEN: 'first'}, {TOKEN: 'second'}, undefined]) {
        const command = {...scene.programs.showVariable('TOKEN'), ...(given ? {secrets: given} : {})};
        const at = await scene.provider.spawnAgent(id, command, size);
        const terminal = await scene.open(id, at);
        await terminal.reader.shows(`TOKEN=[${given?.TOKEN ?? ''}]`);
        await scene.provider.stopEnvironment(id, 10_000);
        terminal.close();
      }
      const at = await scene.provider.startEnvironment(id, size);
      const terminal = await scene.open(id, at);
      await terminal.reader.shows('TOKEN=[]');
      await scene.provider.destroyEnvironment(id);
    });
  });
}

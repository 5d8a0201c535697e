import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {type PortScene, size} from './port-scene.ts';

export function describeProjects(scene: PortScene): void {
  describe('project files', () => {
    const repo = () => scene.fixture.repo('repo-project');
    const write = (text: string) => writeFileSync(path.join(repo(), '.trails.yaml'), text);
    const resolve = () =>
      scene.port.resolve({agent: '', args: [], repo: repo(), env: {}, limits: {}, size, workspace: 'copy'});

    test('are shown, trusted by what was shown, listed and let go of', async () => {
      expect(await resolve()).toMatchObject({agent: 'shell', project: null});
      await expect(scene.port.trust(repo(), 'x')).rejects.toMatchObject({code: 'PROJECT_MISSING', exitCode: 66});
      write('limits: {pids: 64, cpus: 64}\nloosen: [debug]\n');
      const {project} = await resolve();
      expect(project).toEqual({
        ...{repo: repo(), file: path.join(repo(), '.trails.yaml'), trust: 'untrusted'},
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        says: ['limits.cpus: 64', 'limits.pids: 64', expect.stringMatching(/^loosen: debug/)],
        ...{applied: ['limits.pids: 64'], refused: ['limits.cpus: 64', expect.stringMatching(/^loosen: debug/)]},
        ...{added: [], removed: []},
      });
      await expect(scene.port.trust(repo(), 'x')).rejects.toMatchObject({code: 'PROJECT_CHANGED', exitCode: 75});
      expect(await scene.create({repo: repo()})).toMatchObject({project: 'tightened', limits: {pids: 64, cpus: 1}});
      expect(await scene.port.trust(repo(), project?.digest ?? '')).toMatchObject({trust: 'trusted', refused: []});
      expect(await scene.port.trusted()).toEqual([{repo: repo(), at: expect.any(Number), now: 'trusted'}]);
      write('limits: {pids: 32}\n');
      expect((await resolve()).project).toMatchObject({
        ...{trust: 'changed', added: ['limits.pids: 32']},
        removed: ['limits.cpus: 64', 'limits.pids: 64', expect.stringMatching(/^loosen: debug/)],
      });
      expect(await scene.port.revokeTrust(repo())).toBe(true);
      expect(await scene.port.revokeTrust(repo())).toBe(false);
    });

    test('that cannot be read say where, each mistake on its line', async () => {
      write('netwrk: none\nmode: al\n');
      await expect(resolve()).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(/:1:1: netwrk: .*\n.*:2:7: mode: .*did you mean all\?$/),
      });
    });

    test('and nothing is kept of sessions that saw nothing of this machine', async () => {
      await scene.create();
      expect(await scene.port.kept()).toEqual([]);
      await expect(scene.port.pruneKept({names: ['npm'], unusedMs: 0})).rejects.toMatchObject({code: 'KEPT_UNKNOWN'});
      expect(await scene.port.pruneKept({names: [], unusedMs: 0})).toEqual({removed: [], left: []});
      expect(await scene.port.repairKept()).toEqual([]);
    });
  });
}

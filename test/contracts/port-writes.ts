import {chmodSync, unlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {makeTree, readTree} from '../support/file-tree.ts';
import {git} from '../support/git-repo.ts';
import {code, type PortScene} from './port-scene.ts';
import {directory, files, kinds, repository} from './port-workspace.ts';

export function describeWrites(scene: PortScene): void {
  describe('an apply as files', () => {
    const begin = async () => {
      const target = directory(scene);
      const {workspace} = await scene.create({repo: target, workspace: 'copy'});
      const edit = (file: string, text: string) => writeFileSync(path.join(workspace.path, file), text);
      const theirs = (file: string, text: string) => writeFileSync(path.join(target, file), text);
      return {target, place: workspace.path, edit, byTheUser: theirs};
    };

    test('edit inside, exit, apply, and the files are there', async () => {
      const {target, place, edit} = await begin();
      edit('a.txt', 'edited\n');
      makeTree(place, {'deep/er/new.txt': 'new\n', tool: 'x:tool\n', link: '->a.txt'});
      unlinkSync(path.join(place, 'src/b.ts'));
      chmodSync(path.join(place, 'run'), 0o644);
      await scene.port.stop('api');
      const plan = await scene.port.planApply('api', {});
      expect(plan).toMatchObject({how: 'files', target, branch: null, commits: [], conflicts: [], refused: []});
      expect(readTree(target)).toEqual(files);
      expect(await scene.port.apply('api', {version: plan.version})).toMatchObject({commit: null, how: 'files'});
      expect(readTree(target)).toEqual({
        ...{'a.txt': 'edited\n', run: '#!/bin/sh\n', 'deep/er/new.txt': 'new\n', tool: 'x:tool\n', link: '->a.txt'},
      });
      expect((await scene.port.changes('api')).files).toEqual([]);
      edit('a.txt', 'again\n');
      await scene.port.apply('api', {});
      expect(readTree(target)).toHaveProperty(['a.txt'], 'again\n');
    });

    test('leaves and tells a file that the user changed meanwhile; it stays to be applied', async () => {
      const {target, edit, byTheUser} = await begin();
      edit('a.txt', 'of the agent\n');
      edit('src/b.ts', 'of the agent\n');
      byTheUser('a.txt', 'of the user\n');
      const done = await scene.port.apply('api', {});
      expect(done.conflicts).toEqual([{path: 'a.txt', why: expect.any(String)}]);
      expect(readTree(target)).toEqual({...files, 'a.txt': 'of the user\n', 'src/b.ts': 'of the agent\n'});
      expect(kinds(await scene.port.changes('api'))).toEqual({'a.txt': 'modified'});
      await scene.port.apply('api', {theirs: true});
      expect(readTree(target)).toHaveProperty(['a.txt'], 'of the agent\n');
      expect((await scene.port.changes('api')).files).toEqual([]);
    });

    test('has nothing to do where both sides did the same', async () => {
      const {target, edit, byTheUser} = await begin();
      edit('a.txt', 'the same\n');
      byTheUser('a.txt', 'the same\n');
      expect((await scene.port.apply('api', {})).conflicts).toEqual([]);
      expect(readTree(target)).toHaveProperty(['a.txt'], 'the same\n');
      expect((await scene.port.changes('api')).files).toEqual([]);
    });

    test('keeps what the user made and the agent knows nothing of', async () => {
      const {target, edit, byTheUser} = await begin();
      byTheUser('own.txt', 'own\n');
      edit('a.txt', 'edited\n');
      await scene.port.apply('api', {});
      expect(readTree(target)).toEqual({...files, 'a.txt': 'edited\n', 'own.txt': 'own\n'});
    });

    test('of a clone, on request, writes to the work tree and commits nothing', async () => {
      const repo = repository(scene);
      const {workspace} = await scene.create({repo, workspace: 'clone'});
      writeFileSync(path.join(workspace.path, 'a.txt'), 'edited\n');
      await scene.port.apply('api', {how: 'files'});
      expect(git(repo, 'status', '--porcelain')).toBe(' M a.txt');
      expect(git(repo, 'log', '--format=%s')).toBe('begin');
    });

    test.each([
      ['a branch', {branch: 'x'}],
      ['commits', {how: 'merge'}],
    ] as const)('of a copy with %s is refused', async (_what, request) => {
      const {edit} = await begin();
      edit('a.txt', 'edited\n');
      await expect(scene.port.apply('api', request)).rejects.toEqual(code('USAGE'));
      await expect(scene.port.planApply('api', request)).rejects.toEqual(code('USAGE'));
    });

    test('of a bind is refused: its changes are there already', async () => {
      await scene.create({repo: repository(scene), workspace: 'bind'});
      await expect(scene.port.planApply('api', {})).rejects.toEqual(
        code('UNSUPPORTED', expect.stringContaining('api')),
      );
    });

    test('into a directory that a session is bound to is refused while that runs', async () => {
      const {target, edit} = await begin();
      edit('a.txt', 'edited\n');
      await scene.create({name: 'bound', repo: target, workspace: 'bind'});
      await expect(scene.port.apply('api', {})).rejects.toEqual(
        code('WORKSPACE_LOCKED', expect.stringContaining('bound')),
      );
      await scene.port.stop('bound');
      await scene.port.apply('api', {});
      expect(readTree(target)).toHaveProperty(['a.txt'], 'edited\n');
    });
  });
}

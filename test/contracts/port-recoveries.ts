import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {makeTree, readTree} from '../support/file-tree.ts';
import {commitAll, git} from '../support/git-repo.ts';
import {code, type PortScene} from './port-scene.ts';
import {directory, files, repository} from './port-workspace.ts';

const dayMs = 24 * 60 * 60_000;

export function describeRecoveries(scene: PortScene): void {
  const inClone = async (name = 'api', repo = repository(scene)) => {
    const {id, workspace} = await scene.create({name, repo, workspace: 'clone'});
    return {id, repo, place: workspace.path};
  };
  const inCopy = async () => {
    const repo = directory(scene);
    const {id, workspace} = await scene.create({repo, workspace: 'copy'});
    return {id, repo, place: workspace.path};
  };
  const remove = (name = 'api') => scene.port.remove(name, {force: true});
  const edited = {...files, 'a.txt': 'edited\n'};
  const edit = (place: string, text = edited['a.txt']) => writeFileSync(path.join(place, 'a.txt'), text);
  const elsewhere = (name = 'back') => path.join(scene.fixture.repo('places'), name);

  describe('what a teardown would take', () => {
    test('is told of a clone: commits, files, what is ignored, and where the rest is kept', async () => {
      const {id, repo, place} = await inClone();
      makeTree(place, {'.gitignore': 'out/\n', 'out/x': 'x'.repeat(5000)});
      const commit = commitAll(place, 'mine');
      edit(place);
      const {work, saves, removes, keeps} = await scene.port.teardown('api');
      expect(work.join('\n')).toMatch(new RegExp(`commits up to ${commit.slice(0, 8)}[\\s\\S]*a\\.txt \\(\\+1 −3\\)`));
      expect(saves.join('\n')).toContain(`refs/trails/recovery/${id}`);
      expect(removes.join('\n')).toMatch(/the running agent[\s\S]*out\/?, which is ignored \(4\.9 KB\)/);
      expect(keeps.join('\n')).toContain(repo);
    });

    test('is no work when nothing was done, or all of it was applied', async () => {
      const {place} = await inClone();
      expect(await scene.port.teardown('api')).toMatchObject({work: [], saves: []});
      edit(place);
      commitAll(place, 'mine');
      expect((await scene.port.teardown('api')).work).not.toEqual([]);
      await scene.port.apply('api', {});
      expect(await scene.port.teardown('api')).toMatchObject({work: [], saves: []});
    });

    test('of a bind is no file at all', async () => {
      const repo = repository(scene);
      await scene.create({repo, workspace: 'bind'});
      edit(repo);
      const {work, keeps} = await scene.port.teardown('api');
      expect(work).toEqual([]);
      expect(keeps.join('\n')).toContain(repo);
      await remove();
      expect(await scene.port.recoveries()).toEqual([]);
      expect(readTree(repo)).toMatchObject(edited);
    });
  });

  describe('the work of a removed session', () => {
    test('of a clone is a ref of its repository, and comes back on a branch', async () => {
      const {id, repo, place} = await inClone();
      makeTree(place, {'new.txt': 'new\n'});
      const commit = commitAll(place, 'mine');
      edit(place);
      await remove();
      await scene.expectNothing();
      const [kept, ...more] = await scene.port.recoveries();
      expect(more).toEqual([]);
      expect(kept).toMatchObject({
        id,
        name: 'api',
        mode: 'clone',
        source: repo,
        changes: {files: 2, added: 2, removed: 3},
      });
      expect(kept?.kept).toContain(`refs/trails/recovery/${id}`);
      expect((kept?.expiresAt ?? 0) - (kept?.removedAt ?? 0)).toBe(30 * dayMs);
      expect(await scene.port.restore('api', {})).toEqual({branch: 'trails/api', directory: repo, refused: []});
      expect(git(repo, 'show', 'trails/api:a.txt')).toBe('edited');
      expect(git(repo, 'log', '--format=%H', 'trails/api')).toContain(commit);
      expect(git(repo, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
    });

    test('has the other branches of the agent and its stash', async () => {
      const {repo, place} = await inClone();
      git(place, 'checkout', '-q', '-b', 'aside');
      makeTree(place, {aside: 'aside'});
      const aside = commitAll(place, 'aside');
      git(place, 'checkout', '-q', 'trails/api');
      edit(place);
      git(place, 'stash', '-q');
      const stash = git(place, 'rev-parse', 'stash');
      await remove();
      await scene.port.restore('api', {});
      const history = git(repo, 'log', '--format=%H', 'trails/api').split('\n');
      expect(history).toEqual(expect.arrayContaining([aside, stash]));
      expect(git(repo, 'show', 'trails/api:a.txt')).toBe('one\ntwo\nthree');
    });

    test('of a copy is a bundle, and comes back in a directory beside its source', async () => {
      const {repo, place} = await inCopy();
      edit(place);
      makeTree(place, {tool: 'x:tool', link: '->a.txt'});
      await remove();
      await scene.expectNothing();
      const [kept] = await scene.port.recoveries();
      expect(existsSync(kept?.kept ?? '')).toBe(true);
      const {branch, directory, refused} = await scene.port.restore('api', {});
      expect([branch, refused]).toEqual([null, []]);
      expect(directory).toBe(`${repo}-api`);
      expect(readTree(directory)).toEqual({...edited, tool: 'x:tool', link: '->a.txt'});
      expect(readTree(repo)).toEqual(files);
    });

    test('comes back in any new directory, of a clone, too', async () => {
      const {place} = await inClone();
      edit(place);
      await remove();
      const to = elsewhere();
      expect(await scene.port.restore('api', {to})).toEqual({branch: null, directory: to, refused: []});
      expect(readTree(to)).toEqual(edited);
      // Asked again it is the same; but nothing of the user's is written over.
      expect(await scene.port.restore('api', {to})).toEqual({branch: null, directory: to, refused: []});
      edit(to, 'of the user\n');
      await expect(scene.port.restore('api', {to})).rejects.toEqual(code('APPLY_FAILED', expect.stringContaining(to)));
      expect(readTree(to)).toEqual({...files, 'a.txt': 'of the user\n'});
      await expect(scene.port.restore('api', {to: path.join(to, 'no/where')})).rejects.toEqual(code('APPLY_FAILED'));
    });

    test('comes back twice as the same branch, and beside one of that name', async () => {
      const {repo, place} = await inClone();
      edit(place);
      await remove();
      git(repo, 'branch', 'trails/api');
      expect(await scene.port.restore('api', {})).toMatchObject({branch: 'trails/api-2'});
      expect(await scene.port.restore('api', {})).toMatchObject({branch: 'trails/api-2'});
      expect(git(repo, 'show', 'trails/api-2:a.txt')).toBe('edited');
    });

    test('is a bundle when its repository is gone, and comes back without it', async () => {
      const {repo, place} = await inClone();
      edit(place);
      rmSync(repo, {recursive: true});
      await remove();
      const to = elsewhere();
      expect(await scene.port.restore('api', {to})).toMatchObject({directory: to});
      expect(readTree(to)).toEqual(edited);
    });

    test('is told where its repository has gone since', async () => {
      const {repo, place} = await inClone();
      edit(place);
      await remove();
      rmSync(repo, {recursive: true});
      expect(await scene.port.recoveries()).toHaveLength(1);
      await expect(scene.port.restore('api', {})).rejects.toEqual(code('REPO_UNUSABLE', expect.stringContaining(repo)));
    });

    test('is not kept when there is none, or it was applied', async () => {
      const {repo, place} = await inClone();
      edit(place);
      await scene.port.apply('api', {});
      await remove();
      expect(await scene.port.recoveries()).toEqual([]);
      expect(git(repo, 'for-each-ref', '--format=%(refname)', 'refs/trails/recovery')).toBe('');
    });

    test('is told with the newest first, found by name, id and the beginning of it', async () => {
      const {id, repo, place} = await inClone('one');
      const two = await inClone('two', repo);
      edit(place);
      edit(two.place, 'of two\n');
      await remove('one');
      scene.fixture.pass(1000);
      await remove('two');
      expect((await scene.port.recoveries()).map(({name}) => name)).toEqual(['two', 'one']);
      expect(await scene.port.restore(id, {})).toMatchObject({branch: 'trails/one'});
      expect(await scene.port.restore(id.slice(0, -1), {to: elsewhere()})).toMatchObject({branch: null});
      await expect(scene.port.restore('nobody', {})).rejects.toEqual(code('RECOVERY_UNKNOWN'));
      await expect(scene.port.restore('', {})).rejects.toEqual(code('RECOVERY_UNKNOWN'));
    });

    test('is kept once by two who remove it at once', async () => {
      const {id, place} = await inClone('one');
      edit(place);
      await Promise.all([remove('one'), remove('one')]);
      expect((await scene.port.recoveries()).map(one => one.id)).toEqual([id]);
      expect((await scene.port.restore(id, {})).branch).toBe('trails/one');
    });

    test('that cannot be looked through is kept as it is, and said to be', async () => {
      const {id, place} = await inClone('one');
      rmSync(place, {recursive: true});
      writeFileSync(place, 'the agent made a file of its directory');
      await remove('one');
      const [{kept} = {kept: ''}] = await scene.port.recoveries();
      expect(readFileSync(kept, 'utf8')).toBe('the agent made a file of its directory');
      await expect(scene.port.restore(id, {})).rejects.toEqual(code('UNSUPPORTED', expect.stringContaining(kept)));
      await scene.port.pruneRecoveries({id});
      await expect.poll(() => existsSync(kept)).toBe(false);
    });

    test('is forgotten after 30 days, and at once when it is named', async () => {
      const {repo, place} = await inClone('one');
      const two = await inClone('two', repo);
      edit(place);
      edit(two.place);
      await remove('one');
      expect(await scene.port.pruneRecoveries({})).toEqual([]);
      scene.fixture.pass(30 * dayMs);
      await remove('two');
      // The service forgets by itself, too, once a day.
      await scene.port.pruneRecoveries({});
      expect((await scene.port.recoveries()).map(({name}) => name)).toEqual(['two']);
      const refs = () => git(repo, 'for-each-ref', '--format=%(refname)', 'refs/trails/recovery');
      expect(refs()).toBe(`refs/trails/recovery/${two.id}`);
      await scene.port.pruneRecoveries({id: two.id});
      expect([refs(), await scene.port.recoveries()]).toEqual(['', []]);
      await expect(scene.port.pruneRecoveries({id: 'nobody'})).rejects.toEqual(code('RECOVERY_UNKNOWN'));
    });
  });
}

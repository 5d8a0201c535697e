import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {makeTree, readTree} from '../support/file-tree.ts';
import {commitAll, git, makeRepository} from '../support/git-repo.ts';
import {code, type PortScene} from './port-scene.ts';
import {files, kinds, repository} from './port-workspace.ts';

const subjects = (repo: string, ref = 'HEAD') => git(repo, 'log', '--format=%s', '--topo-order', ref).split('\n');
const checkedOut = (repo: string) => {
  const {...tree} = Object.fromEntries(Object.entries(readTree(repo)).filter(([name]) => !name.startsWith('.git/')));
  return tree;
};

export function describeMerges(scene: PortScene): void {
  describe('an apply as a merge', () => {
    const begin = async (name = 'api', repo = repository(scene)) => {
      const {workspace} = await scene.create({name, repo, workspace: 'clone'});
      const edit = (file: string, text: string) => writeFileSync(path.join(workspace.path, file), text);
      return {repo, place: workspace.path, edit};
    };

    test('brings what is not committed as one commit, and nothing is left to apply', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'edited\n');
      edit('new.txt', 'new\n');
      const plan = await scene.port.planApply('api', {});
      expect(plan).toMatchObject({how: 'merge', target: repo, branch: 'main', commits: [], uncommitted: true});
      expect(kinds(plan)).toEqual({'a.txt': 'modified', 'new.txt': 'added'});
      expect(checkedOut(repo)).toEqual(files);
      const done = await scene.port.apply('api', {version: plan.version});
      expect(done).toMatchObject({conflicts: [], refused: [], commit: git(repo, 'rev-parse', 'main')});
      expect(subjects(repo)).toEqual(['Work of api that it did not commit', 'begin']);
      expect(git(repo, 'log', '-1', '--format=%an <%ae>')).toBe('Ada <ada@example.org>');
      expect(checkedOut(repo)).toEqual({...files, 'a.txt': 'edited\n', 'new.txt': 'new\n'});
      expect(git(repo, 'status', '--porcelain')).toBe('');
      expect((await scene.port.changes('api')).files).toEqual([]);
      expect((await scene.port.planApply('api', {})).files).toEqual([]);
    });

    test('brings the commits of the agent as they are, the rest behind them', async () => {
      const {repo, place, edit} = await begin();
      edit('a.txt', 'first\n');
      const first = commitAll(place, 'first of the agent');
      edit('a.txt', 'second\n');
      const second = commitAll(place, 'second of the agent');
      edit('src/b.ts', 'rest\n');
      const plan = await scene.port.planApply('api', {});
      expect(plan.commits).toEqual([
        {id: first, subject: 'first of the agent', author: 'Ada'},
        {id: second, subject: 'second of the agent', author: 'Ada'},
      ]);
      expect(plan.uncommitted).toBe(true);
      await scene.port.apply('api', {});
      expect(subjects(repo)).toEqual([
        'Work of api that it did not commit',
        'second of the agent',
        'first of the agent',
        'begin',
      ]);
    });

    test('is a fast-forward to the very commit of the agent when there is no more', async () => {
      const {repo, place, edit} = await begin();
      edit('a.txt', 'first\n');
      const tip = commitAll(place, 'all of it');
      expect(await scene.port.apply('api', {})).toMatchObject({commit: tip, uncommitted: false});
      expect(git(repo, 'rev-parse', 'HEAD')).toBe(tip);
    });

    test('works while the agent does not run', async () => {
      const {repo, place, edit} = await begin();
      edit('a.txt', 'first\n');
      const tip = commitAll(place, 'all of it');
      await scene.port.stop('api');
      expect(await scene.port.apply('api', {})).toMatchObject({commit: tip});
      expect(git(repo, 'rev-parse', 'HEAD')).toBe(tip);
      expect(await scene.fixture.engine.names()).toHaveLength(1);
    });

    test('merges what the user committed meanwhile', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'by the agent\n');
      writeFileSync(path.join(repo, 'src/b.ts'), 'by the user\n');
      commitAll(repo, 'of the user');
      const {commit} = await scene.port.apply('api', {});
      expect(git(repo, 'log', '-1', '--format=%s %p').split(' ')).toHaveLength(4);
      expect(subjects(repo)[0]).toBe('Merge trails/api');
      expect(git(repo, 'rev-parse', 'HEAD')).toBe(commit);
      expect(checkedOut(repo)).toEqual({...files, 'a.txt': 'by the agent\n', 'src/b.ts': 'by the user\n'});
    });

    test('goes on from the last one, with commits and without', async () => {
      const {repo, place, edit} = await begin();
      edit('a.txt', 'one\n');
      await scene.port.apply('api', {});
      edit('b.txt', 'two\n');
      await scene.port.apply('api', {});
      edit('c.txt', 'three\n');
      commitAll(place, 'committed late');
      edit('d.txt', 'four\n');
      const plan = await scene.port.planApply('api', {});
      expect(kinds(plan)).toEqual({'c.txt': 'added', 'd.txt': 'added'});
      await scene.port.apply('api', {});
      const after = {'a.txt': 'one\n', 'b.txt': 'two\n', 'c.txt': 'three\n', 'd.txt': 'four\n'};
      expect(checkedOut(repo)).toEqual({...files, ...after});
      expect(subjects(repo)).toContain('committed late');
      expect(git(repo, 'status', '--porcelain')).toBe('');
      expect((await scene.port.planApply('api', {})).files).toEqual([]);
    });

    test('brings deletions, modes and links', async () => {
      const {repo, place} = await begin();
      git(place, 'rm', '-q', 'src/b.ts');
      makeTree(place, {tool: 'x:#!/bin/sh\n', link: '->a.txt'});
      await scene.port.apply('api', {});
      expect(checkedOut(repo)).toEqual({
        'a.txt': files['a.txt'],
        run: files.run,
        tool: 'x:#!/bin/sh\n',
        link: '->a.txt',
      });
    });

    test('of sessions on one repository one after the other, a conflict among them', async () => {
      const {repo, edit} = await begin('one');
      const two = await begin('two', repo);
      const three = await begin('three', repo);
      edit('a.txt', 'of one\n');
      two.edit('src/b.ts', 'of two\n');
      three.edit('a.txt', 'of three\n');
      await scene.port.apply('one', {});
      await scene.port.apply('two', {});
      const plan = await scene.port.planApply('three', {});
      expect(plan.conflicts).toEqual([{path: 'a.txt', why: 'changed on both sides'}]);
      const before = git(repo, 'rev-parse', 'HEAD');
      await expect(scene.port.apply('three', {})).rejects.toEqual(
        code('APPLY_CONFLICT', expect.stringContaining('a.txt')),
      );
      expect(git(repo, 'rev-parse', 'HEAD')).toBe(before);
      expect(git(repo, 'status', '--porcelain')).toBe('');
      expect(kinds(await scene.port.changes('three'))).toEqual({'a.txt': 'modified'});
      await scene.port.apply('three', {theirs: true});
      expect(checkedOut(repo)).toEqual({...files, 'a.txt': 'of three\n', 'src/b.ts': 'of two\n'});
      expect((await scene.port.changes('three')).files).toEqual([]);
    });

    test('to a new branch leaves what is checked out alone', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'edited\n');
      writeFileSync(path.join(repo, 'a.txt'), 'not committed\n');
      expect(await scene.port.apply('api', {branch: 'feature/x'})).toMatchObject({branch: 'feature/x'});
      expect(git(repo, 'show', 'feature/x:a.txt')).toBe('edited');
      expect(git(repo, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
      expect(readFileSync(path.join(repo, 'a.txt'), 'utf8')).toBe('not committed\n');
    });

    test('to a branch that there is merges into it', async () => {
      const {repo, edit} = await begin();
      git(repo, 'checkout', '-q', '-b', 'side');
      makeTree(repo, {side: 'side'});
      commitAll(repo, 'on the side');
      git(repo, 'checkout', '-q', 'main');
      edit('a.txt', 'edited\n');
      await scene.port.apply('api', {branch: 'side'});
      expect(git(repo, 'show', 'side:a.txt')).toBe('edited');
      expect(git(repo, 'show', 'side:side')).toBe('side');
      expect(checkedOut(repo)).toEqual(files);
    });

    test('to a branch that is checked out elsewhere is refused', async () => {
      const {repo, edit} = await begin();
      git(repo, 'worktree', 'add', '-q', '-b', 'other', path.join(repo, '../elsewhere'));
      edit('a.txt', 'edited\n');
      const words = expect.stringContaining('checked out in another work tree');
      await expect(scene.port.apply('api', {branch: 'other'})).rejects.toEqual(code('REPO_UNUSABLE', words));
    });

    test('to what is no name of a branch is refused', async () => {
      const {edit} = await begin();
      edit('a.txt', 'edited\n');
      for (const branch of ['-x', 'a..b', 'a b', '@{-1}'])
        await expect(scene.port.apply('api', {branch})).rejects.toEqual(code('USAGE', expect.stringContaining(branch)));
    });

    test('is refused when a file of the user that is not committed is in the way, and changes nothing', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'of the agent\n');
      edit('new.txt', 'of the agent\n');
      writeFileSync(path.join(repo, 'a.txt'), 'not committed\n');
      await expect(scene.port.apply('api', {})).rejects.toEqual(code('APPLY_FAILED', expect.stringContaining('a.txt')));
      git(repo, 'checkout', '-q', 'a.txt');
      writeFileSync(path.join(repo, 'new.txt'), 'not tracked\n');
      await expect(scene.port.apply('api', {})).rejects.toEqual(
        code('APPLY_FAILED', expect.stringContaining('new.txt')),
      );
      expect(checkedOut(repo)).toEqual({...files, 'new.txt': 'not tracked\n'});
      expect(subjects(repo)).toEqual(['begin']);
      expect(Object.keys(kinds(await scene.port.changes('api')))).toEqual(['a.txt', 'new.txt']);
    });

    test('leaves what is not committed and not in the way', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'of the agent\n');
      writeFileSync(path.join(repo, 'src/b.ts'), 'not committed\n');
      await scene.port.apply('api', {});
      expect(checkedOut(repo)).toEqual({...files, 'a.txt': 'of the agent\n', 'src/b.ts': 'not committed\n'});
    });

    test('is of what was shown, whatever the agent does meanwhile; what nobody was shown is refused', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'shown\n');
      const {version} = await scene.port.planApply('api', {});
      edit('a.txt', 'not shown\n');
      await expect(scene.port.apply('api', {version: 'f'.repeat(40)})).rejects.toEqual(code('WORKSPACE_CHANGED'));
      expect(checkedOut(repo)).toEqual(files);
      await scene.port.apply('api', {version});
      expect(checkedOut(repo)).toEqual({...files, 'a.txt': 'shown\n'});
      expect((await scene.port.changes('api')).files).toMatchObject([{path: 'a.txt', added: 1, removed: 1}]);
    });

    test('onto a detached head moves that head', async () => {
      const {repo, edit} = await begin();
      git(repo, 'checkout', '-q', '--detach');
      edit('a.txt', 'edited\n');
      const {commit} = await scene.port.apply('api', {});
      expect(git(repo, 'rev-parse', 'HEAD')).toBe(commit);
      expect(subjects(repo, 'main')).toEqual(['begin']);
    });

    test('leaves what is within submodules, says so, and keeps it with what is not applied', async () => {
      const module = makeRepository(scene.fixture.repo('module'), {'m.txt': 'm\n'});
      const repo = repository(scene);
      git(repo, 'submodule', 'add', '-q', module, 'mod');
      commitAll(repo, 'with a module');
      const {id, workspace} = await scene.create({repo, workspace: 'clone'});
      makeTree(workspace.path, {'mod/new.txt': 'in the module\n', 'new.txt': 'new\n'});
      const {refused} = await scene.port.apply('api', {});
      expect(refused).toEqual([{path: 'mod/new.txt', why: expect.stringContaining('submodule')}]);
      expect(git(repo, 'show', 'HEAD:new.txt')).toBe('new');
      expect(git(repo, 'status', '--porcelain')).toBe('');
      expect(kinds(await scene.port.changes('api'))).toEqual({'mod/new.txt': 'added'});
      await scene.port.remove('api', {force: true});
      await scene.port.restore('api', {});
      const history = git(repo, 'log', '--format=%H', `refs/trails/recovery/${id}`).split('\n');
      const holds = history.filter(commit => git(repo, 'ls-tree', '-r', '--name-only', commit).includes('mod/new.txt'));
      expect(holds).not.toEqual([]);
    });

    test('is in the audit log, done and refused', async () => {
      const {repo, edit} = await begin();
      edit('a.txt', 'edited\n');
      await scene.port.apply('api', {});
      await expect(scene.port.apply('api', {branch: '-x'})).rejects.toThrow();
      const rows = [];
      for await (const row of scene.port.audit({}, new AbortController().signal)) rows.push(row);
      expect(rows.filter(({action}) => action === 'apply')).toMatchObject([
        {detail: repo, result: 'ok'},
        {detail: '-x', result: expect.stringContaining('-x')},
      ]);
    });
  });
}

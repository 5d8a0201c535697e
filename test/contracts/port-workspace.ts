import {existsSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {WorkspaceChanges} from '../../src/sessions/port.ts';
import {makeTree, readTree} from '../support/file-tree.ts';
import {commitAll, git, makeRepository} from '../support/git-repo.ts';
import {code, never, type PortScene, whileTimePasses} from './port-scene.ts';

export const files = {'a.txt': 'one\ntwo\nthree\n', 'src/b.ts': 'b\n', run: 'x:#!/bin/sh\n'};

/** A repository of these files; the same in a directory without git. */
export const repository = (scene: PortScene, name = 'repo') => makeRepository(scene.fixture.repo(name), files);
export function directory(scene: PortScene, name = 'plain') {
  const place = scene.fixture.repo(name);
  makeTree(place, files);
  return place;
}

export const kinds = ({files}: Pick<WorkspaceChanges, 'files'>) =>
  Object.fromEntries(files.map(({path, kind}) => [path, kind]));

/** With no kind of workspace asked for. */
function createIn(scene: PortScene, repo: string) {
  const {workspace: _, ...request} = scene.request({repo});
  return scene.port.create(request, () => {}, never);
}

async function patchOf(scene: PortScene, paths?: readonly string[], version?: string): Promise<string> {
  let text = '';
  const query = {...(paths ? {paths} : {}), ...(version === undefined ? {} : {version})};
  for await (const piece of scene.port.patch('api', query, never)) text += piece;
  return text;
}

/** Time goes on until this is settled. */
function describeMaking(scene: PortScene) {
  describe('the files of a session', () => {
    test('of a repository, when nothing is asked, are a clone on a branch of its own', async () => {
      const repo = repository(scene);
      const {workspace} = await createIn(scene, repo);
      expect(workspace).toMatchObject({mode: 'clone', source: repo, repo, branch: 'trails/api'});
      expect(workspace.path).not.toBe(repo);
      expect(git(workspace.path, 'symbolic-ref', '--short', 'HEAD')).toBe('trails/api');
      expect(git(workspace.path, 'status', '--porcelain')).toBe('');
      expect(git(workspace.path, 'config', 'user.name')).toBe('Ada');
      expect(git(repo, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    });

    test('of a directory within a repository are a clone of all of it', async () => {
      const repo = repository(scene);
      const {workspace} = await createIn(scene, path.join(repo, 'src'));
      expect(workspace).toMatchObject({mode: 'clone', source: repo});
      expect(existsSync(path.join(workspace.path, 'a.txt'))).toBe(true);
    });

    test('of anything else are a copy, without what is ignored', async () => {
      const plain = directory(scene);
      makeTree(plain, {
        '.gitignore': '*.log\n',
        '.trailsignore': 'big/\n',
        'x.log': 'x',
        'big/file': 'x',
        link: '->a.txt',
      });
      const {workspace} = await createIn(scene, plain);
      expect(workspace).toMatchObject({mode: 'copy', source: plain, branch: null, repo: null});
      expect(readTree(workspace.path)).toEqual({
        ...files,
        ...{'.gitignore': '*.log\n', '.trailsignore': 'big/\n', link: '->a.txt'},
      });
    });

    test('of a bind are the directory itself', async () => {
      const repo = repository(scene);
      const {workspace} = await scene.create({repo, workspace: 'bind'});
      expect(workspace).toMatchObject({mode: 'bind', path: repo, source: repo, repo, branch: 'main'});
    });

    test('begin at another commit when it is asked for', async () => {
      const repo = repository(scene);
      git(repo, 'tag', 'first');
      makeTree(repo, {later: 'later'});
      commitAll(repo, 'later');
      const {workspace} = await scene.create({repo, workspace: 'clone', base: 'first'});
      expect(readTree(workspace.path)).not.toHaveProperty('later');
      expect((await scene.port.changes('api')).files).toEqual([]);
    });

    test('come with what is not committed only when that is asked for, and it is no change of the agent', async () => {
      const repo = repository(scene);
      makeTree(repo, {'new.txt': 'new'});
      writeFileSync(path.join(repo, 'a.txt'), 'edited');
      const without = await scene.create({name: 'without', repo, workspace: 'clone'});
      const {workspace} = await scene.create({repo, workspace: 'clone', withChanges: true});
      expect(readFileSync(path.join(without.workspace.path, 'a.txt'), 'utf8')).toBe(files['a.txt']);
      expect(readFileSync(path.join(workspace.path, 'a.txt'), 'utf8')).toBe('edited');
      expect(existsSync(path.join(workspace.path, 'new.txt'))).toBe(true);
      expect((await scene.port.changes('api')).files).toEqual([]);
    });

    test.each([
      ['a base of a copy', {workspace: 'copy', base: 'main'}, 'USAGE', /no commit to begin at/],
      ['changes with a bind', {workspace: 'bind', withChanges: true}, 'USAGE', /everything as it is/],
      ['a base and changes', {workspace: 'clone', base: 'main', withChanges: true}, 'USAGE', /not committed/],
      ['a base that is not there', {workspace: 'clone', base: 'nowhere'}, 'REPO_UNUSABLE', /no commit "nowhere"/],
      ['a base that is an option', {workspace: 'clone', base: '--all'}, 'REPO_UNUSABLE', /no commit "--all"/],
    ] as const)('%s is refused', async (_what, changes, expected, words) => {
      const made = scene.create({repo: repository(scene), ...changes});
      await expect(made).rejects.toEqual(code(expected, expect.stringMatching(words)));
      await scene.expectNothing();
    });

    test('are gone when the creation is cancelled, and the repository is as it was', async () => {
      const repo = repository(scene);
      const stop = new AbortController();
      const made = scene.create(
        {repo, workspace: 'clone'},
        ({step}) => step.startsWith('checking out') && stop.abort(),
        stop.signal,
      );
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await scene.expectNothing();
      expect(git(repo, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    });

    test('three agents on one repository do not see each other', async () => {
      const repo = repository(scene);
      const names = ['one', 'two', 'three'];
      const views = await Promise.all(names.map(name => scene.create({name, repo, workspace: 'clone'})));
      views.forEach(({workspace, name}) => void writeFileSync(path.join(workspace.path, name), name));
      for (const name of names) expect(kinds(await scene.port.changes(name))).toEqual({[name]: 'added'});
      expect(git(repo, 'status', '--porcelain')).toBe('');
    });
  });
}

function describeChanges(scene: PortScene) {
  describe.each(['clone', 'copy', 'bind'] as const)('what changed in a %s', mode => {
    const begin = async () => (await scene.create({repo: repository(scene), workspace: mode})).workspace.path;

    test('is told file by file, with its lines, kinds and modes', async () => {
      const place = await begin();
      writeFileSync(path.join(place, 'a.txt'), 'one\n2\nthree\nfour\n');
      unlinkSync(path.join(place, 'src/b.ts'));
      makeTree(place, {'new.bin': 'a\0b', 'deep/er/new.txt': 'x\ny\n'});
      symlinkSync('a.txt', path.join(place, 'link'));
      const changes = await scene.port.changes('api');
      const told = (path: string) => changes.files.find(file => file.path === path);
      expect(changes).toMatchObject({added: 2 + 2 + 1, removed: 1 + 1, refused: []});
      expect(told('a.txt')).toEqual({
        ...{path: 'a.txt', from: null, kind: 'modified', added: 2, removed: 1, binary: false},
        ...{oldMode: '100644', newMode: '100644'},
      });
      expect(told('src/b.ts')).toMatchObject({kind: 'deleted', removed: 1, newMode: null});
      expect(told('new.bin')).toMatchObject({kind: 'added', binary: true, added: 0, oldMode: null});
      expect(told('link')).toMatchObject({kind: 'added', newMode: '120000'});
      expect(kinds(changes)).toHaveProperty('deep/er/new.txt', 'added');
      expect((await scene.port.get('api')).changes).toEqual({files: 5, added: 5, removed: 2});
    });

    test('is nothing at first; the same state has the same version, another one another', async () => {
      const place = await begin();
      const first = await scene.port.changes('api');
      expect(first).toMatchObject({files: [], added: 0, removed: 0, refused: []});
      writeFileSync(path.join(place, 'a.txt'), 'other\n');
      const second = await scene.port.changes('api');
      expect(second.version).not.toBe(first.version);
      expect((await scene.port.changes('api')).version).toBe(second.version);
    });

    test('can be had as a diff: all of it, of one file, and as it was when it was shown', async () => {
      const place = await begin();
      writeFileSync(path.join(place, 'a.txt'), 'one\n2\nthree\n');
      writeFileSync(path.join(place, 'src/b.ts'), 'B\n');
      const {version} = await scene.port.changes('api');
      expect(await patchOf(scene)).toMatch(/--- a\/a\.txt[\s\S]*-two\n\+2\n[\s\S]*\+\+\+ b\/src\/b\.ts/);
      expect(await patchOf(scene, ['src/b.ts'])).not.toContain('a.txt');
      expect(await patchOf(scene, [])).toBe('');
      writeFileSync(path.join(place, 'a.txt'), 'later\n');
      expect(await patchOf(scene)).toContain('+later');
      expect(await patchOf(scene, ['a.txt'], version)).toContain('+2');
    });

    test('is told again as it changes, until nobody listens', async () => {
      const place = await begin();
      const stop = new AbortController();
      const looks = scene.port.watchChanges('api', stop.signal)[Symbol.asyncIterator]();
      expect((await whileTimePasses(scene.fixture, looks.next())).value).toMatchObject({files: []});
      writeFileSync(path.join(place, 'new.txt'), 'x\n');
      const next = async (): Promise<WorkspaceChanges> => {
        const {value} = await looks.next();
        return value?.files.length === 1 ? value : next();
      };
      expect(kinds(await whileTimePasses(scene.fixture, next()))).toEqual({'new.txt': 'added'});
      const last = looks.next();
      stop.abort();
      expect((await whileTimePasses(scene.fixture, last)).done).toBe(true);
    });

    test('leaves out what is ignored', async () => {
      const place = await begin();
      makeTree(place, {'.gitignore': 'out/\n', 'out/x': 'x'});
      expect(kinds(await scene.port.changes('api'))).toEqual({'.gitignore': 'added'});
    });
  });

  test('an unknown session has no changes to ask for', async () => {
    const unknown = code('SESSION_UNKNOWN');
    await expect(scene.port.changes('nobody')).rejects.toEqual(unknown);
    await expect(scene.port.planApply('nobody', {})).rejects.toEqual(unknown);
    await expect(scene.port.apply('nobody', {})).rejects.toEqual(unknown);
    const watch = scene.port.watchChanges('nobody', never)[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toEqual(unknown);
  });

  test('a workspace that is gone is told in words', async () => {
    const {workspace} = await scene.create({repo: repository(scene), workspace: 'clone'});
    rmSync(workspace.path, {recursive: true});
    await expect(scene.port.changes('api')).rejects.toEqual(code('WORKSPACE_UNREADABLE'));
  });

  test('a commit of the agent is no other change than its files', async () => {
    const {workspace} = await scene.create({repo: repository(scene), workspace: 'clone'});
    writeFileSync(path.join(workspace.path, 'a.txt'), 'committed\n');
    const before = await scene.port.changes('api');
    commitAll(workspace.path, 'mine');
    expect(await scene.port.changes('api')).toEqual(before);
  });
}

export function describeWorkspaces(scene: PortScene): void {
  describeMaking(scene);
  describeChanges(scene);
}

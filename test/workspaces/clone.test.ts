import {execFileSync, spawnSync} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {canClone, openSource} from '../../src/workspaces/making/source.ts';
import {cloneOf} from '../support/clone-scene.ts';
import {makeTree, readTree, type Tree} from '../support/file-tree.ts';
import {commitAll, git, makeRepository} from '../support/git-repo.ts';
import {temporaryDirectory} from '../support/home.ts';

const before = {'a.txt': 'a\n', 'src/b.ts': 'b\n', run: 'x:run\n', link: '->a.txt'};
const filesOf = (place: string): Tree =>
  Object.fromEntries(Object.entries(readTree(place)).filter(([name]) => !/(^|\/)\.git(\/|$)/.test(name)));
const code = (name: string, message: RegExp) =>
  expect.objectContaining({code: name, message: expect.stringMatching(message)});

let home: string;
let repo: string;
beforeEach(() => {
  home = temporaryDirectory();
  repo = makeRepository(path.join(home, 'repo'), before);
});

/** It has these files, nothing is different in it, and it needs nothing outside itself. */
async function expectWhole(of: string, files: Tree = before, options = {}) {
  const clone = await cloneOf(of, options);
  expect(filesOf(clone.files)).toEqual(files);
  expect(clone.take()).toMatchObject({files: [], refused: []});
  expect(git(clone.files, 'status', '--porcelain')).toBe('');
  expect(git(clone.files, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trails/api');
  git(clone.files, 'fsck', '--no-dangling');
  expect(existsSync(path.join(clone.files, '.git/objects/info/alternates'))).toBe(false);
  return clone;
}

describe('a clone of', () => {
  test('a detached head begins at it', async () => {
    makeTree(repo, {later: 'later'});
    commitAll(repo, 'later');
    git(repo, 'checkout', '-q', 'HEAD~1');
    await expectWhole(repo);
  });

  test('another branch, tag or commit begins there', async () => {
    git(repo, 'tag', '-a', 'v1', '-m', 'v1');
    makeTree(repo, {later: 'later'});
    const later = commitAll(repo, 'later');
    git(repo, 'checkout', '-q', '-b', 'a/b/c');
    for (const base of ['v1', 'main~1', `${later}^`]) await expectWhole(repo, before, {base});
    await expectWhole(repo, {...before, later: 'later'}, {base: 'a/b/c'});
  });

  test('a commit that is on no branch begins there', async () => {
    makeTree(repo, {lost: 'lost'});
    const lost = commitAll(repo, 'lost');
    git(repo, 'reset', '-q', '--hard', 'HEAD~1');
    await expectWhole(repo, {...before, lost: 'lost'}, {base: lost});
  });

  test('a linked work tree has what is checked out there', async () => {
    const linked = path.join(home, 'linked');
    git(repo, 'worktree', 'add', '-q', '-b', 'side', linked);
    makeTree(linked, {side: 'side'});
    commitAll(linked, 'side');
    const {source} = await expectWhole(linked, {...before, side: 'side'});
    expect(source.directory).toBe(linked);
  });

  test('a linked work tree on a commit of no branch', async () => {
    const linked = path.join(home, 'linked');
    git(repo, 'worktree', 'add', '-q', '--detach', linked);
    makeTree(linked, {side: 'side'});
    commitAll(linked, 'side');
    await expectWhole(linked, {...before, side: 'side'});
  });

  test('a bare repository', async () => {
    git(home, 'clone', '-q', '--bare', repo, 'bare.git');
    const {source} = await expectWhole(path.join(home, 'bare.git'));
    expect(source.bare).toBe(true);
  });

  test('a shallow repository is as shallow', async () => {
    for (const name of ['x', 'y', 'z']) {
      makeTree(repo, {[name]: name});
      commitAll(repo, name);
    }
    git(home, 'clone', '-q', '--depth=2', `file://${repo}`, 'shallow');
    const {files} = await expectWhole(path.join(home, 'shallow'), {...before, x: 'x', y: 'y', z: 'z'});
    expect(git(files, 'rev-list', '--count', 'HEAD')).toBe('2');
  });

  test.each([
    ['cone', ['--cone', 'src'], {'a.txt': 'a\n', 'src/b.ts': 'b\n', run: 'x:run\n', link: '->a.txt'}],
    ['patterns', ['--no-cone', '/other/', '!/src/'], {'other/c': 'c'}],
  ] as const)('a sparse work tree has the same files: %s', async (_how, set, files) => {
    makeTree(repo, {'other/c': 'c'});
    commitAll(repo, 'other');
    git(repo, 'sparse-checkout', 'set', ...set);
    expect(filesOf(repo)).toEqual(files);
    const clone = await expectWhole(repo, files);
    makeTree(clone.files, {'src/new.ts': 'new'});
    expect(clone.changes()).toEqual({'src/new.ts': 'added'});
  });

  test('one that borrows from another has all of it', async () => {
    git(home, 'clone', '-q', '--shared', repo, 'borrowing');
    const {files} = await expectWhole(path.join(home, 'borrowing'));
    rmSync(repo, {recursive: true});
    git(files, 'fsck');
  });

  test.each([
    'with space',
    'grün ✓',
    'quote\'d "x"',
    'a:b',
    '-dash',
    'new\nline',
    '$(x)',
    'back\\slash',
  ])('a directory called %j', async name => {
    const odd = path.join(home, name);
    execFileSync('mv', ['--', repo, odd]);
    await expectWhole(odd);
  });

  test.each([
    'trails',
    'trails/api',
    'trails/api/deep',
    'x/y',
  ])('a repository whose branch is called %s', async name => {
    git(repo, 'branch', '-m', name);
    const {files} = await cloneOf(repo);
    expect(filesOf(files)).toEqual(before);
    expect(git(files, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trails/api');
  });

  test('a repository with sha256', async () => {
    const other = makeRepository(path.join(home, 'sha256'), before, '--object-format=sha256');
    const clone = await expectWhole(other);
    writeFileSync(path.join(clone.files, 'a.txt'), 'other\n');
    expect(clone.changes()).toEqual({'a.txt': 'modified'});
  });

  test('a repository within another one is the inner one', async () => {
    const inner = makeRepository(path.join(repo, 'inner'), {'in.txt': 'in'});
    await expectWhole(inner, {'in.txt': 'in'});
  });

  test('a repository without a commit is none', async () => {
    const empty = path.join(home, 'empty');
    git(home, 'init', '-q', 'empty');
    expect(await canClone(empty)).toBe(false);
    await expect(openSource(empty)).rejects.toEqual(code('REPO_UNUSABLE', /no commit yet/));
  });

  test('a repository of somebody else is refused in the words of git', async ({skip}) => {
    skip(process.getuid?.() !== 0, 'only root can make one');
    execFileSync('chown', ['-R', '12345', repo]);
    await expect(openSource(repo)).rejects.toEqual(code('REPO_UNUSABLE', /dubious ownership/));
  });
});

describe('a clone', () => {
  test('points at where the repository came from, without what is secret in that', async () => {
    git(repo, 'remote', 'add', 'origin', 'https://ada:secret@example.org/x.git');
    const {files} = await cloneOf(repo);
    expect(git(files, 'remote', 'get-url', 'origin')).toBe('https://example.org/x.git');
    expect(spawnSync('grep', ['-rl', 'secret', path.join(files, '.git')], {encoding: 'utf8'}).stdout).toBe('');
  });

  test('points nowhere when that was a directory of this machine', async () => {
    git(home, 'clone', '-q', repo, 'second');
    const {files} = await cloneOf(path.join(home, 'second'));
    expect(git(files, 'remote')).toBe('');
    expect(readFileSync(path.join(files, '.git/config'), 'utf8')).not.toContain(home);
  });

  test('has none of the hooks and settings of the repository that run programs', async () => {
    writeFileSync(path.join(repo, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch '${home}/ran'\n`, {mode: 0o755});
    git(repo, 'config', 'core.fsmonitor', `touch '${home}/ran'; false`);
    git(repo, 'config', 'diff.external', 'nonsense');
    const {files} = await cloneOf(repo);
    expect(existsSync(path.join(home, 'ran'))).toBe(false);
    expect(readFileSync(path.join(files, '.git/config'), 'utf8')).not.toMatch(/fsmonitor|external/);
    expect(existsSync(path.join(files, '.git/hooks/post-checkout'))).toBe(false);
  });

  test('leaves large files the pointers that they are', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
    makeTree(repo, {'.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'big.bin': pointer});
    commitAll(repo, 'large');
    git(repo, 'config', 'filter.lfs.smudge', 'false');
    git(repo, 'config', 'filter.lfs.required', 'true');
    const clone = await cloneOf(repo);
    expect(readFileSync(path.join(clone.files, 'big.bin'), 'utf8')).toBe(pointer);
    expect(clone.made).toEqual([expect.stringContaining('pointers')]);
    expect(clone.changes()).toEqual({});
  });

  test('shares no file with the repository', async () => {
    const {files} = await cloneOf(repo);
    const objects = readdirSync(path.join(files, '.git/objects'), {recursive: true, withFileTypes: true});
    for (const each of objects.filter(one => one.isFile()))
      expect(lstatSync(path.join(each.parentPath, each.name)).nlink).toBe(1);
  });

  test('with changes has what is not committed: edited, deleted, new, staged, executable, links, directories', async () => {
    writeFileSync(path.join(repo, 'a.txt'), 'edited\n');
    unlinkSync(path.join(repo, 'src/b.ts'));
    chmodSync(path.join(repo, 'run'), 0o644);
    unlinkSync(path.join(repo, 'link'));
    symlinkSync('run', path.join(repo, 'link'));
    makeTree(repo, {
      '.gitignore': 'out\n',
      'out/x': 'x',
      'deep/er/new': 'new',
      tool: 'x:tool',
      'staged.txt': 'staged',
      'to\nrn': 'x',
    });
    git(repo, 'add', 'staged.txt');
    const clone = await cloneOf(repo, {withChanges: true});
    // An empty directory is nothing to git.
    const {'out/x': _, src: __, ...wanted} = filesOf(repo);
    expect(filesOf(clone.files)).toMatchObject(wanted);
    expect(Object.keys(filesOf(clone.files)).filter(name => name.startsWith('src/'))).toEqual([]);
    expect(clone.changes()).toEqual({});
    writeFileSync(path.join(clone.files, 'a.txt'), 'by the agent\n');
    expect(clone.changes()).toEqual({'a.txt': 'modified'});
  });

  test('with changes when a file became a directory and a directory a file', async () => {
    rmSync(path.join(repo, 'src'), {recursive: true});
    unlinkSync(path.join(repo, 'a.txt'));
    makeTree(repo, {src: 'file', 'a.txt/in': 'in'});
    const clone = await cloneOf(repo, {withChanges: true});
    expect(filesOf(clone.files)).toEqual(filesOf(repo));
    expect(clone.changes()).toEqual({});
  });
});

describe('submodules of a clone', () => {
  const withModule = () => {
    const inner = makeRepository(path.join(home, 'inner'), {'inner.txt': 'inner\n'});
    const module = makeRepository(path.join(home, 'module'), {'m.txt': 'm\n'});
    git(module, 'submodule', 'add', '-q', inner, 'nested');
    commitAll(module, 'nested');
    git(repo, 'submodule', 'add', '-q', module, 'mods/one');
    commitAll(repo, 'module');
  };

  test('are filled from those of the repository, nested ones too, and work inside', async () => {
    withModule();
    git(repo, 'submodule', 'update', '-q', '--init', '--recursive');
    const clone = await cloneOf(repo);
    expect(filesOf(clone.files)).toMatchObject({'mods/one/m.txt': 'm\n', 'mods/one/nested/inner.txt': 'inner\n'});
    expect(clone.changes()).toEqual({});
    expect(git(clone.files, 'status', '--porcelain')).toBe('');
    expect(git(path.join(clone.files, 'mods/one'), 'status', '--porcelain')).toBe('');
    expect(git(path.join(clone.files, 'mods/one/nested'), 'rev-parse', '--show-toplevel')).toBe(
      path.join(clone.files, 'mods/one/nested'),
    );
    writeFileSync(path.join(clone.files, 'mods/one/m.txt'), 'edited\n');
    makeTree(clone.files, {'mods/one/nested/new.txt': 'new'});
    expect(clone.changes()).toEqual({'mods/one/m.txt': 'modified', 'mods/one/nested/new.txt': 'added'});
  });

  test('that are not initialised stay empty, and that is told', async () => {
    withModule();
    git(repo, 'submodule', 'deinit', '-q', '-f', 'mods/one');
    rmSync(path.join(repo, '.git/modules'), {recursive: true});
    const clone = await cloneOf(repo);
    expect(filesOf(clone.files)).toMatchObject({'mods/one': 'dir'});
    expect(clone.made).toEqual(['submodule mods/one stays empty: it is not initialised in your repository']);
    expect(clone.changes()).toEqual({});
    makeTree(clone.files, {'mods/one/new.txt': 'new'});
    expect(clone.changes()).toEqual({'mods/one/new.txt': 'added'});
  });
});

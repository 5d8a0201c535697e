import {execFileSync} from 'node:child_process';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {bindableDirectory, checkoutOf, overlap} from '../../src/workspaces/making/bind.ts';
import {temporaryDirectory} from '../support/home.ts';

test('a directory is taken by its real path', () => {
  const directory = temporaryDirectory();
  symlinkSync(directory, path.join(directory, 'link'));
  expect(bindableDirectory(path.join(directory, 'link'))).toBe(directory);
});

test('what cannot be worked in is refused with the reason', () => {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'file');
  writeFileSync(file, '');
  expect(() => bindableDirectory(path.join(directory, 'none'))).toThrow(/does not exist/);
  expect(() => bindableDirectory(file)).toThrow(/is a file/);
  expect(() => bindableDirectory('')).toThrow(/no directory/);
  expect(() => bindableDirectory('/')).toThrow(/whole machine/);
});

test.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a/b', '/a', true],
  ['/a', '/ab', false],
  ['/a/b', '/a/c', false],
])('%s and %s overlap: %s', (one, other, expected) => {
  expect(overlap(one, other)).toBe(expected);
});

test('the branch is read from a checkout, below its top, in a worktree, detached, and from none', async () => {
  const directory = temporaryDirectory();
  expect(await checkoutOf(directory)).toEqual({repo: null, branch: null});
  const repo = path.join(directory, 'repo');
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {encoding: 'utf8'});
  mkdirSync(path.join(repo, 'deep', 'er'), {recursive: true});
  git('init', '-q', '-b', 'feature/login');
  expect(await checkoutOf(path.join(repo, 'deep', 'er'))).toEqual({repo, branch: 'feature/login'});
  git('commit', '-q', '--allow-empty', '-m', 'one');
  const tree = path.join(directory, 'tree');
  git('worktree', 'add', '-q', '-b', 'side', tree);
  expect(await checkoutOf(tree)).toEqual({repo: tree, branch: 'side'});
  git('checkout', '-q', '--detach');
  expect((await checkoutOf(repo)).branch).toBe(git('rev-parse', 'HEAD').slice(0, 8));
});

test('a HEAD that is no file of a sane size holds nobody up', async () => {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, '.git'));
  execFileSync('mkfifo', [path.join(directory, '.git', 'HEAD')]);
  expect((await checkoutOf(directory)).branch).toBeNull();
});

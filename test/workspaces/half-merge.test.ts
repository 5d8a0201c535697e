import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test, vi} from 'vitest';
import {placesIn} from '../../src/workspaces/places.ts';
import {settlePending, startPending} from '../../src/workspaces/returning/pending.ts';
import {ourGit} from '../../src/workspaces/shadow/git.ts';
import {makeTree, readTree, type Tree} from '../support/file-tree.ts';
import {commitAll, git, gitEnv, makeRepository} from '../support/git-repo.ts';
import {temporaryDirectory} from '../support/home.ts';

const before = {
  'a.txt': 'old a\n',
  'b.slow': 'old b\n',
  'c.txt': 'old c\n',
  'gone.txt': 'goes\n',
  'dir/in.txt': 'in\n',
  link: '->a.txt',
  same: 'same\n',
};
const after = {
  'a.txt': 'new a, which is longer\n',
  'added/deep.txt': 'added\n',
  'b.slow': 'new b\n',
  'c.txt': 'new c\n',
  dir: 'a file now\n',
  link: '->c.txt',
  same: 'same\n',
};

const filesOf = (repo: string): Tree =>
  Object.fromEntries(Object.entries(readTree(repo)).filter(([name]) => !name.startsWith('.git/')));

/** A repository, a commit to merge into it, and what is written down of that. */
async function begin(prepare: (repo: string) => void = () => {}) {
  const home = temporaryDirectory();
  const repo = makeRepository(path.join(home, 'repo'), before);
  const head = git(repo, 'rev-parse', 'HEAD');
  git(repo, 'checkout', '-q', '-b', 'side');
  git(repo, 'rm', '-rq', '.');
  makeTree(repo, after);
  const merged = commitAll(repo, 'merged');
  git(repo, 'checkout', '-q', 'main');
  prepare(repo);
  const places = placesIn(home);
  git(home, 'clone', '-q', '--bare', repo, places.shadow);
  const look = git(repo, 'rev-parse', 'HEAD');
  await startPending(places, repo, {branch: 'main', current: true, head, merged, result: merged, look});
  return {
    ...{home, repo, head, merged, places},
    settle: () => settlePending(places, repo),
    delivered: () =>
      ourGit(places.shadow)
        .run(['rev-parse', 'refs/trails/delivered'])
        .then(
          id => id.trim(),
          () => undefined,
        ),
  };
}

/** Runs the merge and kills git while a filter of the user's holds it at b.slow. */
async function mergeAndKill({home, repo, merged}: {home: string; repo: string; merged: string}) {
  const mark = path.join(home, 'mark');
  writeFileSync(path.join(repo, '.git/info/attributes'), '*.slow filter=slow\n');
  git(repo, 'config', 'filter.slow.clean', 'cat');
  git(repo, 'config', 'filter.slow.smudge', `echo held > '${mark}'; exec sleep 1000`);
  const child = spawn('git', ['-C', repo, 'merge', '-q', '--ff-only', merged], {
    env: gitEnv,
    detached: true,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await vi.waitFor(() => expect(existsSync(mark)).toBe(true), {timeout: 10_000});
  // git and what it started, as a machine that loses its power would.
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
  git(repo, 'config', 'filter.slow.smudge', 'cat');
  expect(existsSync(path.join(repo, '.git/index.lock'))).toBe(true);
  expect(filesOf(repo)).not.toEqual(before);
}

const isOld = (repo: string, head: string) => {
  expect(filesOf(repo)).toEqual(before);
  expect(git(repo, 'status', '--porcelain')).toBe('');
  expect(git(repo, 'rev-parse', 'HEAD')).toBe(head);
};

test('a merge that was killed in the middle of a checkout is taken back, and can be made again', async () => {
  const scene = await begin();
  await mergeAndKill(scene);
  expect(await scene.settle()).toEqual({arrived: false, kept: []});
  isOld(scene.repo, scene.head);
  expect(existsSync(scene.places.pending)).toBe(false);
  git(scene.repo, 'merge', '-q', '--ff-only', scene.merged);
  expect(filesOf(scene.repo)).toEqual(after);
});

test('the beginning of a file is as good as all of it', async () => {
  const scene = await begin();
  await mergeAndKill(scene);
  makeTree(scene.repo, {'c.txt': 'new', 'b.slow': ''});
  expect(await scene.settle()).toEqual({arrived: false, kept: []});
  isOld(scene.repo, scene.head);
});

test('what the user writes meanwhile stays, and is told', async () => {
  const scene = await begin();
  await mergeAndKill(scene);
  makeTree(scene.repo, {'a.txt': 'mine\n', 'added/own.txt': 'mine, too\n'});
  expect(await scene.settle()).toEqual({arrived: false, kept: ['a.txt']});
  expect(filesOf(scene.repo)).toEqual({...before, 'a.txt': 'mine\n', 'added/own.txt': 'mine, too\n'});
  expect(existsSync(path.join(scene.repo, '.git/index.lock'))).toBe(false);
});

test('what the user had changed before is none of it, whatever it looks like', async () => {
  const scene = await begin(repo => makeTree(repo, {'a.txt': '', 'c.txt': after['c.txt'], 'added/deep.txt': 'add'}));
  const there = filesOf(scene.repo);
  expect(await scene.settle()).toEqual({arrived: false, kept: []});
  expect(filesOf(scene.repo)).toEqual(there);
});

test('one of which only the last step is missing is finished', async () => {
  const scene = await begin();
  git(scene.repo, 'read-tree', '-m', '-u', scene.head, scene.merged);
  expect(await scene.settle()).toEqual({arrived: true, kept: []});
  expect(git(scene.repo, 'rev-parse', 'main')).toBe(scene.merged);
  expect(git(scene.repo, 'status', '--porcelain')).toBe('');
  expect(await scene.delivered()).toBe(scene.merged);
});

test('one that was made is remembered; one that was not even begun is forgotten', async () => {
  const made = await begin();
  git(made.repo, 'merge', '-q', '--ff-only', made.merged);
  expect(await made.settle()).toEqual({arrived: true, kept: []});
  expect(await made.delivered()).toBe(made.merged);
  const not = await begin();
  expect(await not.settle()).toEqual({arrived: false, kept: []});
  isOld(not.repo, not.head);
  expect(await not.delivered()).toBeUndefined();
});

test('line ends and filters of the user are no edits', async () => {
  const scene = await begin(repo => {
    git(repo, 'config', 'core.autocrlf', 'true');
    git(repo, 'rm', '-rq', '--cached', '.');
    git(repo, 'reset', '-q', '--hard');
  });
  await mergeAndKill(scene);
  expect(readFileSync(path.join(scene.repo, 'a.txt'), 'utf8')).toBe('new a, which is longer\r\n');
  expect(await scene.settle()).toEqual({arrived: false, kept: []});
  expect(readFileSync(path.join(scene.repo, 'a.txt'), 'utf8')).toBe('old a\r\n');
  expect(git(scene.repo, 'status', '--porcelain')).toBe('');
});

test('a lock that somebody holds is waited for, not broken', async () => {
  const scene = await begin();
  const lock = path.join(scene.repo, '.git/index.lock');
  const holder = spawn('sh', ['-c', `exec 3> '${lock}'; echo held; read go; rm '${lock}'`], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  await once(holder.stdout, 'data');
  let settled = false;
  const settling = scene.settle().then(() => {
    settled = true;
  });
  await vi.waitFor(() => expect(existsSync(scene.places.pending)).toBe(true));
  expect([settled, existsSync(lock)]).toEqual([false, true]);
  holder.stdin.end('go\n');
  await settling;
  expect(existsSync(lock)).toBe(false);
  isOld(scene.repo, scene.head);
});

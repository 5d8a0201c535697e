import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import type {Paths} from '../../src/lib/paths.ts';
import {stopDaemon} from '../support/daemon.ts';
import {faultyTrails, lost} from '../support/faulty-trails.ts';
import {makeTree, readTree, type Tree} from '../support/file-tree.ts';
import {git, makeRepository} from '../support/git-repo.ts';
import {temporaryHome} from '../support/home.ts';

const before = {'a.txt': 'one\ntwo\n', 'src/gone.ts': 'gone\n', run: '#!/bin/sh\n', link: '->a.txt'};
const after = {'a.txt': 'one\n2\n', 'deep/new.ts': 'new\n', run: 'x:#!/bin/sh\n', link: '->run'};
// Every step by itself: test/workspaces/writing/kill.test.ts.
const writing = ['noted', 'staged', 'move-noted', 'moved', 'placed', 'synced', 'committed', 'cleared', 'written'];

const filesOf = (repo: string): Tree =>
  Object.fromEntries(Object.entries(readTree(repo)).filter(([name]) => !name.startsWith('.git/')));

// The mock's environments go with the daemon: what is left of a session is then only what is on the disk.
describe('kill -9 in the middle of work with workspaces', {timeout: 60_000}, () => {
  let home: string;
  let paths: Paths;
  beforeEach(() => {
    ({home, paths} = temporaryHome());
    writeFileSync(path.join(paths.config, 'config.yaml'), 'provider: mock\n');
    onTestFinished(() => stopDaemon(paths));
  });

  const trails = (args: readonly string[], fault?: string) => faultyTrails({home, paths}, args, fault);
  const well = async (...args: string[]) => {
    const result = await trails(args);
    expect(result.exitCode, `trails ${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result.stdout;
  };
  const json = async (...args: string[]) => JSON.parse(await well(...args, '--json'));
  const left = async (name = 'api') => (await json('diff', name)).files as readonly unknown[];

  /** A session in whose files an agent worked. */
  async function worked(mode: 'clone' | 'copy') {
    const repo = path.join(home, 'repo');
    if (mode === 'clone') makeRepository(repo, before);
    else makeTree(repo, before);
    const {workspace} = await json('new', 'api', '--repo', repo, '--image', 'host', '--workspace', mode);
    // As the agent would.
    await run('sh', ['-c', 'rm -r src a.txt run link'], {cwd: workspace.path});
    makeTree(workspace.path, after);
    return {repo, place: workspace.path as string};
  }

  /** The user's own, whole in one of its two states, with nothing of ours beside it. */
  const expectWhole = (repo: string) => {
    const found = filesOf(repo);
    expect([before, after]).toContainEqual(found);
    if (!existsSync(path.join(repo, '.git'))) return;
    expect(git(repo, 'status', '--porcelain')).toBe('');
    expect(existsSync(path.join(repo, '.git/index.lock'))).toBe(false);
  };

  test.each([
    'apply.planned',
    'merge.fetched',
    'merge.merged',
    'apply.merged',
  ])('an apply of commits killed at %s: the repository is whole, and a second one ends well', async step => {
    const {repo} = await worked('clone');
    expect((await trails(['apply', 'api', '--yes'], step)).exitCode).toBe(lost);
    await well('ls');
    expectWhole(repo);
    await well('apply', 'api', '--yes');
    expect(filesOf(repo)).toEqual(after);
    expect(git(repo, 'log', '--format=%s')).toBe('Work of api that it did not commit\nbegin');
    expect(git(repo, 'for-each-ref', '--format=%(refname)', 'refs/trails-merging')).toBe('');
    expect(await left()).toEqual([]);
    await well('rm', 'api', '--force');
    expect(await json('restore')).toEqual([]);
  });

  test.each([
    ...writing.map(step => `apply.${step}`),
    'apply.written',
  ])('an apply of files killed at %s: the directory is whole, and a second one ends well', async step => {
    const {repo} = await worked('copy');
    const killed = await trails(['apply', 'api', '--yes'], step);
    // Not every step comes in each write.
    if (killed.exitCode !== 0) expect(killed.exitCode).toBe(lost);
    await well('ls');
    await expect.poll(() => readdirSync(repo).filter(name => name.startsWith('.trails'))).toEqual([]);
    expectWhole(repo);
    await well('apply', 'api', '--yes');
    expect(filesOf(repo)).toEqual(after);
    expect(await left()).toEqual([]);
    await well('rm', 'api', '--force');
  });

  describe.each(['clone', 'copy'] as const)('a teardown of a %s', mode => {
    test.each([
      ...['remove.asked', 'remove.taken', 'remove.destroyed', 'remove.bundled', 'remove.recorded', 'remove.kept'],
      'remove.cleared',
    ])('killed at %s is finished, with its work kept', async step => {
      const {repo} = await worked(mode);
      expect((await trails(['rm', 'api', '--force'], step)).exitCode).toBe(lost);
      expect(await json('ls')).toEqual([]);
      expect(await json('restore')).toMatchObject([{name: 'api', source: repo}]);
      const to = path.join(home, 'back');
      await well('restore', 'api', '--to', to);
      expect(filesOf(to)).toEqual(after);
      expect(filesOf(repo)).toEqual(before);
      expect(readdirSync(path.join(paths.state, 'sessions'))).toEqual([]);
    });
  });

  test('a restore to a branch that is killed loses nothing, and is done the second time', async () => {
    const {repo} = await worked('clone');
    await well('rm', 'api', '--force');
    for (const step of ['restore.asked', 'restore.branched']) {
      expect((await trails(['restore', 'api'], step)).exitCode).toBe(lost);
      expect(await json('restore')).toHaveLength(1);
    }
    expect(await well('restore', 'api')).toBe('trails/api');
    expect(git(repo, 'for-each-ref', '--format=%(refname)', 'refs/heads')).toBe(
      'refs/heads/main\nrefs/heads/trails/api',
    );
    expect(git(repo, 'show', 'trails/api:a.txt')).toBe('one\n2');
    expect(filesOf(repo)).toEqual(before);
  });

  test.each([
    ...['restore.made', 'apply.noted', 'apply.staged', 'apply.move-noted', 'apply.committed', 'restore.written'],
  ])('a restore to a directory killed at %s loses nothing, and is done the second time', async step => {
    await worked('copy');
    await well('rm', 'api', '--force');
    const to = path.join(home, 'back');
    expect((await trails(['restore', 'api', '--to', to], step)).exitCode).toBe(lost);
    expect(await json('restore')).toHaveLength(1);
    await well('restore', 'api', '--to', to);
    expect(readTree(to)).toEqual(after);
    expect(readdirSync(path.join(paths.state, 'recoveries')).filter(name => name.startsWith('restore-'))).toEqual([]);
  });

  test.each(['clone.cloned', 'create.workspace'])('a creation killed at %s leaves nothing', async step => {
    const repo = makeRepository(path.join(home, 'repo'), before);
    const asked = ['new', 'api', '--repo', repo, '--image', 'host'];
    expect((await trails(asked, step)).exitCode).toBe(lost);
    expect(await json('ls')).toEqual([]);
    expect(readdirSync(path.join(paths.state, 'sessions'))).toEqual([]);
    expect(git(repo, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    await well(...asked);
  });
});

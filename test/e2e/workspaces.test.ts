import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {openTestPodman} from '../support/podman.ts';

describe('workspaces on a real Podman', {timeout: 120_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  beforeAll(async () => {
    podman = await openTestPodman();
  });
  afterAll(async () => podman?.close());

  const trails = async (...args: string[]) =>
    run(process.execPath, [path.resolve('dist/main.js'), ...args], {
      env: {TRAILS_HOME: podman.home},
      timeoutMs: 60_000,
    });
  const well = async (...args: string[]) => {
    const result = await trails(...args);
    expect(result.exitCode, `trails ${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result;
  };
  const json = async (...args: string[]) => JSON.parse((await well(...args, '--json')).stdout);
  const git = async (directory: string, ...args: string[]) => {
    const result = await run('git', ['-C', directory, ...args], {
      env: {GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'},
    });
    expect(result.exitCode, `git ${args.join(' ')}: ${result.stderr}`).toBe(0);
    return result.stdout;
  };
  const directory = (name: string, files: Readonly<Record<string, string>>) => {
    const made = path.join(podman.home, name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(made, file)), {recursive: true});
      writeFileSync(path.join(made, file), text);
    }
    return made;
  };
  const repository = async (name: string, files: Readonly<Record<string, string>>) => {
    const made = directory(name, files);
    await git(made, 'init', '-q', '-b', 'main');
    await git(made, 'config', 'user.name', 'Ada');
    await git(made, 'config', 'user.email', 'ada@example.org');
    await git(made, 'add', '-A');
    await git(made, 'commit', '-q', '-m', 'the beginning');
    return made;
  };
  const start = (name: string, repo: string, script: string) =>
    well('new', name, '--repo', repo, '--image', 'host', '--', 'sh', '-c', `${script}; echo finished; exec sleep 1000`);
  const finished = (name: string) =>
    expect.poll(async () => (await trails('logs', name)).stdout, {timeout: 20_000}).toContain('finished');

  test('three agents on one repository; each is looked at and applied in turn, one with a conflict', async () => {
    const shop = await repository('shop', {
      'cart.js': 'a\nb\nc\nd\ne\n',
      'README.md': 'Shop\n',
      '.gitignore': 'build/\n',
    });
    const committed = 'git add -A && git commit -q -m';
    await Promise.all([
      start('cart', shop, `sed -i 's/^a$/A/' cart.js && ${committed} 'A is large'`),
      start('docs', shop, "echo 'How to use it' >> README.md; mkdir -p build; echo x > build/out"),
      start('prices', shop, `sed -i 's/^a$/price/' cart.js && ${committed} 'prices' && echo p > prices.js`),
    ]);
    await Promise.all(['cart', 'docs', 'prices'].map(finished));
    expect(await git(shop, 'status', '--porcelain')).toBe('');

    expect((await well('diff', 'cart')).stdout).toContain('-a\n+A\n');
    expect((await well('diff', 'docs', '--stat')).stdout).toBe('M  +1 −0  README.md\n1 file, +1 −0');
    expect(await json('diff', 'prices')).toMatchObject({
      files: [
        {path: 'cart.js', kind: 'modified', added: 1, removed: 1, binary: false, newMode: '100644'},
        {path: 'prices.js', kind: 'added', added: 1, removed: 0, oldMode: null},
      ],
    });

    const dry = await well('apply', 'cart', '--dry-run');
    expect(dry.stderr).toContain(`merges into main in ${shop}`);
    expect(dry.stderr).toContain('A is large (Ada)');
    expect((await trails('apply', 'cart')).stderr).toContain('--yes');
    expect(await git(shop, 'log', '--format=%s')).toBe('the beginning');

    await well('apply', 'cart', '--yes');
    expect(await git(shop, 'log', '--format=%an: %s', '-1')).toBe('Ada: A is large');
    await well('apply', 'docs', '--yes');
    expect(readFileSync(path.join(shop, 'README.md'), 'utf8')).toBe('Shop\nHow to use it\n');
    expect(readFileSync(path.join(shop, 'cart.js'), 'utf8')).toBe('A\nb\nc\nd\ne\n');
    expect(existsSync(path.join(shop, 'build'))).toBe(false);

    const before = await git(shop, 'rev-parse', 'HEAD');
    const refused = await trails('apply', 'prices', '--yes');
    expect(refused).toMatchObject({exitCode: 75});
    expect(refused.stderr).toContain('both changed cart.js');
    expect(await git(shop, 'rev-parse', 'HEAD')).toBe(before);
    expect(await git(shop, 'status', '--porcelain')).toBe('');
    await well('apply', 'prices', '--yes', '--branch', 'prices-by-hand');
    expect(await git(shop, 'show', 'prices-by-hand:prices.js')).toBe('p');
    expect(await git(shop, 'status', '--porcelain')).toBe('');
    for (const name of ['cart', 'docs'])
      expect((await well('apply', name, '--yes')).stderr).toContain('nothing to apply');
    // On a branch of its own it can be merged by hand, and is nowhere else.
    expect((await trails('apply', 'prices', '--dry-run')).stderr).toContain('conflict: cart.js');
    expect((await well('diff', 'prices')).stderr).toContain('nothing changed');
    await well('rm', 'cart', 'docs', 'prices', '--force');
    expect((await well('restore')).stderr).toContain('no work of removed sessions');
    expect(await git(shop, 'fsck', '--strict')).toBe('');
  });

  test('a directory without git: edited in the sandbox, applied, and the files are there', async () => {
    const notes = directory('notes', {'one.txt': 'one\n', 'two.txt': 'two\n', 'bin/run': '#!/bin/sh\n'});
    await start(
      'writer',
      notes,
      'echo more >> one.txt; rm two.txt; chmod +x bin/run; mkdir new && echo n > new/three.txt',
    );
    await finished('writer');
    expect(readdirSync(notes).sort()).toEqual(['bin', 'one.txt', 'two.txt']);
    await well('stop', 'writer');
    writeFileSync(path.join(notes, 'two.txt'), 'mine\n');
    const applied = await well('apply', 'writer', '--yes');
    expect(applied.stderr).toContain('conflict: two.txt');
    expect(readFileSync(path.join(notes, 'one.txt'), 'utf8')).toBe('one\nmore\n');
    expect(readFileSync(path.join(notes, 'new/three.txt'), 'utf8')).toBe('n\n');
    expect(readFileSync(path.join(notes, 'two.txt'), 'utf8')).toBe('mine\n');
    expect((await run(path.join(notes, 'bin/run'), [])).exitCode).toBe(0);
    expect((await well('diff', 'writer', '--stat')).stdout).toContain('D  +0 −1  two.txt');
    await well('apply', 'writer', '--yes', '--theirs');
    expect(existsSync(path.join(notes, 'two.txt'))).toBe(false);
    await well('rm', 'writer', '--force');
  });

  test('what is removed unapplied comes back: the commits of one that runs and of one that is stopped', async () => {
    const app = await repository('app', {'main.c': 'int main;\n'});
    const commits = 'echo one > one; git add -A; git commit -qm one; git branch -q side; echo loose > loose';
    for (const name of ['running', 'stopped']) await start(name, app, commits);
    await Promise.all(['running', 'stopped'].map(finished));
    await well('stop', 'stopped');
    for (const name of ['running', 'stopped']) {
      const [{id}] = (await json('ls')).filter((session: {name: string}) => session.name === name);
      await well('rm', name, '--force');
      expect(existsSync(path.join(podman.home, 'state/sessions', id))).toBe(false);
      expect((await json('restore')).map((one: {id: string}) => one.id)).toContain(id);
      expect((await well('restore', name)).stdout).toBe(`trails/${name}`);
      expect((await git(app, 'log', '--format=%s', `trails/${name}`)).split('\n').slice(1)).toEqual([
        'one',
        'the beginning',
      ]);
      expect(await git(app, 'show', `trails/${name}:loose`)).toBe('loose');
    }
    expect(await git(app, 'status', '--porcelain')).toBe('');
    const there = await podman.podman('ps', '-a', '--format', '{{.Names}}', '--filter', 'label=trails.helper');
    expect(there.stdout).toBe('');
  });
});

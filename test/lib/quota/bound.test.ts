import {existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {constants, tmpdir} from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, type TestContext, test} from 'vitest';
import {run} from '../../../src/lib/exec.ts';
import {dropBound, endBound, readBound, setBound} from '../../../src/lib/quota/bound.ts';
import {mountBtrfs} from '../../support/btrfs.ts';

const megabyte = 2 ** 20;
const fill = (file: string) => writeFileSync(file, Buffer.alloc(8 * megabyte, 1));
// Node has no name for it.
const refused = expect.objectContaining({errno: -constants.errno.EDQUOT});

async function open(context: TestContext, quotas: 'full' | 'simple' | 'off') {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-quota-')));
  // Behind the umount, which is registered later.
  onTestFinished(() => rmSync(home, {recursive: true, force: true}));
  const directory = path.join(home, 'disk');
  const {left} = await mountBtrfs(context, directory, quotas);
  const book = path.join(directory, 'bounds', 'a.json');
  const request = {
    directory,
    together: {names: ['one', 'two'], bytes: 10 * megabyte},
    alone: {names: ['deep/three'], bytes: megabyte},
  };
  return {directory, left, book, request, at: (name: string) => path.join(directory, name)};
}

for (const quotas of ['full', 'simple'] as const)
  test(`directories hold together what they may, by ${quotas} quotas, and nothing is left of them`, async context => {
    const {directory, left, book, request, at} = await open(context, quotas);
    await setBound(book, 'subvolumes', request);
    expect(await readBound(book, directory)).toMatchObject({mostBytes: 10 * megabyte});
    fill(at('one/file'));
    expect(() => fill(at('two/file'))).toThrow(refused);
    expect(() => fill(at('deep/three/file'))).toThrow(refused);
    fill(at('beside'));
    const {usedBytes = 0} = (await readBound(book, directory)) ?? {};
    expect(usedBytes).toBeGreaterThan(9 * megabyte);
    expect(usedBytes).toBeLessThanOrEqual(10 * megabyte);
    await dropBound(book, directory);
    expect(['one', 'two', 'deep/three'].filter(name => existsSync(at(name)))).toEqual([]);
    await endBound(book, directory);
    expect(await left()).toEqual({subvolumes: [], groups: []});
    expect(existsSync(book)).toBe(false);
  });

test('what was loosened behind our back is not taken for held', async context => {
  const {directory, book, request, at} = await open(context, 'full');
  await setBound(book, 'subvolumes', request);
  const {group, ids} = JSON.parse(readFileSync(book, 'utf8')) as {group: string; ids: number[]};
  const btrfs = async (...args: readonly string[]) => expect(await run('btrfs', args)).toMatchObject({exitCode: 0});
  await btrfs('qgroup', 'limit', String(20 * megabyte), group, directory);
  expect(await readBound(book, directory)).toBeUndefined();
  await btrfs('qgroup', 'limit', String(10 * megabyte), group, directory);
  expect(await readBound(book, directory)).toBeDefined();
  await btrfs('qgroup', 'remove', `0/${ids[0]}`, group, directory);
  expect(await readBound(book, directory)).toBeUndefined();
  await btrfs('quota', 'disable', directory);
  expect(await readBound(book, directory)).toBeUndefined();
  expect(existsSync(at('one'))).toBe(true);
});

test('one that was set half, as by a crash or without quotas, is no bound, and goes all the same', async context => {
  const {directory, left, book, request, at} = await open(context, 'full');
  // In the way of the second one.
  writeFileSync(at('two'), '');
  await expect(setBound(book, 'subvolumes', request)).rejects.toThrow(/btrfs subvolume create/);
  expect((await left()).subvolumes).toHaveLength(1);
  expect(await readBound(book, directory)).toBeUndefined();
  await dropBound(book, directory);
  await endBound(book, directory);
  expect(await left()).toEqual({subvolumes: [], groups: []});
  expect(readFileSync(at('two'), 'utf8')).toBe('');
});

test('only what is a subvolume is taken away, and no link is followed', async context => {
  const {directory, book, request, at} = await open(context, 'full');
  await setBound(book, 'subvolumes', request);
  await run('btrfs', ['subvolume', 'create', at('foreign')]);
  await run('btrfs', ['subvolume', 'delete', at('one')]);
  symlinkSync(at('foreign'), at('one'));
  await dropBound(book, directory);
  expect(existsSync(at('foreign'))).toBe(true);
});

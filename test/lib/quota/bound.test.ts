import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, type TestContext, test} from 'vitest';
import {run} from '../../../src/lib/exec.ts';
import {mountsHere} from '../../../src/lib/mounts.ts';
import {dropBound, endBound, readBound, setBound} from '../../../src/lib/quota/bound.ts';
import {boundsAt} from '../../../src/lib/quota/possible.ts';
import {type DiskName, mountDisk} from '../../support/disk.ts';

const megabyte = 2 ** 20;

async function open(context: TestContext, name: DiskName) {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-quota-')));
  // Behind the umount, which is registered later.
  onTestFinished(() => rmSync(home, {recursive: true, force: true}));
  const directory = path.join(home, 'disk');
  const {left} = await mountDisk(context, directory, name);
  const book = path.join(directory, 'bounds', 'a.json');
  for (const one of ['beside', 'deep']) mkdirSync(path.join(directory, one));
  // A user comes through.
  for (const one of [home, directory]) chmodSync(one, 0o755);
  const request = {
    directory,
    together: {names: ['one', 'two'], bytes: 10 * megabyte},
    alone: {names: ['deep/three'], bytes: megabyte},
  };
  return {directory, left, book, request, at: (name: string) => path.join(directory, name)};
}

/** By a user like that of an agent: root is held by no quota of ext4. */
async function fill(file: string): Promise<string> {
  chownSync(path.dirname(file), 1000, 1000);
  const write = ['head', '-c', '8M', '/dev/zero'];
  const asUser = [
    'setpriv',
    '--reuid',
    '1000',
    '--regid',
    '1000',
    '--clear-groups',
    'sh',
    '-c',
    `${write.join(' ')} > $0`,
  ];
  const [program = '', ...args] = asUser;
  return (await run(program, [...args, file])).stderr;
}
const refused = /Disk quota exceeded|No space left on device/;

const disks = [
  ['btrfs', 'subvolumes'],
  ['btrfs, simple', 'subvolumes'],
  ['xfs', 'projects'],
  ['ext4', 'projects'],
] as const;
for (const [name, kind] of disks)
  test(`on ${name}, directories hold together what they may, and nothing is left of them`, async context => {
    const {directory, left, book, request, at} = await open(context, name);
    const asker = {
      ...{uid: 0, mounts: mountsHere()},
      run: ([program = '', ...args]: readonly string[]) => run(program, args),
    };
    expect(await boundsAt(directory, asker)).toBe(kind);
    await setBound(book, kind, request);
    expect(await readBound(book, directory)).toMatchObject({mostBytes: 10 * megabyte});
    expect(await fill(at('one/file'))).toBe('');
    expect(await fill(at('two/file'))).toMatch(refused);
    expect(await fill(at('deep/three/file'))).toMatch(refused);
    expect(await fill(at('beside/file'))).toBe('');
    await run('sync', ['-f', directory]);
    const {usedBytes = 0} = (await readBound(book, directory)) ?? {};
    expect(usedBytes).toBeGreaterThan(9 * megabyte);
    expect(usedBytes).toBeLessThanOrEqual(10 * megabyte);
    await dropBound(book, directory);
    for (const one of ['one', 'two', 'deep']) rmSync(at(one), {recursive: true, force: true});
    await endBound(book, directory);
    expect(await left()).toEqual({subvolumes: [], groups: []});
    expect(existsSync(book)).toBe(false);
  });

test('what was loosened behind our back is not taken for held', async context => {
  const {directory, book, request, at} = await open(context, 'btrfs');
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
  const {directory, left, book, request, at} = await open(context, 'btrfs');
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
  const {directory, book, request, at} = await open(context, 'btrfs');
  await setBound(book, 'subvolumes', request);
  await run('btrfs', ['subvolume', 'create', at('foreign')]);
  await run('btrfs', ['subvolume', 'delete', at('one')]);
  symlinkSync(at('foreign'), at('one'));
  await dropBound(book, directory);
  expect(existsSync(at('foreign'))).toBe(true);
});

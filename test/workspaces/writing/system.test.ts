import {chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {run} from '../../../src/lib/exec.ts';
import {blobId} from '../../../src/workspaces/writing/file-state.ts';
import {recoverWrites} from '../../../src/workspaces/writing/recover-writes.ts';
import {writeFiles} from '../../../src/workspaces/writing/write-files.ts';
import {contentOf, makeTree, readTree, type Tree, writesBetween} from '../../support/file-tree.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {runWrite} from '../../support/run-write.ts';

let home: string;
let target: string;
let journal: string;
beforeEach(() => {
  home = temporaryDirectory();
  target = path.join(home, 'target');
  journal = path.join(home, 'journal');
});

const write = (before: Tree, after: Tree) =>
  writeFiles({target, journal, writes: writesBetween(before, after), content: contentOf(after)});
const modeOf = (name: string) => statSync(path.join(target, name)).mode & 0o7777;

test('who may read a file stays; other bits than to execute never come in', async () => {
  const before = {secret: '1', shared: '1', tool: 'x:1', setuid: 'x:1'};
  makeTree(target, before);
  for (const [name, mode] of Object.entries({secret: 0o600, shared: 0o664, tool: 0o700, setuid: 0o6755}))
    chmodSync(path.join(target, name), mode);
  const mask = process.umask(0o027);
  try {
    await write(before, {secret: '2', shared: 'x:2', tool: '2', setuid: 'x:2', fresh: '1', run: 'x:1'});
  } finally {
    process.umask(mask);
  }
  const modes = ['secret', 'shared', 'tool', 'setuid', 'fresh', 'run'].map(name => modeOf(name).toString(8));
  expect(modes).toEqual(['600', '775', '600', '755', '640', '750']);
});

test('a big file goes in whole', async () => {
  makeTree(target, {});
  const big = Buffer.alloc(64 * 1024 * 1024, 'big and ');
  const writes = [{path: 'big', old: null, new: {mode: '100644', id: blobId(big, 'sha256')}}] as const;
  await writeFiles({target, journal, writes, content: async () => big, format: 'sha256'});
  expect(readFileSync(path.join(target, 'big')).equals(big)).toBe(true);
});

test('content that is not what was asked for is never written', async () => {
  makeTree(target, {a: '1'});
  const writes = writesBetween({a: '1'}, {a: '2', b: '3'});
  await expect(writeFiles({target, journal, writes, content: async () => Buffer.from('2')})).rejects.toThrow(
    /not the blob/,
  );
  expect(readTree(target)).toEqual({a: '1'});
  expect(readdirSync(journal)).toEqual([]);
});

test('500 files, and back', async () => {
  const tree = (text: string): Tree =>
    Object.fromEntries(Array.from({length: 500}, (_, index) => [`${index % 30}/part/${index}`, `${text} ${index}`]));
  makeTree(target, tree('old'));
  await write(tree('old'), tree('new'));
  expect(readTree(target)).toEqual(tree('new'));
  await write(tree('new'), {});
  expect(readTree(target)).toEqual({});
});

test('a directory that may not be written to takes everything back and is named', async () => {
  const before = {a: '1', 'locked/b': '2', z: '3'};
  makeTree(target, before);
  // Root may write everywhere: it becomes nobody for that.
  const uid = process.getuid?.() === 0 ? {uid: 65534} : {};
  if (uid.uid !== undefined) {
    mkdirSync(journal, {mode: 0o700});
    // But for `a`: of somebody else's file the system may refuse a hard link, and it comes back all the same.
    for (const each of ['', 'target', 'journal', 'target/z', 'target/locked', 'target/locked/b'])
      chownSync(path.join(home, each), uid.uid, uid.uid);
  }
  chmodSync(path.join(target, 'locked'), 0o555);
  const after = {a: 'one', 'locked/b': 'two', z: 'three', 'new/x': '1'};
  const {stdout, exitCode} = await runWrite(home, {work: 'write', before, after, ...uid});
  chmodSync(path.join(target, 'locked'), 0o755);
  expect(stdout).toBe(`AppError: locked/b cannot be written to ${target}: permission denied`);
  expect(exitCode).toBe(1);
  expect(statSync(path.join(target, 'a')).uid).toBe(process.getuid?.());
  expect(readTree(target)).toEqual(before);
  expect(readdirSync(journal)).toEqual([]);
});

test('a journal that cannot be read is told, by name', async () => {
  mkdirSync(journal, {mode: 0o700});
  const file = path.join(journal, `${'0'.repeat(32)}.999999999:1.moving`);
  for (const text of ['{', '{"version":2}']) {
    writeFileSync(file, text);
    const told = {code: 'STATE_UNUSABLE', message: expect.stringContaining(file)};
    await expect(recoverWrites(journal)).rejects.toMatchObject(told);
  }
});

test('a target that is not there is told', async () => {
  await expect(write({}, {a: '1'})).rejects.toMatchObject({code: 'APPLY_FAILED'});
});

const mounting = process.getuid?.() === 0 && process.platform === 'linux';
describe.skipIf(!mounting)('on file systems of their own (root only: they are mounted)', () => {
  const mounted: string[] = [];
  const mount = async (place: string, options: string) => {
    mkdirSync(place, {recursive: true});
    const {exitCode, stderr} = await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    mounted.push(place);
  };
  afterEach(async () => {
    for (const place of mounted.splice(0).reverse()) await run('umount', ['-l', place]);
  });

  test('a full one takes everything back', async () => {
    await mount(target, 'size=256k');
    const before = {a: '1', 'b/c': '2'};
    makeTree(target, before);
    const work = write(before, {a: 'one', d: 'y'.repeat(100_000), e: 'z'.repeat(200_000)});
    await expect(work).rejects.toMatchObject({
      code: 'APPLY_FAILED',
      message: expect.stringMatching(/no space is left/),
    });
    expect(readTree(target)).toEqual(before);
    expect(readdirSync(journal)).toEqual([]);
  });

  test('a read-only one is told', async () => {
    await mount(target, 'size=1m');
    makeTree(target, {a: '1'});
    await run('mount', ['-o', 'remount,ro', target]);
    await expect(write({a: '1'}, {a: '2'})).rejects.toMatchObject({message: expect.stringMatching(/read-only/)});
    expect(readTree(target)).toEqual({a: '1'});
    expect(readdirSync(journal)).toEqual([]);
  });

  test('one within the target is another one', async () => {
    makeTree(target, {a: '1'});
    await mount(path.join(target, 'sub'), 'size=1m');
    writeFileSync(path.join(target, 'sub/b'), '2');
    const before = {a: '1', 'sub/b': '2'};
    const work = write(before, {a: 'one', 'sub/b': 'two'});
    await expect(work).rejects.toMatchObject({message: expect.stringMatching(/sub\/b.*another file system/)});
    expect(readTree(target)).toEqual(before);
    expect(readdirSync(journal)).toEqual([]);
  });
});

import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {type CopyPlanOptions, planCopy} from '../../src/workspaces/tree/copy-plan.ts';
import {type CopyProgress, copyTree} from '../../src/workspaces/tree/copy-tree.ts';
import {ignoreRules} from '../../src/workspaces/tree/ignore-rules.ts';
import {temporaryDirectory} from '../support/home.ts';

/** Files of these paths, each with its path in it, and a place for a copy. */
function tree(...paths: string[]) {
  const home = temporaryDirectory();
  const source = path.join(home, 'source');
  mkdirSync(source);
  for (const each of paths) {
    mkdirSync(path.dirname(path.join(source, each)), {recursive: true});
    writeFileSync(path.join(source, each), each);
  }
  const target = path.join(home, 'target');
  const copy = async (options?: CopyPlanOptions) => copyTree(await planCopy(source, options), target);
  const copied = () =>
    (readdirSync(target, {recursive: true}) as string[])
      .filter(each => !lstatSync(path.join(target, each)).isDirectory())
      .sort();
  return {source, target, copy, copied};
}

const openFiles = () => readdirSync('/proc/self/fd').length;

test('files, links and empty directories, with their permissions and times, but no setuid', async () => {
  const {source, target, copy} = tree('a', 'b/run', 'b/shared');
  mkdirSync(path.join(source, 'empty'));
  symlinkSync('/etc/passwd', path.join(source, 'b', 'outside'));
  symlinkSync('nowhere', path.join(source, 'broken'));
  linkSync(path.join(source, 'b', 'shared'), path.join(source, 'twin'));
  chmodSync(path.join(source, 'b', 'run'), 0o6751);
  chmodSync(path.join(source, 'b'), 0o2550);
  utimesSync(path.join(source, 'a'), 1000, 2000);
  expect(await copy()).toEqual({files: 6, bytes: 1 + 5 + 8 + 8, leftOut: []});
  chmodSync(path.join(source, 'b'), 0o755);
  expect(readFileSync(path.join(target, 'a'), 'utf8')).toBe('a');
  expect(statSync(path.join(target, 'a')).mtimeMs).toBe(2_000_000);
  expect(readlinkSync(path.join(target, 'b', 'outside'))).toBe('/etc/passwd');
  expect(readlinkSync(path.join(target, 'broken'))).toBe('nowhere');
  expect(readdirSync(path.join(target, 'empty'))).toEqual([]);
  expect(statSync(path.join(target, 'b', 'run')).mode & 0o7777).toBe(0o751);
  expect(statSync(path.join(target, 'b')).mode & 0o7777).toBe(0o750);
  expect(statSync(path.join(target, 'twin')).nlink).toBe(1);
});

test('names are bytes', async () => {
  const {source, target, copy} = tree('a');
  const raw = Buffer.from([0x66, 0xff, 0x0a, 0x1b]);
  writeFileSync(Buffer.concat([Buffer.from(`${source}/`), raw]), 'x');
  await copy();
  expect(readFileSync(Buffer.concat([Buffer.from(`${target}/`), raw]), 'utf8')).toBe('x');
});

test('ignored files stay behind, of a git directory nothing does; what is no file is told', async () => {
  const {source, copy, copied} = tree(
    'a',
    'a.o',
    'node_modules/x/y',
    '.git/config',
    '.git/x.o',
    '.git/node_modules',
    'module/.git',
    'nested/.git/HEAD',
  );
  writeFileSync(path.join(source, '.gitignore'), '*.o\nnode_modules\n');
  execFileSync('mkfifo', ['pipe', 'old.o'], {cwd: source});
  const {leftOut} = await copy({rules: ignoreRules()});
  expect(copied()).toEqual(['.git/config', '.git/node_modules', '.git/x.o', '.gitignore', 'a', 'nested/.git/HEAD']);
  expect(leftOut.toSorted((one, other) => (one.path < other.path ? -1 : 1))).toEqual([
    {path: 'module/.git', why: 'a link to a git directory elsewhere'},
    {path: 'pipe', why: 'a FIFO'},
  ]);
});

test('the place where sessions are kept is no part of a copy that is made in it', async () => {
  const {source, copied} = tree('a', 'state/sessions/1/b', 'statement');
  const target = path.join(source, 'state', 'sessions', '2');
  const {leftOut} = await copyTree(await planCopy(source, {except: [path.join(source, 'state')]}), target);
  expect((readdirSync(target) as string[]).sort()).toEqual(['a', 'statement']);
  expect(leftOut).toEqual([{path: 'state', why: 'the place where Trails keeps its sessions'}]);
  expect(copied).toThrow();
});

test('progress goes from nothing to what was planned', async () => {
  const {source, target} = tree('a', 'bb', 'c/ccc');
  const seen: CopyProgress[] = [];
  const plan = await planCopy(source);
  expect(plan).toMatchObject({files: 3, bytes: 8, complete: true});
  await copyTree(plan, target, {onProgress: progress => seen.push(progress)});
  expect(seen.map(({files}) => files)).toEqual([1, 2, 3]);
  expect(seen.at(-1)).toEqual({files: 3, bytes: 8, allFiles: 3, allBytes: 8});
});

test('what goes or turns into something else between plan and copy is told, and no link is followed', async () => {
  const {source, target, copied} = tree(
    'gone',
    'kept',
    'pipe',
    'link',
    'directory/below/a',
    'swapped/passwd',
    'file/a',
  );
  const plan = await planCopy(source);
  for (const name of ['gone', 'pipe', 'link', 'directory', 'file']) rmSync(path.join(source, name), {recursive: true});
  execFileSync('mkfifo', ['pipe'], {cwd: source});
  symlinkSync('/etc/passwd', path.join(source, 'link'));
  writeFileSync(path.join(source, 'file'), '');
  renameSync(path.join(source, 'swapped'), path.join(source, 'elsewhere'));
  symlinkSync('/etc', path.join(source, 'swapped'));
  const before = openFiles();
  const {files, leftOut} = await copyTree(plan, target);
  expect(openFiles()).toBe(before);
  expect(files).toBe(1);
  expect(copied()).toEqual(['kept']);
  expect(Object.fromEntries(leftOut.map(({path: where, why}) => [where, why]))).toEqual({
    gone: 'has gone meanwhile',
    pipe: 'is no file any more',
    link: 'is no file any more',
    directory: 'has gone meanwhile',
    swapped: 'is no directory any more',
    file: 'is no directory any more',
  });
});

test('a target that is there already is left alone', async () => {
  const {source, target} = tree('a');
  mkdirSync(target);
  writeFileSync(path.join(target, 'mine'), '');
  await expect(copyTree(await planCopy(source), target)).rejects.toMatchObject({code: 'STATE_UNUSABLE'});
  expect(readdirSync(target)).toEqual(['mine']);
});

test('called off, nothing is left over', async () => {
  const {source, target} = tree(...Array.from({length: 50}, (_, index) => `${index}`));
  const stop = new AbortController();
  const before = openFiles();
  const copying = copyTree(await planCopy(source), target, {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('enough')),
  });
  await expect(copying).rejects.toThrow('enough');
  expect(existsSync(target)).toBe(false);
  expect(openFiles()).toBe(before);
});

test('no space: the place is named and the target is gone', async ({skip}) => {
  const {source, target} = tree('a');
  writeFileSync(path.join(source, 'large'), Buffer.alloc(4 * 2 ** 20, 'x'));
  const small = path.join(path.dirname(target), 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], {stdio: 'ignore'});
  } catch {
    skip('no file system can be mounted here');
  }
  try {
    const place = path.join(small, 'target');
    await expect(copyTree(await planCopy(source), place)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: expect.stringContaining(place),
    });
    expect(readdirSync(small)).toEqual([]);
  } finally {
    execFileSync('umount', [small]);
  }
});

test('a plan that was cut short is not copied', async () => {
  const {source, target} = tree('a', 'b', 'c');
  const plan = await planCopy(source, {most: {entries: 2, depth: 5}});
  await expect(copyTree(plan, target)).rejects.toMatchObject({code: 'TOO_BIG'});
  expect(existsSync(target)).toBe(false);
});

import {execFileSync, spawn} from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test, vi} from 'vitest';
import {ignoreRules} from '../../src/workspaces/tree/ignore-rules.ts';
import {type TreeWatch, type WatchOptions, watchTree} from '../../src/workspaces/tree/watch-tree.ts';
import {temporaryDirectory} from '../support/home.ts';

const open: TreeWatch[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A watch of these directories, when it is complete. */
async function watched(directories: readonly string[], options: WatchOptions = {}, root = temporaryDirectory()) {
  for (const each of directories) mkdirSync(path.join(root, each), {recursive: true});
  let told = 0;
  const tree = watchTree(root, options, () => told++);
  open.push(tree);
  const settled = () => vi.waitFor(() => expect(tree.complete).toBe(true), 20_000);
  if (options.most === undefined) await settled();
  const inTree = (name: string) => path.join(root, name);
  const tells = async (change: () => void) => {
    const before = told;
    change();
    await vi.waitFor(() => expect(told).toBeGreaterThan(before), 10_000);
  };
  return {root, tree, settled, inTree, tells, told: () => told};
}

// Of all inotify instances of this process.
const kernelWatches = () =>
  readdirSync('/proc/self/fd')
    .filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === 'anon_inode:inotify';
      } catch {
        return false;
      }
    })
    .map(
      fd =>
        readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')
          .split('\n')
          .filter(line => line.startsWith('inotify')).length,
    )
    .reduce((sum, count) => sum + count, 0);

test('a write, a new file, a removal, at any depth, by another program', async () => {
  const {inTree, tells, tree} = await watched(['a/b/c', 'd']);
  expect(tree.directories).toBe(5);
  const sh = (script: string) => () => execFileSync('sh', ['-c', script], {cwd: inTree('.')});
  await tells(sh('echo x > a/b/c/new'));
  await tells(sh('echo y >> a/b/c/new'));
  await tells(sh('chmod +x a/b/c/new'));
  await tells(sh('mv a/b/c/new d/'));
  await tells(sh('rm d/new'));
});

test('directories that come are watched, those that go or turn into links are not, and none is left behind', async () => {
  const before = kernelWatches();
  const {inTree, tells, tree, settled} = await watched(['a/b', 'c']);
  expect(kernelWatches()).toBe(before + 4);
  mkdirSync(inTree('new/er/est'), {recursive: true});
  await vi.waitFor(() => expect(tree.directories).toBe(7));
  await settled();
  await tells(() => writeFileSync(inTree('new/er/est/file'), ''));
  renameSync(inTree('new/er'), inTree('c/moved'));
  await vi.waitFor(() => expect(kernelWatches()).toBe(before + 7));
  await settled();
  await tells(() => writeFileSync(inTree('c/moved/est/file'), 'x'));
  const outside = temporaryDirectory();
  mkdirSync(path.join(outside, 'x/y/z'), {recursive: true});
  rmSync(inTree('a'), {recursive: true});
  symlinkSync(outside, inTree('a'));
  rmSync(inTree('c'), {recursive: true});
  await vi.waitFor(() => expect(tree.directories).toBe(2));
  expect(kernelWatches()).toBe(before + 2);
  tree.close();
  await vi.waitFor(() => expect(kernelWatches()).toBe(before));
  expect(tree.complete).toBe(false);
});

test('git directories and what is ignored are neither watched nor told', async () => {
  const root = temporaryDirectory();
  writeFileSync(path.join(root, '.gitignore'), 'node_modules\n*.log\n/out/*\n!/out/kept\n');
  const given = await watched(
    ['.git/refs', 'node_modules/x/y', 'src', 'out/a', 'out/kept'],
    {rules: ignoreRules()},
    root,
  );
  expect(given.tree.directories).toBe(4);
  // Let what is being told come to its end.
  await given.tells(() => writeFileSync(given.inTree('src/file'), ''));
  await new Promise(setImmediate);
  const told = given.told();
  for (const name of ['.git/index', 'node_modules/x/z', 'src/debug.log', 'out/b'])
    writeFileSync(given.inTree(name), '');
  await given.tells(() => writeFileSync(given.inTree('out/kept/file'), ''));
  // Only that one, which may come as two events.
  expect(given.told() - told).toBeLessThanOrEqual(2);
});

test('new rules are used', async () => {
  const {inTree, tree} = await watched(['a/b', 'c'], {rules: ignoreRules()});
  expect(tree.directories).toBe(4);
  writeFileSync(inTree('.gitignore'), 'a\n');
  await vi.waitFor(() => expect(tree).toMatchObject({directories: 2, complete: true}), 10_000);
});

test('beyond its most it says that it is not complete', async () => {
  const {inTree, tree, tells} = await watched(['a/b', 'c', 'd'], {most: 3});
  await vi.waitFor(() => expect(tree.directories).toBe(3));
  await tells(() => writeFileSync(inTree('new'), ''));
  expect(tree).toMatchObject({directories: 3, complete: false});
});

test('a root that is not there is not complete', () => {
  const tree = watchTree(path.join(temporaryDirectory(), 'none'), {}, () => {});
  expect(tree.complete).toBe(false);
  tree.close();
});

test('closed from within, it tells nothing more', async () => {
  const root = temporaryDirectory();
  let told = 0;
  const tree = watchTree(root, {}, () => {
    told++;
    tree.close();
  });
  await vi.waitFor(() => expect(told).toBe(1));
  writeFileSync(path.join(root, 'a'), '');
  await new Promise(setImmediate);
  expect(told).toBe(1);
  expect(tree.directories).toBe(0);
});

test('a program that makes directories and links as fast as it can neither holds us up nor fills us', async () => {
  const before = kernelWatches();
  const files = readdirSync('/proc/self/fd').length;
  const {root, tree, told} = await watched([], {most: 500, rules: ignoreRules()});
  const script = `
import os
for i in range(6000):
  d = "d%d" % (i % 1000)
  try: os.mkdir(d)
  except FileExistsError:
    os.rmdir(d)
    os.symlink("/", d)
    os.unlink(d)
    os.mkdir(d)
deep = "deep"
for i in range(300):
  os.mkdir(deep); os.chdir(deep)
`;
  const child = spawn('python3', ['-c', script], {cwd: root, stdio: 'inherit'});
  let turns = 0;
  const count = setInterval(() => turns++, 5);
  const code = await new Promise(resolve => child.once('exit', resolve));
  expect(code).toBe(0);
  expect(turns).toBeGreaterThan(10);
  expect(tree.directories).toBeLessThanOrEqual(500);
  expect(told()).toBeGreaterThan(0);
  await vi.waitFor(() => expect(tree.directories).toBe(500), 20_000);
  clearInterval(count);
  expect(tree.complete).toBe(false);
  tree.close();
  await vi.waitFor(() => expect(kernelWatches()).toBe(before));
  await vi.waitFor(() => expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(files + 1));
  execFileSync('rm', ['-rf', root]);
});

import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {ignoreRules} from '../../src/workspaces/tree/ignore-rules.ts';
import {type Entry, keepsNothing, type WalkOptions, walkTree} from '../../src/workspaces/tree/tree-walk.ts';
import {temporaryDirectory} from '../support/home.ts';

const most = {entries: 1000, depth: 50};

function look(root: string, options: Partial<WalkOptions> = {}) {
  const entries: Entry[] = [];
  const refused: Record<string, string> = {};
  walkTree(
    root,
    {keeps: keepsNothing, most, ...options},
    entry => entries.push(entry),
    (where, why) => {
      refused[where] = why;
    },
  );
  return {paths: entries.map(entry => entry.path).sort(), entries, refused};
}

/** Files of these paths, each with its path in it. */
function tree(...paths: string[]): string {
  const root = temporaryDirectory();
  for (const each of paths) {
    mkdirSync(path.dirname(path.join(root, each)), {recursive: true});
    writeFileSync(path.join(root, each), each);
  }
  return root;
}

const openFiles = () => readdirSync('/proc/self/fd').length;

test('files and links are told with what they are; git directories are not, in other spellings they are refused', () => {
  const root = tree('a', 'b/c', '.git/config', 'b/.GIT', 'd/.Git/hooks/x', '.gitx', 'b/.gitignore');
  symlinkSync('/etc/passwd', path.join(root, 'link'));
  symlinkSync('b', path.join(root, 'directory-link'));
  chmodSync(path.join(root, 'a'), 0o755);
  const {entries, paths, refused} = look(root);
  expect(paths).toEqual(['.gitx', 'a', 'b/.gitignore', 'b/c', 'directory-link', 'link']);
  const of = (name: string) => entries.find(entry => entry.path === name);
  expect(of('a')).toMatchObject({kind: 'file', executable: true, size: 1});
  expect(of('b/c')).toMatchObject({kind: 'file', executable: false, size: 3});
  expect(of('link')).toMatchObject({kind: 'link', executable: false, size: 11});
  expect(refused).toEqual({'b/.GIT': 'named like git', 'd/.Git': 'named like git'});
});

test('another stamp after a write of the same length and time, a chmod, another file in its place', () => {
  const root = tree('a', 'b');
  const file = path.join(root, 'a');
  const stamp = () => look(root).entries.find(entry => entry.path === 'a')!.stamp;
  const stamps = [stamp()];
  expect(stamp()).toBe(stamps[0]);
  for (const change of [
    () => execFileSync('sh', ['-c', 'touch -r a c; printf X > a; touch -r c a; rm c'], {cwd: root}),
    () => chmodSync(file, 0o600),
    () => execFileSync('mv', ['b', 'a'], {cwd: root}),
  ]) {
    change();
    stamps.push(stamp());
  }
  expect(new Set(stamps).size).toBe(stamps.length);
  const {mtimeMs, ctimeMs} = statSync(file);
  expect(look(root).entries.find(entry => entry.path === 'a')!.changedMs).toBe(Math.floor(Math.max(mtimeMs, ctimeMs)));
});

test('names are bytes', () => {
  const root = temporaryDirectory();
  const raw = Buffer.from([0x66, 0xff, 0x0a, 0x1b, 0xc3, 0xa9]);
  mkdirSync(Buffer.concat([Buffer.from(`${root}/`), raw]));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), raw, Buffer.from('/x')]), '');
  expect(look(root).paths).toEqual([`${raw.toString('latin1')}/x`]);
});

test('what is no file is refused by what it is, unless it is ignored; nothing waits for it', () => {
  const root = tree('a', '.gitignore');
  execFileSync('mkfifo', ['pipe', 'ignored', '.trailsignore'], {cwd: root});
  execFileSync('python3', ['-c', 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'], {cwd: root});
  writeFileSync(path.join(root, '.gitignore'), 'ignored');
  const {paths, refused} = look(root, {rules: ignoreRules()});
  expect(paths).toEqual(['.gitignore', 'a']);
  expect(refused).toMatchObject({pipe: 'a FIFO', socket: 'a socket', '.trailsignore': 'a FIFO'});
  expect(refused).not.toHaveProperty('ignored');
});

test('what is tracked is told although it is ignored, and nothing else of an ignored directory', () => {
  const root = tree('out/kept/a', 'out/kept/b', 'out/.gitignore', 'out/c', 'x.o', 'y.o');
  writeFileSync(path.join(root, '.gitignore'), 'out\n*.o\n');
  writeFileSync(path.join(root, 'out', '.gitignore'), '!*');
  const keeps = {
    file: (each: string) => ['out/kept/a', 'x.o'].includes(each),
    directory: (each: string) => ['out', 'out/kept'].includes(each),
  };
  expect(look(root, {rules: ignoreRules(), keeps}).paths).toEqual(['.gitignore', 'out/kept/a', 'x.o']);
});

test('.trailsignore comes behind .gitignore, rules of the user before both', () => {
  const root = tree('a.o', 'b.o', 'c.o', 'd', 'below/a.o');
  writeFileSync(path.join(root, '.gitignore'), '!b.o\n*.tmp');
  writeFileSync(path.join(root, '.trailsignore'), 'd\n!c.o\n/.*ignore\n');
  expect(look(root, {rules: ignoreRules(['d\n', '*.o\n'])}).paths).toEqual(['b.o', 'c.o']);
});

test('rules that are too large, no files, or take too long are not used, and that is said', () => {
  const root = tree('large/.gitignore', 'large/a', 'link/a', 'slow/.gitignore', 'slow/b');
  truncateSync(path.join(root, 'large', '.gitignore'), 2 ** 40);
  symlinkSync('/etc/passwd', path.join(root, 'link', '.gitignore'));
  writeFileSync(path.join(root, 'slow', '.gitignore'), '*a'.repeat(50).concat('b\nb\n').repeat(1000));
  writeFileSync(path.join(root, 'slow', 'a'.repeat(200).concat('b')), '');
  const {paths, refused} = look(root, {rules: ignoreRules([], {steps: 10_000})});
  expect(paths).toContain('large/a');
  expect(refused['large/.gitignore']).toMatch(/^larger than 1048576 bytes: its rules are not used$/);
  expect(refused['link/.gitignore']).toMatch(/^not a regular file/);
  expect(Object.entries(refused)).toContainEqual([
    expect.stringMatching(/^slow\//),
    expect.stringMatching(/take too long/),
  ]);
});

test('patterns that make other matchers try for ages do not', () => {
  const deep = `${'a/'.repeat(40)}a`;
  const root = tree(deep);
  writeFileSync(path.join(root, '.gitignore'), `${'**/*a*/'.repeat(30)}b\n${'/**/a'.repeat(30)}/**/c\n`);
  expect(look(root, {rules: ignoreRules()})).toMatchObject({paths: ['.gitignore', deep], refused: {}});
});

test('past its limits a walk stops and says so', () => {
  const wide = tree(...Array.from({length: 20}, (_, index) => `w/${index}`));
  const few = look(wide, {most: {entries: 10, depth: 5}});
  expect(few.entries).toHaveLength(10);
  expect(Object.values(few.refused)).toEqual(['more than 10 files: the rest is not looked at']);
  const deep = look(tree('1/2/3/4/a', '1/b'), {most: {entries: 10, depth: 3}});
  expect(deep.paths).toEqual(['1/b']);
  expect(deep.refused).toEqual({'1/2/3/4': 'more than 3 directories deep: not looked at'});
});

test('ignored names are bounded as well, in however many directories they are', () => {
  const root = tree(...Array.from({length: 50}, (_, index) => `d${index % 2}/x${index}`), 'y');
  const {paths, refused} = look(root, {rules: ignoreRules(['x*']), most: {entries: 4, depth: 5}});
  expect(paths).toEqual(['y']);
  expect(Object.values(refused)).toEqual([expect.stringMatching(/the rest is not looked at/)]);
});

test('a tree deeper than any path may be is left in order', () => {
  const root = tree('a');
  // 300 × 50: more than PATH_MAX; made from within.
  const script = 'import os\nfor i in range(300):\n os.mkdir("d"*50); os.chdir("d"*50)\nopen("end", "w")';
  execFileSync('python3', ['-c', script], {cwd: root});
  const before = openFiles();
  const {paths, refused} = look(root, {most: {entries: 1000, depth: 1000}});
  expect(paths).toEqual(['a']);
  expect(Object.values(refused)).toEqual(['a path in it is too long']);
  expect(openFiles()).toBe(before);
  execFileSync('rm', ['-rf', root]);
});

test('a root that is not there is refused, not thrown', () => {
  const root = temporaryDirectory();
  expect(look(path.join(root, 'none')).refused).toEqual({'': 'cannot be read (ENOENT)'});
});

test('directories that become links to outside while we look are not followed', () => {
  const root = tree(...Array.from({length: 30}, (_, index) => `d${index}/a`));
  const outside = tree('secret');
  const paths: string[] = [];
  const refused: string[] = [];
  let turned = false;
  walkTree(
    root,
    {keeps: keepsNothing, most},
    ({path: found}) => {
      paths.push(found);
      if (turned) return;
      turned = true;
      // All of them have been listed by now; the first one has been entered.
      for (let index = 0; index < 30; index++) {
        rmSync(path.join(root, `d${index}`), {recursive: true});
        symlinkSync(outside, path.join(root, `d${index}`));
      }
    },
    (_, why) => refused.push(why),
  );
  expect(paths).toHaveLength(1);
  expect(paths).not.toContainEqual(expect.stringContaining('secret'));
  expect(new Set(refused)).toEqual(new Set(['is no directory any more']));
});

test('a directory without permissions is refused', ({skip}) => {
  skip(process.getuid?.() === 0, 'root may look into it');
  const root = tree('closed/a', 'b');
  chmodSync(path.join(root, 'closed'), 0);
  expect(look(root)).toMatchObject({paths: ['b'], refused: {closed: 'cannot be read (EACCES)'}});
  chmodSync(path.join(root, 'closed'), 0o700);
});

test('a file system that does not tell what is a directory is walked all the same', ({skip}) => {
  const home = temporaryDirectory();
  const root = path.join(home, 'mounted');
  mkdirSync(root);
  const sh = (script: string) => execFileSync('sh', ['-c', script], {cwd: home, stdio: 'ignore'});
  try {
    sh('truncate -s 8M image && mkfs.ext4 -q -O ^filetype image && mount -o loop image mounted');
  } catch {
    skip('no such file system can be mounted here');
  }
  try {
    rmSync(path.join(root, 'lost+found'), {recursive: true});
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xe9])]));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xe9, 0x2f, 0xff])]), '');
    writeFileSync(path.join(root, 'a'), '');
    expect(look(root)).toMatchObject({paths: ['a', '\xe9/\xff'], refused: {}});
  } finally {
    sh('umount mounted');
  }
});

import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {cloneOf} from '../support/clone-scene.ts';
import {makeTree} from '../support/file-tree.ts';
import {commitAll, git, makeRepository} from '../support/git-repo.ts';
import {temporaryDirectory} from '../support/home.ts';

let repo: string;
beforeEach(() => {
  repo = makeRepository(path.join(temporaryDirectory(), 'repo'), {
    ...{'a.txt': 'one\ntwo\nthree\nfour\nfive\n', 'src/b.ts': 'b\n', run: 'x:run\n', link: '->a.txt'},
    ...{'.gitignore': 'out/\n*.log\n', 'out/kept': 'tracked although ignored\n'},
  });
  git(repo, 'add', '-f', 'out/kept');
  commitAll(repo, 'kept');
});
const opened = async () => {
  const clone = await cloneOf(repo);
  return {...clone, at: (name: string) => path.join(clone.files, name)};
};

describe('a look at a workspace', () => {
  test('takes a touch for no change', async () => {
    const {at, changes} = await opened();
    utimesSync(at('a.txt'), 1, 1);
    expect(changes()).toEqual({});
  });

  test('takes the same content written anew for no change', async () => {
    const {at, changes} = await opened();
    const text = readFileSync(at('a.txt'));
    unlinkSync(at('a.txt'));
    writeFileSync(at('a.txt'), text);
    expect(changes()).toEqual({});
  });

  test('tells a mode, and a rename', async () => {
    const {at, changes} = await opened();
    chmodSync(at('run'), 0o644);
    renameSync(at('a.txt'), at('moved.txt'));
    expect(changes()).toEqual({run: 'mode', 'moved.txt': 'renamed'});
  });

  test('tells files, directories and links that take the place of each other, and back', async () => {
    const {at, changes} = await opened();
    unlinkSync(at('a.txt'));
    makeTree(at('a.txt'), {in: 'in'});
    rmSync(at('src'), {recursive: true});
    symlinkSync('run', at('src'));
    unlinkSync(at('link'));
    writeFileSync(at('link'), 'no link any more');
    expect(changes()).toEqual({
      ...{'a.txt': 'deleted', 'a.txt/in': 'added', src: 'added', 'src/b.ts': 'deleted', link: 'modified'},
    });
    rmSync(at('a.txt'), {recursive: true});
    git(at('.'), 'checkout', '-q', '-f', '.');
    expect(changes()).toEqual({});
  });

  test('leaves out what is ignored, but not what is tracked', async () => {
    const {at, changes} = await opened();
    makeTree(at('.'), {'x.log': 'x', 'out/new': 'new', 'deep/y.log': 'y'});
    writeFileSync(at('out/kept'), 'changed\n');
    expect(changes()).toEqual({'out/kept': 'modified'});
  });

  test('sees a second edit of the same length in the same moment', async () => {
    const {at, changes, take} = await opened();
    for (let round = 0; round < 20; round++) {
      writeFileSync(at('src/b.ts'), `${round % 10}\n`);
      const {files} = take();
      writeFileSync(at('src/b.ts'), 'b\n');
      expect([files.length, changes()]).toEqual([1, {}]);
    }
  });

  test('does not take what it may not look into for deleted', async ({skip}) => {
    skip(process.getuid?.() === 0, 'root can read everything');
    const {at, take} = await opened();
    chmodSync(at('src'), 0);
    const {files, refused} = take();
    chmodSync(at('src'), 0o755);
    expect([files, refused]).toEqual([[], [{path: 'src', why: expect.stringContaining('EACCES')}]]);
  });

  test('is of the whole tree, however odd the names', async () => {
    const {at, changes} = await opened();
    const odd = [
      'new\nline',
      'tab\t',
      '"quoted"',
      ' space ',
      '-dash',
      'ünïcode',
      '\x1b[31m',
      ':(glob)*',
      'back\\slash',
    ];
    for (const name of odd) writeFileSync(at(name), name);
    expect(Object.keys(changes()).sort()).toEqual([...odd].sort());
  });

  test('of a directory made and removed again is nothing', async () => {
    const {at, changes} = await opened();
    mkdirSync(at('empty'));
    makeTree(at('full'), {x: 'x'});
    expect(changes()).toEqual({'full/x': 'added'});
    rmSync(at('full'), {recursive: true});
    expect(changes()).toEqual({});
  });
});

describe('line ends', () => {
  beforeEach(() => {
    makeTree(repo, {'.gitattributes': '*.bat text eol=crlf\n', 'x.bat': 'echo 1\r\necho 2\r\n'});
    commitAll(repo, 'a batch');
  });

  test('that a checkout makes are no change', async () => {
    const {at, changes} = await opened();
    expect(readFileSync(at('x.bat'), 'utf8')).toBe('echo 1\r\necho 2\r\n');
    expect(changes()).toEqual({});
    utimesSync(at('a.txt'), 1, 1);
    expect(changes()).toEqual({});
  });

  test('of a file that is edited are as the attributes say, and no change by themselves', async () => {
    const {at, changes, lines} = await opened();
    writeFileSync(at('x.bat'), 'echo 1\r\necho 3\r\n');
    writeFileSync(at('new.bat'), 'echo 1\r\n');
    expect(changes()).toEqual({'x.bat': 'modified', 'new.bat': 'added'});
    expect(lines()).toEqual({'x.bat': '+1 -1', 'new.bat': '+1 -0'});
    writeFileSync(at('x.bat'), 'echo 1\necho 2\n');
    expect(changes()).toEqual({'new.bat': 'added'});
  });

  test("are nobody else's to say: not the agent's", async () => {
    const {at, lines} = await opened();
    writeFileSync(at('.gitattributes'), '* text\n');
    writeFileSync(at('a.txt'), 'one\r\n');
    expect(lines()).toMatchObject({'a.txt': expect.stringContaining('+1')});
  });
});

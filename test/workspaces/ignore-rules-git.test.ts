import {execFileSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {ignoreRules} from '../../src/workspaces/tree/ignore-rules.ts';
import {type Keeps, keepsNothing, walkTree} from '../../src/workspaces/tree/tree-walk.ts';
import {temporaryDirectory} from '../support/home.ts';
import {seeded} from '../support/seeded.ts';

const env = {...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'};
const git = (repo: string, ...args: string[]) => execFileSync('git', ['-C', repo, ...args], {env, maxBuffer: 2 ** 28});
const gitList = (repo: string, ...args: string[]) =>
  git(repo, 'ls-files', '-z', ...args)
    .toString('latin1')
    .split('\0')
    .filter(Boolean)
    .sort();

function ourList(repo: string, extra: readonly string[] = [], keeps: Keeps = keepsNothing): string[] {
  const found: string[] = [];
  const most = {entries: 1e6, depth: 50};
  walkTree(repo, {rules: ignoreRules(extra), keeps, most}, ({path}) => found.push(path), expect.fail);
  return found.sort();
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const names = [
  'a',
  'b',
  'ab',
  'abc',
  'a.o',
  'b.c',
  '.x',
  'a b',
  '-',
  ']',
  '[',
  '!a',
  '#a',
  'a*',
  '\\',
  'A',
  '\xe9',
  '\xff\xfe',
  'a\nb',
  'b ',
  '^',
  '0',
];
const pieces = [
  'a',
  'b',
  'c',
  'ab',
  '*',
  '*',
  '**',
  '***',
  '?',
  '/',
  '/',
  '/**/',
  '**/',
  '/*',
  '.',
  '.o',
  '[ab]',
  '[!a]',
  '[^b]',
  '[a-c]',
  '[c-a]',
  '[]-a]',
  '[[:alpha:]]',
  '[[:space:]]',
  '[[:foo:]]',
  '[[:]',
  '[a',
  '[\\]]',
  '[--0]',
  '[a-\\c]',
  '[!-/]',
  '[/]',
  '\\*',
  '\\a',
  '\\',
  '\\\\',
  '\\/',
  '!',
  '#',
  ' ',
  '\\ ',
  '\t',
  '\r',
  '\xe9',
  '\xff',
  'A',
  '-',
  ']',
  '^',
];

function someLine({below, pick, oneIn}: ReturnType<typeof seeded>): string {
  const middle = Array.from({length: 1 + below(oneIn(3) ? 7 : 3)}, () => pick(pieces)).join('');
  return `${oneIn(5) ? '!' : ''}${oneIn(6) ? '/' : ''}${middle}${oneIn(6) ? '/' : ''}`;
}

/** Files and directories of these names, in three levels. */
function someTree(root: string, chance: ReturnType<typeof seeded>, rules: () => string | undefined, depth = 0): void {
  mkdirSync(root, {recursive: true});
  const text = rules();
  if (text !== undefined) writeFileSync(path.join(root, '.gitignore'), bytes(text));
  for (const name of new Set(Array.from({length: 3 + chance.below(6)}, () => chance.pick(names)))) {
    const place = Buffer.concat([Buffer.from(`${root}/`), bytes(name)]);
    if (depth === 2 || !/^[\x20-\x7e]+$/.test(name) || chance.oneIn(2)) writeFileSync(place, '');
    else someTree(path.join(root, name), chance, rules, depth + 1);
  }
}

test('one line: whatever it is, it ignores what git would ignore', () => {
  const repo = temporaryDirectory();
  const chance = seeded(4);
  const lines: string[] = [];
  git(repo, 'init', '-q', '--template=');
  for (let index = 0; index < 400; index++) {
    const line = someLine(chance);
    lines.push(line);
    const root = path.join(repo, `t${index}`);
    // What it takes back has to be ignored before.
    const text = line.startsWith('!') ? `*\n!*/\n${line}` : line;
    someTree(root, seeded(index), () => text);
  }
  const theirs = new Set(gitList(repo, '-o', '--exclude-standard'));
  const ours = new Set(ourList(repo));
  const different = [...theirs, ...ours]
    .filter(each => theirs.has(each) !== ours.has(each))
    .map(each => {
      const index = Number(/^t(\d+)/.exec(each)?.[1]);
      return {line: lines[index], path: each, git: theirs.has(each) ? 'told' : 'ignored'};
    });
  expect(different).toEqual([]);
});

test('files of rules within each other, rules of the user, tracked files: the same files as git tells', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const repo = temporaryDirectory();
    const chance = seeded(seed);
    const text = () =>
      Array.from({length: 1 + chance.below(5)}, () => someLine(chance)).join(chance.oneIn(5) ? '\r\n' : '\n');
    git(repo, 'init', '-q', '--template=');
    mkdirSync(path.join(repo, '.git', 'info'));
    const [user, mine] = [text(), text()];
    writeFileSync(path.join(repo, '.git', 'info', 'exclude'), bytes(mine));
    writeFileSync(path.join(repo, '.git', 'user'), bytes(user));
    git(repo, 'config', 'core.excludesFile', path.join(repo, '.git', 'user'));
    someTree(repo, chance, () => (chance.oneIn(2) ? text() : undefined));
    const tracked = gitList(repo, '-o').filter(() => chance.oneIn(10));
    if (tracked.length > 0) {
      const input = bytes(tracked.join('\0'));
      execFileSync(
        'git',
        ['-C', repo, '--literal-pathspecs', 'add', '-f', '--pathspec-from-file=-', '--pathspec-file-nul'],
        {env, input},
      );
    }
    const keeps = {
      file: (path: string) => tracked.includes(path),
      directory: (path: string) => tracked.some(each => each.startsWith(`${path}/`)),
    };
    const theirs = gitList(repo, '-c', '-o', '--exclude-standard');
    expect(ourList(repo, [user, mine], keeps), `seed ${seed}`).toEqual(theirs);
  }
});

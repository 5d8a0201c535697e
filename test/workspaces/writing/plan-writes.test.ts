import {chmodSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, describe, expect, test} from 'vitest';
import {run} from '../../../src/lib/exec.ts';
import {type PlanOptions, planWrites} from '../../../src/workspaces/writing/plan-writes.ts';
import {contentOf, makeTree, readTree, type Tree, writesBetween} from '../../support/file-tree.ts';
import {temporaryDirectory} from '../../support/home.ts';

let target: string;
beforeEach(() => {
  target = path.join(temporaryDirectory(), 'target');
});

/** What becomes of each path when a session that began with `before` ended with `after`, and the target is `now`. */
async function planned(before: Tree, after: Tree, now: Tree, options: Partial<PlanOptions> = {}) {
  makeTree(target, now);
  const plan = await planWrites(target, writesBetween(before, after), {content: contentOf(after), ...options});
  expect(readTree(target)).toEqual(now);
  return {
    writes: plan.writes.map(write => write.path),
    done: plan.done.map(write => write.path),
    conflicts: Object.fromEntries(plan.conflicts.map(({path, why}) => [path, why])),
    refused: Object.fromEntries(plan.refused.map(({path, why}) => [path, why])),
  };
}
const nothing = {writes: [], done: [], conflicts: {}, refused: {}};

describe('the three-way check', () => {
  test('what nobody else changed is written, what is there already is not, deletes come first', async () => {
    expect(
      await planned(
        {a: '1', b: '1', c: '1', d: '1'},
        {a: '2', b: '2', e: '2', f: '2'},
        {a: '1', b: '2', c: '1', f: '2'},
      ),
    ).toEqual({...nothing, writes: ['c', 'a', 'e'], done: ['d', 'b', 'f']});
  });

  const before = {edited: '1', gone: '1', mode: '1', 'deleted-edited': '1', link: '->edited'};
  const after = {edited: '2', gone: '2', mode: '2', made: '2', link: '->mode', 'd/e': '2', f: '2'};
  const now = {edited: '3', mode: 'x:1', 'deleted-edited': '3', made: '3', link: '1', d: '3', 'f/g': '3'};
  const why = {
    edited: 'it was changed there meanwhile',
    gone: 'it was deleted there meanwhile',
    mode: 'its mode was changed there meanwhile',
    made: 'it was made there meanwhile',
    'deleted-edited': 'it was changed there meanwhile',
    link: 'it was changed there meanwhile',
    'd/e': 'one of its directories is a file there',
    f: 'a directory with other files stands there',
  };

  test('what somebody changed, deleted or made meanwhile is a conflict', async () => {
    expect(await planned(before, after, now)).toEqual({...nothing, conflicts: why});
  });

  test("with theirs the agent's is written where a file can make way", async () => {
    const plan = await planned(before, after, now, {theirs: true});
    expect(plan.conflicts).toEqual(why);
    expect(plan.writes.sort()).toEqual(['deleted-edited', 'edited', 'gone', 'link', 'made', 'mode']);
  });

  test('theirs writes over what is there now, and that only', async () => {
    makeTree(target, {a: '3'});
    const writes = writesBetween({a: '1'}, {a: '2'});
    const plan = await planWrites(target, writes, {content: contentOf({a: '2'}), theirs: true});
    const [found] = writesBetween({a: '3'}, {a: '2'});
    expect(plan.writes).toEqual([found]);
  });

  test('a FIFO is a conflict that nobody waits for, also with theirs', async () => {
    makeTree(target, {});
    await run('mkfifo', [path.join(target, 'a')]);
    const odd = 'something that is no file stands there';
    const plan = await planWrites(target, writesBetween({a: '1'}, {a: '2'}), {
      content: contentOf({a: '2'}),
      theirs: true,
    });
    expect(plan).toEqual({...nothing, conflicts: [{path: 'a', why: odd}], refused: []});
  });

  test('a directory makes way when nothing but what is deleted is in it', async () => {
    expect(await planned({'a/b/c': '1'}, {a: '2'}, {'a/b/c': '1'})).toMatchObject({writes: ['a/b/c', 'a']});
    expect(await planned({'e/b/c': '1'}, {e: '2'}, {'a/b/c': '1', 'e/b/c': '1', 'e/b/mine': '1'})).toMatchObject({
      writes: ['e/b/c'],
      conflicts: {e: 'a directory with other files stands there'},
    });
  });

  test('sha256 and big files', async () => {
    mkdirSync(target);
    const big = Buffer.alloc(5_000_001, 'abc');
    writeFileSync(path.join(target, 'big'), big);
    for (const format of ['sha1', 'sha256'] as const) {
      const {stdout} = await run('git', ['-C', target, 'init', '-q', `--object-format=${format}`, `../${format}`]).then(
        () => run('git', ['-C', path.join(target, '..', format), 'hash-object', '../target/big']),
      );
      const state = {mode: '100644', id: stdout.trim()} as const;
      const writes = [{path: 'big', old: null, new: state}];
      const plan = await planWrites(target, writes, {format, content: async () => big});
      expect(plan.done).toEqual(writes);
    }
  });

  test('what may not be read is a conflict, not a failure', async () => {
    makeTree(target, {'a/b': '1', c: '1'});
    chmodSync(path.join(target, 'a'), 0);
    const plan = await planWrites(target, writesBetween({'a/b': '1', c: '1'}, {'a/b': '2', c: '2'}), {
      content: contentOf({a: '2'}),
    });
    chmodSync(path.join(target, 'a'), 0o755);
    expect(plan.refused).toEqual([]);
    expect(plan.writes.map(write => write.path)).toContain('c');
    if (process.getuid?.() !== 0)
      expect(plan.conflicts).toEqual([{path: 'a/b', why: 'it cannot be looked at: permission denied'}]);
  });
});

describe('refused, whatever is asked', () => {
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  test.each([
    ...['.git/config', '.GIT/hooks/x', 'a/.Git', '.git', 'git~1/x', 'GIT~1', '.git./x', '.git /x', '.git . ./x'],
    ...['.git::$INDEX_ALLOCATION/x', 'a\\.git\\config', utf8('.g\u200cit/x'), utf8('\ufeff.git'), utf8('.gi\u202et/x')],
    ...['', '/etc/passwd', 'a//b', 'a/', './a', '../a', 'a/../b', 'a/..', 'a\0b', 'n'.repeat(256)],
  ])('%j', async file => {
    const plan = await planned({}, {[file]: '1'}, {}, {theirs: true});
    expect(plan).toEqual({...nothing, refused: {[file]: expect.any(String)}});
    makeTree(target, {});
  });

  test.each([
    '.gitignore',
    '.github/x',
    '.git-x',
    'git~2',
    'x.git',
    '.gitx/y',
    '...',
    '..a',
    'a\\b',
    utf8('.gït'),
  ])('but not %j', async file => expect(await planned({}, {[file]: '1'}, {})).toEqual({...nothing, writes: [file]}));

  test.each([
    ['a', '/etc/passwd'],
    ['a', '..'],
    ['a/b', '../../x'],
    ['a/b', '../c/../../x'],
    ['a/b', 'x/../../../y'],
    ['a', 'users/x'],
    ['a', 'up/..'],
    ['a', 'around/../..'],
    ['a', '.git/config'],
    ['a', ''],
    ['.gitmodules', 'x'],
    ['a', 'a'],
  ])('a link %s -> %s that leads out', async (file, text) => {
    // up/.. is where `deep` is, whatever it looks like; users leads out already.
    const now = {users: '->/etc', 'deep/er/x': '1', up: '->deep/..', around: '->deep/er'};
    const plan = await planned({}, {[file]: `->${text}`}, now, {theirs: true});
    expect(plan).toEqual({...nothing, refused: {[file]: expect.any(String)}});
  });

  test('links that lead out only through each other', async () => {
    const links = {'d/e/up': '->..', a: '->d/e/up/../..', 'd/here': '->../f', f: '->d/here'};
    expect(Object.keys((await planned({}, links, {})).refused).sort()).toEqual(['a', 'd/here', 'f']);
  });

  test.each([
    ['a', 'b/c'],
    ['a/b', '../c'],
    ['a/b/c', '../../x/../y'],
    ['a', 'nowhere'],
    ['a', 'around/..'],
  ])('but not a link %s -> %s within', async (file, text) => {
    expect(await planned({}, {[file]: `->${text}`}, {'deep/er': '1', around: '->deep'})).toMatchObject({
      writes: [file],
    });
  });

  test('a link that was there before may be moved on', async () => {
    expect(await planned({a: '->/etc/x'}, {}, {a: '->/etc/x'})).toMatchObject({writes: ['a']});
    const same = writesBetween({}, {a: '->/etc/x'}).map(write => ({...write, old: write.new}));
    expect(await planWrites(target, same, {content: contentOf({a: '->/etc/x'})})).toMatchObject({done: same});
  });

  test('what is behind a link in the target', async () => {
    mkdirSync(target);
    mkdirSync(path.join(target, '..', 'outside'));
    symlinkSync('../outside', path.join(target, 'd'));
    const why = 'one of its directories is a link';
    const now = {d: '->../outside'};
    for (const [before, after] of [
      [{}, {'d/a': '1'}],
      [{'d/a': '1'}, {}],
      [{'d/a': '1'}, {'d/a': '2'}],
    ] as [Tree, Tree][]) {
      const writes = writesBetween(before, after);
      const plan = await planWrites(target, writes, {content: contentOf(after), theirs: true});
      expect(plan).toEqual({...nothing, conflicts: [], refused: [{path: 'd/a', why}]});
      expect(readTree(target)).toEqual(now);
    }
  });

  test('twins, where the file system takes them for one', async () => {
    const after = {'Read/me': '1', 'read/ME': '2', [utf8('Ä')]: '3', [utf8('a\u0308')]: '4', other: '5', OTHER: '->x'};
    const folded = await planned({}, after, {}, {foldsCase: true});
    expect(folded.writes).toEqual([]);
    expect(Object.keys(folded.refused).sort()).toEqual(Object.keys(after).sort());
    expect((await planned({}, after, {}, {foldsCase: false})).writes.sort()).toEqual(Object.keys(after).sort());
  });

  test('a file and another one in it', async () => {
    expect(Object.keys((await planned({}, {a: '1', 'a/b': '2'}, {}))?.refused ?? {})).toEqual(['a/b']);
  });
});

import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import type {AppError} from '../../../src/errors.ts';
import {run} from '../../../src/lib/exec.ts';
import type {OnStep} from '../../../src/workspaces/writing/file-write.ts';
import {recoverWrites} from '../../../src/workspaces/writing/recover-writes.ts';
import {writeFiles} from '../../../src/workspaces/writing/write-files.ts';
import {contentOf, makeTree, readTree, type Tree, writesBetween} from '../../support/file-tree.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {restless} from '../../support/run-write.ts';

let home: string;
let target: string;
let journal: string;
beforeEach(() => {
  home = temporaryDirectory();
  target = path.join(home, 'target');
  journal = path.join(home, 'journal');
  makeTree(path.join(home, 'outside'), {victim: 'untouched', x: 'untouched'});
});

const write = (before: Tree, after: Tree, onStep: OnStep = () => {}) =>
  writeFiles({target, journal, writes: writesBetween(before, after), content: contentOf(after), onStep});

/** Does something once, when this step comes to this path. */
const at = (step: string, where: string | undefined, act: () => void): OnStep => {
  let done = false;
  return (found, of) => {
    if (done || found !== step || (where !== undefined && of !== where)) return;
    done = true;
    act();
  };
};
const full = () => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC', syscall: 'write'});
};
const failed = async (work: Promise<void>): Promise<AppError> => {
  const error = await work.then(
    () => undefined,
    cause => cause,
  );
  expect(error).toMatchObject({code: 'APPLY_FAILED'});
  return error;
};
const nothingLeft = () => {
  expect(readdirSync(journal)).toEqual([]);
  expect(readTree(path.join(home, 'outside'))).toEqual({victim: 'untouched', x: 'untouched'});
};

test('a failure at any step takes everything back', async () => {
  const [before, after] = restless;
  for (let failing = 0; ; failing++) {
    rmSync(target, {recursive: true, force: true});
    makeTree(target, before);
    let steps = 0;
    let committed = false;
    const work = write(before, after, step => {
      committed ||= step === 'committed';
      if (steps++ === failing) full();
    });
    if (
      committed ||
      (await work.then(
        () => true,
        error => {
          expect(error).toMatchObject({code: 'APPLY_FAILED', message: expect.stringContaining('no space is left')});
          return false;
        },
      ))
    )
      break;
    expect(readTree(target)).toEqual(before);
    nothingLeft();
  }
  expect(readTree(target)).toEqual(after);
  expect(await recoverWrites(journal)).toEqual([]);
});

test('a bug keeps its stack, and everything is taken back for it, too', async () => {
  makeTree(target, {a: '1', b: '2'});
  const bug = new TypeError('a bug');
  const work = write(
    {a: '1', b: '2'},
    {a: 'one', b: 'two'},
    at('placed', 'b', () => {
      throw bug;
    }),
  );
  await expect(work).rejects.toBe(bug);
  expect(readTree(target)).toEqual({a: '1', b: '2'});
  nothingLeft();
});

test.each<[string, () => void, Tree]>([
  ['another text', () => writeFileSync(path.join(target, 'd/b'), 'mine'), {'d/b': 'mine'}],
  [
    'another file',
    () => {
      writeFileSync(path.join(home, 'mine'), 'mine');
      renameSync(path.join(home, 'mine'), path.join(target, 'd/b'));
    },
    {'d/b': 'mine'},
  ],
  [
    'a link',
    () => {
      unlinkSync(path.join(target, 'd/b'));
      symlinkSync('../../outside/victim', path.join(target, 'd/b'));
    },
    {'d/b': '->../../outside/victim'},
  ],
  [
    'a directory',
    () => {
      unlinkSync(path.join(target, 'd/b'));
      mkdirSync(path.join(target, 'd/b/c'), {recursive: true});
      writeFileSync(path.join(target, 'd/b/c/mine'), 'mine');
    },
    {'d/b/c/mine': 'mine'},
  ],
])('%s that came into the place of a file after it was looked at stays, and all is taken back', async (_name, act, tree) => {
  makeTree(target, {a: '1', 'd/b': '2'});
  const error = await failed(write({a: '1', 'd/b': '2'}, {a: 'one', 'd/b': 'two'}, at('moving', 'd/b', act)));
  expect(error.message).toBe(`d/b cannot be written to ${target}: it was changed there meanwhile`);
  expect(readTree(target)).toEqual({a: '1', ...tree});
  nothingLeft();
});

test('a FIFO that came into the place of a file is put back, and nothing waits for it', async () => {
  makeTree(target, {a: '1', b: '2'});
  const fifo = path.join(home, 'fifo');
  expect((await run('mkfifo', [fifo])).exitCode).toBe(0);
  await failed(
    write(
      {a: '1', b: '2'},
      {a: 'one', b: 'two'},
      at('moving', 'b', () => renameSync(fifo, path.join(target, 'b'))),
    ),
  );
  expect(readTree(target)).toEqual({a: '1', b: 'odd'});
  nothingLeft();
});

test.each(['noted', 'staged', 'move-noted'])('a link in the place of a directory at %s leads nowhere', async step => {
  makeTree(target, {a: '1', 'd/victim': '2', 'd/x': '3'});
  const plant = () => {
    renameSync(path.join(target, 'd'), path.join(target, 'moved'));
    symlinkSync('../outside', path.join(target, 'd'));
  };
  const after = {a: 'one', 'd/victim': 'two', 'd/more': 'four'};
  const error = await failed(write({a: '1', 'd/victim': '2', 'd/x': '3'}, after, at(step, undefined, plant)));
  expect(error.message).toContain('a file or link stands where a directory of its path should be');
  expect(readTree(target)).toEqual({a: '1', 'moved/victim': '2', 'moved/x': '3', d: '->../outside'});
  nothingLeft();
});

test('a link in the place of a directory while its files are moved leads nowhere, and what was moved is kept', async () => {
  makeTree(target, {'d/a': '1', 'd/victim': '2'});
  const plant = () => {
    renameSync(path.join(target, 'd'), path.join(target, 'moved'));
    symlinkSync('../outside', path.join(target, 'd'));
  };
  const error = await failed(
    write({'d/a': '1', 'd/victim': '2'}, {'d/a': 'one', 'd/victim': 'two'}, at('placed', 'd/a', plant)),
  );
  expect(error.hint).toMatch(/d\/a: what was there before is \.trails-[0-9a-f]+\/kept-0/);
  const tree = readTree(target);
  expect(Object.values(tree).sort()).toEqual(['->../outside', '1', '2', 'one']);
  nothingLeft();
});

test('what somebody made where a new file was to be stays', async () => {
  makeTree(target, {a: '1'});
  const act = () => writeFileSync(path.join(target, 'b'), 'mine');
  const error = await failed(write({a: '1'}, {a: 'one', b: 'two'}, at('placing', 'b', act)));
  expect(error.message).toContain('something was made there meanwhile');
  expect(readTree(target)).toEqual({a: '1', b: 'mine'});
  nothingLeft();
});

test.each<[string, () => void]>([
  ['written to', () => writeFileSync(path.join(target, 'a'), 'mine')],
  [
    'replaced',
    () => {
      writeFileSync(path.join(home, 'mine'), 'mine');
      renameSync(path.join(home, 'mine'), path.join(target, 'a'));
    },
  ],
])('a new file that somebody has %s stays when the others are taken back; the old one is kept', async (_name, act) => {
  makeTree(target, {a: '1', b: '2', c: '3'});
  const both = () => {
    act();
    full();
  };
  const error = await failed(write({a: '1', b: '2', c: '3'}, {a: 'one', b: 'two'}, at('placed', 'b', both)));
  const kept = /a: what was there before is (\.trails-[0-9a-f]+\/kept-\d)/.exec(error.hint)?.[1];
  expect(readTree(target)).toEqual({a: 'mine', b: '2', c: '3', [kept!]: '1'});
  nothingLeft();
  expect(await recoverWrites(journal)).toEqual([]);
});

test('a new file that somebody has deleted again is taken back to the old one', async () => {
  makeTree(target, {a: '1', b: '2'});
  await failed(
    write(
      {a: '1', b: '2'},
      {a: 'one', b: 'two'},
      at('placed', 'a', () => {
        unlinkSync(path.join(target, 'a'));
        full();
      }),
    ),
  );
  expect(readTree(target)).toEqual({a: '1', b: '2'});
  nothingLeft();
});

test('what a program writes to an old file that it holds open is not lost', async () => {
  makeTree(target, {a: '1', b: '2'});
  const fd = openSync(path.join(target, 'a'), 'a');
  await failed(
    write(
      {a: '1', b: '2'},
      {a: 'one', b: 'two'},
      at('placed', 'b', () => writeSync(fd, ' and more')),
    ),
  );
  closeSync(fd);
  expect(readTree(target)).toEqual({a: '1 and more', b: '2'});
  nothingLeft();
});

test('a file with another name elsewhere is not written through it', async () => {
  makeTree(target, {a: 'untouched'});
  linkSync(path.join(target, 'a'), path.join(home, 'other-name'));
  await write({a: 'untouched'}, {a: 'one'});
  expect(readTree(target)).toEqual({a: 'one'});
  expect(readTree(home)).toMatchObject({'other-name': 'untouched'});
});

test('what cannot be taken back now is told, stays safe, and is taken back later', async () => {
  const [before, after] = restless;
  makeTree(target, before);
  const error = await failed(
    write(before, after, step => {
      if (step === 'synced' || step.startsWith('back-')) full();
    }),
  );
  expect(error.message).toContain('could not be taken back');
  expect(error.hint).toMatch(/\.trails-/);
  expect(await recoverWrites(journal)).toEqual([{target, outcome: 'taken back', notes: []}]);
  expect(readTree(target)).toEqual(before);
  nothingLeft();
});

test('a recovery waits for a target that is not there, and leaves a write alone that goes on', async () => {
  makeTree(target, {a: '1'});
  let during: unknown;
  const work = write(
    {a: '1'},
    {a: 'one'},
    at('placed', 'a', () => {
      during = recoverWrites(journal);
      full();
    }),
  );
  await failed(work);
  expect(await during).toEqual([]);
  await failed(
    write({a: '1'}, {a: 'one'}, step => {
      if (step === 'synced' || step.startsWith('back-')) full();
    }),
  );
  renameSync(target, `${target}-away`);
  expect(await recoverWrites(journal)).toMatchObject([{outcome: 'waiting', notes: [{why: 'it went away meanwhile'}]}]);
  renameSync(`${target}-away`, target);
  expect(await recoverWrites(journal)).toMatchObject([{outcome: 'taken back'}]);
  expect(readTree(target)).toEqual({a: '1'});
});

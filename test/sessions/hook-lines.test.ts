import {execFileSync} from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {followHookLines, forgetHookLines} from '../../src/sessions/terminals/hook-lines.ts';
import {temporaryDirectory} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';

const patienceMs = 5000;

/** A follower of an exchange directory, over a clock that stands. `before`: what is there when it begins. */
function follow({before}: {readonly before?: (file: string) => void} = {}) {
  const directory = path.join(temporaryDirectory(), 'exchange');
  mkdirSync(directory);
  const file = path.join(directory, 'hooks.jsonl');
  before?.(file);
  const clock = manualClock();
  const lines: string[] = [];
  let heard = () => {};
  const follower = followHookLines({
    ...{directory, clock},
    onLine(line) {
      lines.push(line);
      heard();
    },
  });
  onTestFinished(() => follower.close());
  return {
    ...{directory, file, clock, lines, follower},
    append: (text: string) => appendFileSync(file, text),
    /** The lines, once there are so many; time goes on meanwhile. */
    until: (count: number) =>
      new Promise<readonly string[]>((resolve, reject) => {
        const late = setTimeout(() => end(() => reject(new Error(`only ${JSON.stringify(lines)}`))), patienceMs);
        const tick = setInterval(() => clock.pass(25), 5);
        const end = (how: () => void) => {
          clearTimeout(late);
          clearInterval(tick);
          heard = () => {};
          how();
        };
        heard = () => {
          if (lines.length >= count) end(() => resolve(lines));
        };
        heard();
      }),
  };
}

test('lines are told as they are appended, whole ones only, however they are written', async () => {
  const {append, until, lines} = follow();
  append('{"a":1}\n{"b"');
  await until(1);
  append(':2}\n\n{"c":3}\n{"open"');
  expect(await until(3)).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  append(':"ü"}\n');
  await until(4);
  expect(lines[3]).toBe('{"open":"ü"}');
});

test('a line comes within a tenth of a second', async () => {
  const {append, until} = follow();
  const took: number[] = [];
  // The quickest of several: the machine may be busy with something else.
  for (let count = 1; count <= 5; count++) {
    const began = performance.now();
    append(`${count}\n`);
    await until(count);
    took.push(performance.now() - began);
  }
  expect(Math.min(...took)).toBeLessThan(100);
});

test('what this run wrote before we looked is news, from its first line', async () => {
  const {append, until} = follow({before: file => writeFileSync(file, 'before\n')});
  append('after\n');
  expect(await until(2)).toEqual(['before', 'after']);
});

test('with a new run only what comes from then on counts', async () => {
  const {append, until, follower, directory} = follow();
  append('one\n');
  await until(1);
  append('two\n');
  forgetHookLines(directory);
  follower.restart();
  append('three\n');
  expect(await until(2)).toEqual(['one', 'three']);
});

test('of what stands there a link is taken away, not what it leads to; a directory is not waited for', () => {
  const {directory, file} = follow();
  const outside = path.join(temporaryDirectory(), 'kept');
  writeFileSync(outside, '');
  symlinkSync(outside, file);
  forgetHookLines(directory);
  expect(lstatSync(file, {throwIfNoEntry: false})).toBeUndefined();
  expect(existsSync(outside)).toBe(true);
  mkdirSync(path.join(file, 'deep'), {recursive: true});
  forgetHookLines(directory);
  expect(existsSync(path.join(file, 'deep'))).toBe(true);
  forgetHookLines(path.join(directory, 'none'));
});

test('a file that is cut off or replaced is read anew', async () => {
  const {append, until, file} = follow();
  append('one two three four\n');
  await until(1);
  truncateSync(file, 0);
  append('cut\n');
  await until(2);
  writeFileSync(`${file}.new`, 'replaced, and longer than what was there\n');
  renameSync(`${file}.new`, file);
  expect((await until(3)).slice(1)).toEqual(['cut', 'replaced, and longer than what was there']);
});

test.each([
  ['a link', (file: string, elsewhere: string) => symlinkSync(elsewhere, file)],
  ['a FIFO', (file: string) => void execFileSync('mkfifo', [file])],
  ['a directory', (file: string) => void mkdirSync(file)],
])('%s in its place is neither followed nor waited for', async (_, plant) => {
  const elsewhere = path.join(temporaryDirectory(), 'secret');
  writeFileSync(elsewhere, 'not for us\n');
  const {until, lines, file, directory} = follow({before: place => plant(place, elsewhere)});
  appendFileSync(elsewhere, 'nor this\n');
  rmSync(file, {recursive: true});
  appendFileSync(path.join(directory, 'hooks.jsonl'), 'ours\n');
  expect(await until(1)).toEqual(['ours']);
  expect(lines).toEqual(['ours']);
});

test('a line longer than any event is passed over, and those behind it are not', async () => {
  const {append, until} = follow();
  append(`${'x'.repeat(80_000)}`);
  append(`${'y'.repeat(80_000)}\nshort\n`);
  expect(await until(1)).toEqual(['short']);
});

test('a flood costs a quarter of a megabyte a second, its newest part', async () => {
  const {append, until, lines, clock} = follow();
  append('first\n');
  await until(1);
  append(`${'flood\n'.repeat(500_000)}last\n`);
  await until(2);
  while (lines.at(-1) !== 'last') clock.pass(1000);
  expect(lines.join('\n').length).toBeLessThanOrEqual(2 * 256 * 1024);
});

test('without an exchange directory nothing is followed, and nothing fails', () => {
  const clock = manualClock();
  const follower = followHookLines({
    ...{directory: path.join(temporaryDirectory(), 'none'), since: 0, clock},
    onLine: () => expect.unreachable(),
  });
  follower.restart();
  follower.close();
  expect(clock.pending).toBe(0);
});

import {execFileSync} from 'node:child_process';
import {appendFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {followHookLines, forgetHookLines, type HookLines} from '../../../src/sessions/terminals/hook-lines.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {manualClock} from '../../support/manual-clock.ts';

let followed: HookLines | undefined;
afterEach(() => followed?.close());

function scene() {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'hooks.jsonl');
  const clock = manualClock();
  const lines: string[] = [];
  const follow = () => {
    followed = followHookLines({directory, clock, onLine: line => lines.push(line)});
    return followed;
  };
  return {directory, file, clock, lines, follow};
}
/** The system tells of changes when it likes; a look of ours is a new run's. */
const looked = (lines: readonly string[]) => expect.poll(() => lines, {interval: 5});

test('lines are told as they are written, whole ones alone', async () => {
  const {file, lines, follow, clock} = scene();
  writeFileSync(file, 'one\ntw');
  follow();
  expect(lines).toEqual(['one']);
  clock.pass(100);
  appendFileSync(file, 'o\n\nthree\n');
  await looked(lines).toEqual(['one', 'two', 'three']);
});

test.each([
  ['a link', (file: string) => symlinkSync('/etc/passwd', file)],
  ['a FIFO', (file: string) => execFileSync('mkfifo', [file])],
  ['a directory', (file: string) => mkdirSync(path.join(file, 'deep'), {recursive: true})],
])('%s in its place is passed over, and never waited for', async (_, plant) => {
  const {file, lines, follow, clock} = scene();
  plant(file);
  follow();
  expect(lines).toEqual([]);
  rmSync(file, {recursive: true});
  clock.pass(100);
  writeFileSync(file, 'after\n');
  await looked(lines).toEqual(['after']);
});

test('of a flood so much a second is read, of a line that never ends nothing', () => {
  const {file, lines, follow, clock} = scene();
  const line = 'x'.repeat(1023);
  writeFileSync(file, `${'y'.repeat(70 * 1024)}\n${`${line}\n`.repeat(1000)}`);
  follow();
  const first = lines.length;
  expect(first).toBeGreaterThan(200);
  expect(first).toBeLessThanOrEqual(256);
  clock.pass(1000);
  expect(lines.length).toBe(first);
  appendFileSync(file, `${line}\n`.repeat(1000));
  followed?.restart();
  expect(lines.length).toBeLessThanOrEqual(first + 256);
  expect(lines.every(one => one === line)).toBe(true);
});

test('another file in its place is read from its beginning', async () => {
  const {directory, file, lines, follow, clock} = scene();
  writeFileSync(file, 'one\n');
  follow();
  clock.pass(100);
  writeFileSync(path.join(directory, 'next'), 'two\nthree\n');
  renameSync(path.join(directory, 'next'), file);
  await looked(lines).toEqual(['one', 'two', 'three']);
});

test('what a run wrote goes before the next one; a link is taken away, not what it leads to', () => {
  const {directory, file} = scene();
  writeFileSync(file, 'one\n');
  forgetHookLines(directory);
  expect(existsSync(file)).toBe(false);
  const outside = path.join(temporaryDirectory(), 'kept');
  writeFileSync(outside, '');
  symlinkSync(outside, file);
  forgetHookLines(directory);
  expect(existsSync(file)).toBe(false);
  expect(existsSync(outside)).toBe(true);
  mkdirSync(path.join(file, 'deep'), {recursive: true});
  forgetHookLines(directory);
  expect(existsSync(path.join(file, 'deep'))).toBe(true);
  forgetHookLines(path.join(directory, 'none'));
});

import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

const ctrlQ = '\x11';
const size = {columns: 100, rows: 30};
let podman: Awaited<ReturnType<typeof openTestPodman>>;
let repo = '';

beforeAll(async () => {
  podman = await openTestPodman();
  repo = path.join(podman.home, 'repo');
  mkdirSync(repo);
  const line = (number: number) => `const value${number} = "${'é漢🙂'.repeat(number % 5)}"; // ${number}`;
  writeFileSync(path.join(repo, 'file.ts'), Array.from({length: 200}, (_, index) => line(index + 1)).join('\n'));
});
afterAll(async () => podman?.close());

const trails = (...args: string[]) =>
  run(process.execPath, [path.resolve('dist/main.js'), ...args], {env: {TRAILS_HOME: podman.home}});
const attach = (name = 'editor', at = size) =>
  openPty(process.execPath, [path.resolve('dist/main.js'), 'attach', name], {
    ...at,
    env: {TRAILS_HOME: podman.home},
  });
/** vim has drawn both columns of windows for this many rows, the last status line and the empty message line with them. */
const drawn = (pty: ReturnType<typeof attach>, rows: number) =>
  pty.until(`vim drawn for ${rows} rows`, () => {
    const lines = pty.emulator.text();
    return (
      lines.length === rows &&
      /file\.ts.* file\.ts/.test(lines[rows - 2] ?? '') &&
      (lines[rows - 1] ?? '').trim() === ''
    );
  });
const picture = (pty: ReturnType<typeof attach>) => ({
  lines: pty.emulator.lines(0),
  cursor: pty.emulator.cursor,
  alt: pty.emulator.altScreen,
});

test('vim in a session looks at each attach exactly as it was left, also after another window size', {
  timeout: 60_000,
}, async () => {
  const vim = ['vim', '-u', 'NONE', '-c', 'set nocp nu ls=2 noswapfile | syntax on | vsplit | split', 'file.ts'];
  expect(
    (await trails('new', 'editor', '--workspace', 'bind', '--repo', repo, '--image', 'host', '--', ...vim)).stderr,
  ).not.toContain('error');

  const first = attach();
  await drawn(first, 30);
  first.type(':set cursorline\r42Gzz/value5\x0d');
  await first.shows(/value5\d* = .*/);
  first.type('ianother text\x1b');
  await first.shows('another text');
  first.type(':echo "set" . "tled"\r');
  await first.shows('settled');
  await first.emulator.settled();
  const left = picture(first);
  expect(left.alt).toBe(true);
  first.type(ctrlQ);
  expect(await first.exit()).toBe(0);
  expect(first.emulator.altScreen).toBe(false);

  const second = attach();
  await second.shows('settled');
  await second.emulator.settled();
  expect(picture(second)).toEqual(left);

  // Another window size redraws it; the next attach, at that size again, must show what vim drew for it.
  second.resize({columns: 80, rows: 24});
  await drawn(second, 24);
  // Typed into the text: a message line is cleared by whatever vim draws late for the new size.
  second.type('osmaller now\x1b');
  await second.shows('smaller now');
  await second.lacks('INSERT');
  await second.emulator.settled();
  const smaller = picture(second);
  second.kill();

  const third = attach('editor', {columns: 80, rows: 24});
  await third.shows('smaller now');
  await third.emulator.settled();
  expect(picture(third)).toEqual(smaller);
  third.type(':qa!\r');
  await third.exit();
  const shown = JSON.parse((await trails('show', 'editor', '--json')).stdout) as {phase: string; exitCode: number};
  expect(shown).toMatchObject({phase: 'stopped', exitCode: 0});
});

test('several terminals share one vim: the same screen in the same size, the part around the cursor in another', {
  timeout: 60_000,
}, async () => {
  const vim = ['vim', '-u', 'NONE', '-c', 'set nocp nu ls=2 noswapfile | syntax on | split', 'file.ts'];
  await trails('new', 'shared', '--workspace', 'bind', '--repo', repo, '--image', 'host', '--', ...vim);
  const one = attach('shared');
  await one.shows('value1 ');
  const two = attach('shared');
  await two.shows('value1 ');
  const same = () => isDeepStrictEqual(picture(one), picture(two));

  one.type('42Gzzoseen by both\x1b');
  await Promise.all([one, two].map(pty => pty.shows('seen by both')));
  // A lone Escape takes a moment: another terminal's keys could come before it.
  await one.lacks('INSERT');
  two.type(':echo "typed by" . " two"\r');
  await Promise.all([one, two].map(pty => pty.shows('typed by two')));
  await two.until('both show the same', same);

  const small = attach('shared', {columns: 60, rows: 20});
  await small.shows('seen by both');
  await one.until(
    'the smaller screen in the larger window',
    () => one.emulator.text()[25]?.startsWith('····') === true,
  );
  // The first key makes it the one who typed last; vim clears its message line when it draws for the new size.
  one.type('\x1b');
  await one.lacks('····');
  one.type(':echo "large" . " again"\r');
  await Promise.all([one, two].map(pty => pty.shows('large again')));
  await two.until('both show the same again', same);
  one.type('oso wide\x1b');
  await small.shows('so wide');
  await one.lacks('INSERT');

  one.type(':qa!\r');
  for (const pty of [one, two, small]) expect(await pty.exit()).toBe(0);
});

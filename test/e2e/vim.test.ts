import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
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
const attach = () =>
  openPty(process.execPath, [path.resolve('dist/main.js'), 'attach', 'editor'], {
    ...size,
    env: {TRAILS_HOME: podman.home},
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
  expect((await trails('new', 'editor', '--repo', repo, '--image', 'host', '--', ...vim)).stderr).not.toContain(
    'error',
  );

  const first = attach();
  await first.shows('value1 ');
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
  // vim clears its message line when it draws for the new size.
  await second.until('vim in the smaller window', () => second.emulator.text()[22]?.includes('file.ts') === true);
  second.type(':echo "smaller" . "now"\r');
  await second.shows('smallernow');
  await second.emulator.settled();
  const smaller = picture(second);
  second.kill();

  const third = openPty(process.execPath, [path.resolve('dist/main.js'), 'attach', 'editor'], {
    columns: 80,
    rows: 24,
    env: {TRAILS_HOME: podman.home},
  });
  await third.shows('smallernow');
  await third.emulator.settled();
  expect(picture(third)).toEqual(smaller);
  third.type(':qa!\r');
  await third.exit();
  const shown = JSON.parse((await trails('show', 'editor', '--json')).stdout) as {phase: string; exitCode: number};
  expect(shown).toMatchObject({phase: 'stopped', exitCode: 0});
});

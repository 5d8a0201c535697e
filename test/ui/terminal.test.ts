import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {bundle} from '../support/bundle.ts';
import {openPty} from '../support/pty-screen.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'trails-ui-'));
let program = '';
beforeAll(async () => {
  program = await bundle('test/support/dashboard-program.ts', directory);
});
afterAll(() => rmSync(directory, {recursive: true, force: true}));

const open = (columns: number, rows: number) => openPty(process.execPath, [program], {columns, rows});
const ready = /q leave/;

test('attach, type, resize and detach: the dashboard is back as it was, for the new size', async () => {
  const terminal = open(120, 30);
  const before = await terminal.until(screen => ready.test(screen) && screen.includes('screen of checkout-flow'));
  expect(before).toContain('▌1 ◆ checkout-flow');
  terminal.type('\r');
  await terminal.until('attached to 01-checkout-flow');
  // The very first key, and a control key that would stop us, are the agent's.
  terminal.type('q');
  await terminal.until('<q>');
  terminal.type('\x03\x1a');
  await terminal.until(/<\x03?\x1a?>|<>/);
  terminal.resize({columns: 100, rows: 24});
  await terminal.until('[100x24]');
  terminal.type('\x11');
  const after = await terminal.until(screen => ready.test(screen) && screen.includes('screen of checkout-flow'));
  expect(after.split('\n')).toHaveLength(24);
  expect(after).not.toContain('attached');
  terminal.type('\r');
  await terminal.until('attached to 01-checkout-flow');
  terminal.type('\x11');
  await terminal.until(ready);
  terminal.type('q');
  expect(await terminal.ended()).toBe(0);
  expect(terminal.screen()).toContain('left the dashboard');
});

test('a burst of keys in one write moves as many rows', async () => {
  const terminal = open(80, 24);
  await terminal.until(ready);
  terminal.type('jjj');
  await terminal.until('▌4');
  terminal.type('\x1b[A');
  await terminal.until('▌3');
  terminal.type('q');
  await terminal.ended();
});

test('a pasted name with a line break stays one line of the form', async () => {
  const terminal = open(80, 24);
  await terminal.until(ready);
  terminal.type('n');
  await terminal.until('brave-otter');
  terminal.type('\x1b[200~pasted\rname\x1b[201~');
  await terminal.until('pasted name');
  terminal.type('\x1b');
  await terminal.until(ready);
  terminal.type('\x03');
  await terminal.ended();
});

test('it follows the size of the terminal down to too small and up again', async () => {
  const terminal = open(80, 24);
  await terminal.until(ready);
  terminal.resize({columns: 20, rows: 5});
  expect(await terminal.until('q leaves')).toBe('A little small: 20×5\ntrails needs 36×8\nq leaves');
  terminal.resize({columns: 200, rows: 60});
  const wide = await terminal.until(screen => ready.test(screen) && screen.includes('╭─┤ Screen ├'));
  expect(wide.split('\n')).toHaveLength(60);
  expect(wide).not.toContain('little small');
  terminal.type('q');
  await terminal.ended();
});

test('leaving gives the terminal back: main screen, cursor, no bracketed paste', async () => {
  const terminal = open(80, 24);
  await terminal.until(ready);
  terminal.type('q');
  await terminal.ended();
  const end = terminal.written().slice(-200);
  for (const code of ['\x1b[?1049l', '\x1b[?25h', '\x1b[?2004l']) expect(terminal.written()).toContain(code);
  expect(end).toContain('left the dashboard');
});

test("the window's title is the dashboard's while it is up, and somebody else's before and after", async () => {
  const terminal = open(100, 24);
  await terminal.until(ready);
  terminal.type('\r');
  await terminal.until('attached to 01-checkout-flow');
  terminal.type('\x11');
  const titles = () => terminal.written().match(/\x1b\[2[23];0t|\x1b\]0;[^\x07]*\x07/g) ?? [];
  await terminal.until(screen => ready.test(screen) && titles().length === 5);
  terminal.type('q');
  await terminal.ended();
  const [attach, detach] = ['\x1b[22;0t', '\x1b[23;0t'];
  expect(titles()).toEqual([attach, '\x1b]0;(1) Trails\x07', attach, detach, '\x1b]0;(1) Trails\x07', detach]);
});

import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {insideOf, layoutOf} from '../../src/ui/layout.ts';
import {bundle} from '../support/bundle.ts';
import {scenes} from '../support/overlay-scenes.ts';
import {openPty} from '../support/pty-screen.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'trails-overlay-'));
let program = '';
beforeAll(async () => {
  program = await bundle('test/support/overlay-program.ts', directory);
});
afterAll(() => rmSync(directory, {recursive: true, force: true}));

const ready = /q leave/;
// The help speaks of the first session.
const anyScene = /first(?! session)|second|third|fourth/;
const open = (columns: number, rows: number, env: Readonly<Record<string, string>> = {}) => {
  const terminal = openPty(process.execPath, [program], {columns, rows, env: {NO_COLOR: '', ...env}});
  return {
    ...terminal,
    nextScene: () => terminal.signal('SIGUSR2'),
    leave: () => {
      terminal.type('q');
      return terminal.ended();
    },
  };
};

const areaAt = (columns: number, rows: number) => {
  const layout = layoutOf({columns, rows});
  if (layout.kind === 'tooSmall') throw new Error('too small for a pane');
  return insideOf(layout.pane);
};
/** The rows inside the pane's frame; of single-width characters. */
const inside = (screen: string, columns: number, rows: number) => {
  const {left, top, width, height} = areaAt(columns, rows);
  return screen
    .split('\n')
    .slice(top, top + height)
    .map(line => line.slice(left, left + width).trimEnd());
};
/** The end of a scene as it has to stand in the pane. */
const expected = (scene: number, columns: number, rows: number) => {
  const {width, height} = areaAt(columns, rows);
  return scenes[scene]!.lines.slice(-height).map(line => line.slice(0, width).trimEnd());
};
const rowsBeside = (screen: string, columns: number, rows: number) => {
  const {left, top, width, height} = areaAt(columns, rows);
  return screen
    .split('\n')
    .slice(top, top + height)
    .map(line => line.slice(left - 2, left) + line.slice(left + width, left + width + 2));
};
const framed = (height: number) => Array.from({length: height}, () => '│  │');

test.each([
  [120, 40],
  [200, 60],
])('at %dx%d a screen fills its pane and nothing else; a shorter one leaves nothing of it', async (columns, rows) => {
  const terminal = open(columns, rows);
  const {height} = areaAt(columns, rows);
  const first = await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  expect(inside(first, columns, rows)).toEqual(expected(0, columns, rows));
  expect(rowsBeside(first, columns, rows)).toEqual(framed(height));
  terminal.nextScene();
  const second = await terminal.until('second scene');
  expect(inside(second, columns, rows)).toEqual([
    'second scene',
    '',
    'red and plain',
    ...Array.from({length: height - 3}, () => ''),
  ]);
  expect(rowsBeside(second, columns, rows)).toEqual(framed(height));
  expect(second.split('\n')[rows - 1]).toBe(first.split('\n')[rows - 1]);
  expect(await terminal.leave()).toBe(0);
});

test('a change of the screen alone writes that screen alone', async () => {
  const terminal = open(120, 40);
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  const before = terminal.written().length;
  terminal.nextScene();
  await terminal.until('second scene');
  const since = terminal.written().slice(before);
  expect(since).toMatch(/^\x1b\[\?2026h\x1b7[\s\S]*\x1b8\x1b\[\?2026l$/);
  expect(since).toContain('\x1b[31mred');
  expect(since).not.toContain('checkout');
  await terminal.leave();
});

test('wide characters are cut at the edge, and an agent’s sequences move nothing', async () => {
  const terminal = open(120, 40);
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  terminal.nextScene();
  await terminal.until('second scene');
  terminal.nextScene();
  const third = await terminal.until('third 漢字漢字 ✅');
  const {top, width} = areaAt(120, 40);
  const rows = third.split('\n');
  expect(rows[top + 1]).toContain(`│ ${'漢'.repeat(Math.floor(width / 2))}${width % 2 === 1 ? ' ' : ''} │`);
  expect(rows[top + 2]).toContain('│ a[2Jb[Hc]0;ownedd');
  expect(rows[0]).toContain('trails');
  expect(terminal.written()).not.toContain('\x1b]0;owned');
  await terminal.leave();
});

test('another tab, help and the form lie on an empty pane; behind them it is back, as it is by then', async () => {
  const terminal = open(120, 40);
  const shown = (text: string) => terminal.until(screen => screen.includes(text));
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  terminal.type('l');
  expect(await shown('log of checkout-flow')).not.toMatch(anyScene);
  terminal.nextScene();
  terminal.type('i');
  expect(await shown('image  ')).not.toMatch(anyScene);
  terminal.type('\t');
  expect(await shown('second scene')).not.toContain('first');
  terminal.type('?');
  expect(await shown('esc close')).not.toMatch(anyScene);
  terminal.nextScene();
  terminal.type('\x1b');
  expect(await shown('third')).not.toContain('second');
  terminal.nextScene();
  const back = await shown('fourth 69');
  expect(inside(back, 120, 40)).toEqual(expected(3, 120, 40));
  terminal.type('n');
  expect(await shown('brave-otter')).not.toMatch(anyScene);
  terminal.type('\x1b');
  expect(inside(await shown('fourth 69'), 120, 40)).toEqual(expected(3, 120, 40));
  await terminal.leave();
});

test('another session’s shorter screen leaves nothing of the first one’s', async () => {
  const terminal = open(120, 40);
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  terminal.type('j');
  const other = await terminal.until(/screen of (?!checkout)/);
  expect(other).not.toMatch(anyScene);
  terminal.type('k');
  expect(inside(await terminal.until('first 69'), 120, 40)).toEqual(expected(0, 120, 40));
  await terminal.leave();
});

test('while a session has the terminal nothing is painted over it; back from it the pane is as it is by then', async () => {
  const terminal = open(120, 40);
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  terminal.type('\r');
  await terminal.until('attached to 01-checkout-flow');
  const attached = terminal.written().lastIndexOf('attached to');
  terminal.nextScene();
  terminal.resize({columns: 110, rows: 30});
  terminal.type('\x11');
  const back = await terminal.until(screen => ready.test(screen) && screen.includes('second scene'));
  const meanwhile = terminal.written().slice(attached);
  expect(meanwhile.slice(0, meanwhile.indexOf('\x1b[?1049h'))).not.toMatch(anyScene);
  expect(inside(back, 110, 30).slice(0, 4)).toEqual(['second scene', '', 'red and plain', '']);
  expect(back).not.toMatch(/first|attached/);
  await terminal.leave();
});

test('it follows the size: smaller, narrow with one pane at a time, too small, and large again', async () => {
  const terminal = open(200, 60);
  const holds = (columns: number, rows: number) =>
    terminal.until(
      screen =>
        ready.test(screen) &&
        screen.split('\n').length === rows &&
        inside(screen, columns, rows).join('\n') === expected(0, columns, rows).join('\n'),
    );
  await holds(200, 60);
  for (const [columns, rows] of [
    [100, 24],
    [120, 40],
    [119, 50],
    [160, 20],
  ] as const) {
    terminal.resize({columns, rows});
    const screen = await holds(columns, rows);
    expect(rowsBeside(screen, columns, rows)).toEqual(framed(areaAt(columns, rows).height));
  }
  terminal.resize({columns: 80, rows: 24});
  await terminal.until(screen => ready.test(screen) && !anyScene.test(screen) && screen.split('\n').length === 24);
  terminal.type('\t');
  await holds(80, 24);
  terminal.type('\x1b');
  await terminal.until(screen => ready.test(screen) && !anyScene.test(screen));
  terminal.resize({columns: 20, rows: 5});
  expect(await terminal.until('A little small')).toBe('A little small: 20×5\ntrails needs 36×8\nq leaves');
  terminal.resize({columns: 200, rows: 60});
  await holds(200, 60);
  await terminal.leave();
});

test('NO_COLOR leaves the agent’s text without its colours', async () => {
  const terminal = open(120, 40, {NO_COLOR: '1'});
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  terminal.nextScene();
  await terminal.until('red and plain');
  expect(terminal.written()).not.toContain('\x1b[31m');
  await terminal.leave();
});

test('after leaving nothing is painted on the terminal given back', async () => {
  const terminal = open(120, 40);
  await terminal.until(screen => ready.test(screen) && screen.includes('first 69'));
  await terminal.leave();
  const written = terminal.written();
  const after = written.slice(written.lastIndexOf('\x1b[?1049l'));
  expect(after).not.toMatch(anyScene);
  expect(after).not.toContain('\x1b[?2026h');
  expect(terminal.screen()).toBe('left the dashboard');
});

import {expect, test} from 'vitest';
import type {Size} from '../../src/lib/size.ts';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {createMirror} from '../../src/terminal/mirror.ts';
import {random} from './random.ts';
import {feed, referenceTerminal, stateOf} from './reference.ts';

/** An agent's screen, a mirror of it, and the terminal that shows the mirror. */
function setting(screen: Size, size: Size) {
  const emulator = createEmulator({size: screen});
  const mirror = createMirror();
  const viewer = referenceTerminal(size);
  const draw = async (at = size) => {
    await emulator.settled();
    const drawn = mirror.draw(emulator, at);
    await feed(viewer, drawn);
    return drawn;
  };
  return {
    emulator,
    viewer,
    draw,
    async print(text: string) {
      emulator.write(Buffer.from(text));
      return draw();
    },
    rows: () =>
      Array.from({length: viewer.rows}, (_, row) =>
        viewer.buffer.active.getLine(viewer.buffer.active.baseY + row)?.translateToString(true),
      ),
    cursor: () => [viewer.buffer.active.cursorX, viewer.buffer.active.cursorY],
  };
}

test('text, colours, clusters and wide characters are where they are on the screen', async () => {
  const size = {columns: 40, rows: 8};
  const {emulator, viewer, draw} = setting(size, size);
  const original = referenceTerminal(size);
  const next = random(3);
  const parts = [
    ...[
      'text ',
      '日本',
      '👩‍👩‍👧‍👦',
      'e\u0301',
      '\x1b[31;44m',
      '\x1b[0m',
      '\x1b[1;4:3m',
      '\r\n',
      '\x1b[K',
      '\x1b[2J',
      '\t',
    ],
    ...['\x1b[3;5H', '\x1b[8;39H', '\x1bM', '\x1b[L', '\x1b[?25l', '\x1b[?25h', '\x1b[7;1H', 'x'.repeat(50)],
  ];
  for (let round = 0; round < 200; round++) {
    const step = Array.from({length: 1 + (next() % 6)}, () => parts[next() % parts.length]!).join('');
    emulator.write(Buffer.from(step));
    await feed(original, step);
    await draw();
    const [mirrored, wanted] = [stateOf(viewer), stateOf(original)];
    const unwrapped = (rows: readonly string[]) => rows.map(row => row.replace('wrapped ', ''));
    expect(unwrapped(mirrored.rows), JSON.stringify(step)).toEqual(unwrapped(wanted.rows));
    expect(mirrored.hidden).toBe(wanted.hidden);
    if (!mirrored.hidden) expect(mirrored.cursor).toEqual([Math.min(wanted.cursor[0]!, 39), wanted.cursor[1]]);
  }
});

test('a larger terminal shows where the screen ends', async () => {
  const {rows, print} = setting({columns: 10, rows: 2}, {columns: 14, rows: 4});
  await print('0123456789ab');
  expect(rows()).toEqual(['0123456789····', 'ab        ····', '··············', '··············']);
});

test('a smaller one shows a part, which goes with the cursor', async () => {
  const {rows, print, cursor} = setting({columns: 40, rows: 20}, {columns: 10, rows: 4});
  await print('\x1b[2;3Habove\x1b[15;30Hbelow\x1b[1;1H');
  expect(rows()).toEqual(['', '  above', '', '']);
  await print('\x1b[15;35H');
  expect(rows().join()).toContain('below');
  expect(cursor()).toEqual([5, 2]);
  await print('\x1b[15;36H');
  expect(cursor()).toEqual([6, 2]);
  await print('\x1b[20;40H');
  expect(cursor()).toEqual([9, 3]);
});

test('a wide character at the edge is a blank', async () => {
  const {rows, print} = setting({columns: 20, rows: 1}, {columns: 5, rows: 1});
  await print('ab日本日本\x1b[1;1H');
  expect(rows()).toEqual(['ab日 ']);
  await print('\x1b[1;10H');
  expect(rows()).toEqual([' 本']);
});

test('only what changed is drawn, in one piece', async () => {
  const {print, draw} = setting({columns: 40, rows: 8}, {columns: 30, rows: 8});
  const first = await print('one\r\ntwo\r\nthree');
  expect(first).toMatch(/^\x1b\[\?2026h[\s\S]*one[\s\S]*three[\s\S]*\x1b\[\?2026l$/);
  expect(await draw()).toBe('');
  const second = await print('\x1b[2;1Hnew');
  expect(second).toContain('new');
  expect(second).not.toMatch(/one|three/);
  expect(await print('\x1b[1;5H')).not.toMatch(/one|new|three/);
});

test('a terminal that was resized is drawn anew', async () => {
  const {print, draw, viewer, rows} = setting({columns: 40, rows: 8}, {columns: 30, rows: 4});
  await print('one\r\ntwo');
  viewer.resize(20, 3);
  expect(await draw({columns: 20, rows: 3})).toMatch(/one[\s\S]*two/);
  expect(rows()).toEqual(['one', 'two', '']);
});

test('its first key is sent as the agent wants it, and it hears nothing else of the agent’s modes', async () => {
  const {print, viewer} = setting({columns: 40, rows: 8}, {columns: 30, rows: 8});
  const drawn = await print('\x1b[?1;2004;1002;1006;1004;1049h\x1b=\x1b[>1u\x1b]8;;http://e.test\x07x');
  expect(viewer.modes).toMatchObject({
    ...{applicationCursorKeysMode: true, bracketedPasteMode: true, applicationKeypadMode: true},
    ...{mouseTrackingMode: 'none', sendFocusMode: false},
  });
  expect(drawn).toContain('\x1b[=1;1u');
  expect(drawn).not.toMatch(/e\.test|1049/);
  await print('\x1b[?1;2004l');
  expect(viewer.modes).toMatchObject({applicationCursorKeysMode: false, bracketedPasteMode: false});
});

test('the title is the session’s', async () => {
  const {print} = setting({columns: 40, rows: 8}, {columns: 30, rows: 8});
  expect(await print('\x1b]0;hello\u202e\x07')).toContain('\x1b]0;hello\x07');
  expect(await print('x')).not.toContain('hello');
  expect(await print('\x1b]0;\x07')).toContain('\x1b]0;\x07');
});

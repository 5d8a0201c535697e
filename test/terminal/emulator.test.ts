import {stripVTControlCharacters} from 'node:util';
import {expect, test} from 'vitest';
import {createEmulator, type TerminalSignal} from '../../src/terminal/emulator.ts';

const size = {columns: 20, rows: 4};
const write = async (text: string | Uint8Array, options: {size?: typeof size; scrollback?: number} = {}) => {
  const emulator = createEmulator({size, ...options});
  emulator.write(Buffer.from(text));
  await emulator.settled();
  return emulator;
};

test('lines are text with colours, each ended plain, blank ends left out', async () => {
  const emulator = await write('plain  \r\n\x1b[1;31mred\x1b[0m end\r\n\x1b[44m\x1b[K\x1b[0m');
  expect(emulator.lines(0)).toEqual(['plain', '\x1b[0;1;31mred\x1b[0m end', `\x1b[0;44m${' '.repeat(20)}\x1b[0m`, '']);
  expect(emulator.text()).toEqual(['plain', 'red end', '', '']);
});

test('lines hold nothing but SGR codes and visible letters, whatever the agent wrote', async () => {
  const emulator = await write(
    'a\u202eb\u200b\u061cc\x1b]8;;http://e.test/\x07link\x1b]8;;\x07\x07\x1b]0;t\x07\u0301|',
  );
  const [line = ''] = emulator.lines(0);
  expect(line.replaceAll(/\x1b\[[\d;:]*m/g, '')).toBe('a b  clink |');
});

test('wide characters keep their width, and emoji stay whole', async () => {
  const emulator = await write('日本|👩‍👩‍👧‍👦|❤️|e\u0301');
  expect(emulator.lines(0)[0]).toBe('日本|👩‍👩‍👧‍👦|❤️|e\u0301');
  expect(emulator.cursor.column).toBe(12);
});

test('a window into the scrollback moves up by rows and stops at the top', async () => {
  const emulator = await write(Array.from({length: 10}, (_, at) => `line ${at}`).join('\r\n'));
  expect(emulator.scrollback).toBe(6);
  expect(emulator.lines(0)).toEqual(['line 6', 'line 7', 'line 8', 'line 9']);
  expect(emulator.lines(2)).toEqual(['line 4', 'line 5', 'line 6', 'line 7']);
  expect(emulator.lines(99)).toEqual(['line 0', 'line 1', 'line 2', 'line 3']);
  expect(emulator.text(2)[0]).toBe('line 4');
});

test('scrollback keeps the newest rows only', async () => {
  const emulator = await write('x\r\n'.repeat(500), {scrollback: 100});
  expect(emulator.scrollback).toBe(100);
});

test('a resize takes its place between the writes around it', async () => {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from('0123456789abcdefghijKLM'));
  emulator.resize({columns: 40, rows: 4});
  emulator.write(Buffer.from(`\r\n${'y'.repeat(30)}`));
  expect(emulator.size).toEqual(size);
  await emulator.settled();
  expect(emulator.size).toEqual({columns: 40, rows: 4});
  expect(emulator.text()).toContain('y'.repeat(30));
});

test.each([
  [
    {columns: 0, rows: 0},
    {columns: 80, rows: 24},
  ],
  [
    {columns: Number.NaN, rows: 2},
    {columns: 80, rows: 2},
  ],
  [
    {columns: 1, rows: -3},
    {columns: 2, rows: 1},
  ],
  [
    {columns: 1e9, rows: 1e9},
    {columns: 1000, rows: 1000},
  ],
])('a size no terminal has, %j, becomes one', async (wanted, given) => {
  const emulator = createEmulator({size});
  emulator.resize(wanted);
  await emulator.settled();
  expect(emulator.size).toEqual(given);
});

test('a new run begins on an empty screen in its initial state, with the earlier run above it', async () => {
  const emulator = await write(
    'old 1\r\nold 2\x1b[2;3r\x1b[?6h\x1b[?2004h\x1b[>1u\x1b[?1049h\x1b[31m\x1b[3g\x1b(0\x1b]0;was\x07\x1b]un',
  );
  emulator.reset();
  emulator.write(Buffer.from('new\ttab q'));
  await emulator.settled();
  expect(emulator.text()).toEqual(['new     tab q', '', '', '']);
  expect(emulator.text(99).slice(0, 2)).toEqual(['old 1', 'old 2']);
  expect(emulator.scrollback).toBe(2);
  expect(emulator.title).toBe('');
  const fresh = await write('new\ttab q');
  expect(emulator.paint()).toBe(fresh.paint());
});

test('signals tell of bells, titles, notifications and status records', async () => {
  const signals: TerminalSignal[] = [];
  const emulator = createEmulator({size});
  emulator.onSignal(signal => signals.push(signal));
  emulator.write(
    Buffer.from(
      '\x07\x1b]2;hi\x07\x1b]2;ok \u202ename\x07\x1b]9;done\x07\x1b]9;4;1;50\x07\x1b]777;notify;Build;failed\x1b\\\x1b]7501;state=idle\x1b\\',
    ),
  );
  await emulator.settled();
  expect(signals).toEqual([
    {type: 'bell'},
    {type: 'title', title: 'hi'},
    {type: 'title', title: 'ok name'},
    {type: 'notification', text: 'done'},
    {type: 'notification', text: 'Build: failed'},
    {type: 'osc7501', payload: 'state=idle'},
  ]);
  expect(emulator.title).toBe('ok name');
});

test('the status probe is answered with the same bytes, ahead of the device attributes', async () => {
  const answers: [string, string][] = [];
  const emulator = createEmulator({size});
  emulator.onAnswer((text, question) => answers.push([text, question]));
  emulator.write(Buffer.from('\x1b]7501;?\x1b\\\x1b[c\x1b[6n'));
  await emulator.settled();
  expect(answers).toEqual([
    ['\x1b]7501;?\x1b\\', 'status'],
    ['\x1b[?1;2c', 'terminal'],
    ['\x1b[1;1R', 'terminal'],
  ]);
});

test('a listener hears of changes once they are on the screen', async () => {
  const emulator = createEmulator({size});
  const seen = await new Promise<string>(resolve => {
    emulator.onChange(() => resolve(emulator.text()[0] ?? ''));
    emulator.write(Buffer.from('there'));
  });
  expect(seen).toBe('there');
});

test('whoever waits for a disposed emulator is let go', async () => {
  const emulator = await write('x');
  emulator.write(Buffer.from('more'));
  const waiting = emulator.settled();
  emulator.dispose();
  await waiting;
  await emulator.settled();
  emulator.write(Buffer.from('late'));
});

test('plain text is what a person would copy', async () => {
  const emulator = await write('\x1b[1mbold\x1b[0m\r\n\x1b[44m\x1b[K');
  expect(emulator.text().map(stripVTControlCharacters)).toEqual(emulator.text());
});

test('a character is the same however its bytes arrive', async () => {
  const text = 'a › “b” … 漢 ─ 🙂 ü';
  for (const piece of [1, 2, 3]) {
    const emulator = createEmulator({size});
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += piece) emulator.write(bytes.subarray(at, at + piece));
    await emulator.settled();
    expect([piece, emulator.text()[0]]).toEqual([piece, text]);
  }
});

test('it knows when an agent is within a picture, and when it began anew', async () => {
  const signals: TerminalSignal[] = [];
  const emulator = createEmulator({size});
  emulator.onSignal(signal => signals.push(signal));
  emulator.write(Buffer.from('\x1b[?2026hhalf'));
  await emulator.settled();
  expect(emulator.drawing).toBe(true);
  emulator.write(Buffer.from('whole\x1b[?2026l\x1bc'));
  await emulator.settled();
  expect(emulator.drawing).toBe(false);
  expect(signals).toEqual([{type: 'reset'}]);
});

test('the colour of a row is that of its first character', async () => {
  const emulator = await write('  \x1b[31mred\r\n\x1b[38;2;1;2;254mx\x1b[0my\r\nplain\r\n\x1b[38;5;200m▣');
  expect([0, 1, 2, 3].map(emulator.colour)).toEqual(['1', '0102fe', '-', '200']);
});

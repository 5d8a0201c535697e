import {expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {createPlainText} from '../../src/terminal/plain-text.ts';
import {random} from './random.ts';

const size = {columns: 40, rows: 10};

test.each([
  'S',
  'T',
  'L',
  'M',
  'I',
  'Z',
  'b',
  '@',
  'P',
  'X',
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G',
  'd',
  'H',
  "'}",
  "'~",
  ' @',
  ' A',
])('a count of two thousand million for CSI %s costs nothing', async final => {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from(`x\x1b[2147483647;2147483647${final}`.repeat(50)));
  emulator.write(Buffer.from('\x1b[2J\x1b[Halive'));
  await emulator.settled();
  expect(emulator.text()[0]).toBe('alive');
  emulator.dispose();
});

test('a character of a million marks does not grow one cell', async () => {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from(`e${'\u0301'.repeat(100_000)}`));
  await emulator.settled();
  expect(Math.max(...emulator.lines(0).map(line => line.length))).toBeLessThan(size.columns * 40);
  expect(emulator.paint().length).toBeLessThan(100_000);
});

test.each([
  ['an OSC without end', '\x1b]0;', 'a'.repeat(1_000_000)],
  ['a DCS without end', '\x1bP$q', 'a'.repeat(1_000_000)],
  ['a CSI without end', '\x1b[', '1;'.repeat(500_000)],
  ['nested introducers', '', '\x1b]\x1bP\x1b[\x1b_'.repeat(100_000)],
])('%s is over with the next sequence that is whole', async (_, start, rest) => {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from(start + rest));
  emulator.write(Buffer.from('\x18\x1b[2J\x1b[Halive'));
  await emulator.settled();
  expect(emulator.text()[0]).toBe('alive');
});

test('a title of megabytes becomes a short one', async () => {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from(`\x1b]0;${'t\u202e'.repeat(500_000)}\x07`));
  await emulator.settled();
  expect([...emulator.title].length).toBeLessThanOrEqual(256);
});

test('a status record over 4 KiB is none', async () => {
  const heard: string[] = [];
  const emulator = createEmulator({size});
  emulator.onSignal(signal => heard.push(signal.type));
  emulator.write(Buffer.from(`\x1b]7501;state=idle:msg=${'A'.repeat(5000)}\x07\x1b]7501;state=idle\x07`));
  await emulator.settled();
  expect(heard).toEqual(['osc7501']);
});

test('an agent that asks without end is answered only so much', async () => {
  const emulator = createEmulator({size});
  let bytes = 0;
  emulator.onAnswer(text => {
    bytes += text.length;
  });
  emulator.write(Buffer.from('\x1b[6n'.repeat(4000)));
  await emulator.settled();
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(4000 * 6);
});

test('more output than may wait is parsed at once rather than kept', async () => {
  const emulator = createEmulator({size});
  for (let at = 0; at < 100; at++) emulator.write(Buffer.alloc(256 * 1024, `line ${at}\r\n`));
  emulator.write(Buffer.from('\r\nthe end'));
  await emulator.settled();
  expect(emulator.text().at(-1)).toBe('the end');
});

test('many flooding terminals leave the event loop its turns', async () => {
  const flood = Array.from({length: 10}, () => createEmulator({size}));
  for (const one of flood) one.write(Buffer.alloc(512 * 1024, 'busy \x1b[31mline\x1b[0m\r\n'));
  let turns = 0;
  let over = false;
  const count = () => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(flood.map(one => one.settled()));
  over = true;
  expect(turns).toBeGreaterThan(3);
  for (const one of flood) one.dispose();
});

test('no bytes make the emulator throw, and its lines stay harmless', async () => {
  const next = random(42);
  const parts = [
    '\x1b',
    '[',
    ']',
    'P',
    ';',
    '?',
    '1',
    '49',
    '999',
    'h',
    'l',
    'm',
    'H',
    'r',
    'q',
    '\x07',
    '\x1b\\',
    '日',
    '👩‍👩‍👧‍👦',
    '\u0301',
    '\u202e',
    'text',
    '\r\n',
    '\t',
    '(0',
    '8;;u',
    '\u009b',
    '!p',
    'c',
    '7',
    '8',
  ];
  for (let round = 0; round < 300; round++) {
    const emulator = createEmulator({size});
    for (let piece = 0; piece < 20; piece++) {
      emulator.write(Buffer.from(Array.from({length: 20}, () => parts[next() % parts.length]!).join('')));
      if (next() % 4 === 0) emulator.write(Buffer.from([next() & 255, next() & 255, next() & 255]));
      if (next() % 8 === 0) emulator.resize({columns: 2 + (next() % 60), rows: 1 + (next() % 20)});
      if (next() % 16 === 0) emulator.reset();
    }
    await emulator.settled();
    for (const line of emulator.lines(next() % 5)) {
      expect(line.replaceAll(/\x1b\[[\d;:]*m/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }
    emulator.paint();
    emulator.dispose();
  }
});

test('a few bytes do not become a long log line', () => {
  const text = createPlainText();
  const lines = text.feed(Buffer.from('\x1b[65000Gx\n'.repeat(10)));
  expect(lines).toHaveLength(10);
  expect(Math.max(...lines.map(line => line.length))).toBeLessThan(1000);
});

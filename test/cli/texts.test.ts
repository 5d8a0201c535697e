import {expect, test} from 'vitest';
import {cleanColoured, cleanLine, cleanText, createCleaner} from '../../src/cli/clean.ts';
import {table} from '../../src/cli/table.ts';
import {age, bytes} from '../../src/cli/units.ts';
import {parseCpus, parseMemory, parsePids} from '../../src/lib/limits.ts';

test.each([
  ['2g', 2 ** 31],
  ['512m', 2 ** 29],
  ['1.5G', 1.5 * 2 ** 30],
  ['64MiB', 64 * 2 ** 20],
  ['1024k', 2 ** 20],
  ['1048576', 2 ** 20],
])('memory %s is %i bytes', (text, amount) => expect(parseMemory(text)).toBe(amount));

test.each([
  '',
  '0',
  '-1g',
  '2x',
  'g',
  '1e9',
  '9999999999999t',
  'NaN',
  '2 g x',
  '2g\x1b[2J',
])('memory %j is refused', text => {
  expect(() => parseMemory(text)).toThrow(expect.objectContaining({code: 'LIMIT_INVALID'}));
});

test.each(['', '0', '-1', 'two', '1,5', 'Infinity', '0x2'])('cpus %j and pids %j are refused', text => {
  expect(() => parseCpus(text)).toThrow(expect.objectContaining({code: 'LIMIT_INVALID'}));
  expect(() => parsePids(text)).toThrow(expect.objectContaining({code: 'LIMIT_INVALID'}));
});

test('parts of a core are fine, parts of a process are not', () => {
  expect(parseCpus('1.5')).toBe(1.5);
  expect(parsePids('64')).toBe(64);
  expect(() => parsePids('1.5')).toThrow('Pids "1.5"');
});

test('columns line up with colours, wide letters and emoji in them', () => {
  expect(
    table([
      ['\x1b[31ma\x1b[0m', 'x'],
      ['日本', 'x'],
      ['👩‍💻', 'x'],
      ['abcd', 'x'],
    ]),
  ).toEqual(['\x1b[31ma\x1b[0m     x', '日本  x', '👩‍💻    x', 'abcd  x']);
});

test('ages and sizes are short', () => {
  expect([-5, 59_000, 60_000, 3_599_000, 7_200_000, 90_000_000].map(age)).toEqual([
    '0s',
    '59s',
    '1m',
    '59m',
    '2h',
    '1d',
  ]);
  expect([0, 1023, 1536, 2 ** 20, 300 * 2 ** 20, 2.5 * 2 ** 30].map(bytes)).toEqual([
    '0B',
    '1023B',
    '1.5K',
    '1M',
    '300M',
    '2.5G',
  ]);
});

test('no control of any kind survives on a line', () => {
  expect(cleanLine('a\x1b[31mb\x1b]8;;http://x\x07c\x9b2Jd\u202ee\r\nf\tg\x00')).toBe('abcde f g');
  expect(cleanText('a\tb\n\x07c')).toBe('a\tb\nc');
});

test('colours survive where they may, and nothing beside them', () => {
  expect(cleanColoured('\x1b[1;31mx\x1b[0m\x1b[5;5Hy\x1b[?25l')).toBe('\x1b[1;31mx\x1b[0my');
});

test('an escape cut anywhere is as harmless as a whole one', () => {
  const text = 'a\x1b[2Jb\x1b[32mc\x1b]0;title\x07d\x1b[0m日\n';
  const all = Buffer.from(text);
  for (let at = 1; at < all.length; at++) {
    const clean = createCleaner();
    expect(clean(all.subarray(0, at)) + clean(all.subarray(at)), `cut at ${at}`).toBe('ab\x1b[32mcd\x1b[0m日\n');
  }
});

import {expect, test} from 'vitest';
import {createPlainText} from '../../src/terminal/plain-text.ts';
import {random} from './random.ts';

const read = (text: string | Uint8Array, most = Number.POSITIVE_INFINITY) => {
  const reader = createPlainText();
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += most) lines.push(...reader.feed(bytes.subarray(at, at + most)));
  const rest = reader.end();
  return rest === '' ? lines : [...lines, rest];
};

const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  lines: ['one\r\ntwo\n\nfour', ['one', 'two', '', 'four']],
  'colours, titles, links and questions': [
    '\x1b[1;31mred\x1b[0m\x1b]0;t\x07 \x1b]8;;http://e.test\x1b\\link\x1b]8;;\x07\x1b[6n\x1bP$qm\x1b\\\n',
    ['red link'],
  ],
  'a progress line drawn over': ['10%\r20%\r100%\n', ['100%']],
  'a longer line drawn over by a shorter one': ['downloading\rdone\x1b[K\n', ['done']],
  'a line cleared first': ['busy busy\r\x1b[2Kok\nbusy\r\x1b[Jok\n', ['ok', 'ok']],
  backspaces: ['abc\b\bX\n', ['aXc']],
  tabs: ['a\tb\n', ['a\tb']],
  'moves within the line': ['abcdef\x1b[3DX\x1b[1GY\x1b[2CZ\n', ['YbcZef']],
  'a screen drawn row by row': ['\x1b[2J\x1b[1;1Htop\x1b[2;1Hnext\x1b[5;1H\x1b[31mlast', ['top', 'next', 'last']],
  'letters of many bytes': ['wörld 日本 👩‍👩‍👧‍👦 e\u0301\n', ['wörld 日本 👩👩👧👦 e\u0301']],
  'controls, C1 and what turns or hides text': ['a\x00b\x07c\x7fd\u202ee\u200bf\u009b31mg\n', ['abcdefg']],
  'blank ends': ['text   \r\n', ['text']],
};

test.each(Object.entries(cases))('%s', (_, [text, lines]) => {
  expect(read(text)).toEqual(lines);
  expect(read(text, 1)).toEqual(lines);
  expect(read(text, 3)).toEqual(lines);
});

test('bytes that are no UTF-8 are left out', () => {
  expect(read(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x9b, 0x62, 0x0a]))).toEqual(['a(b']);
});

test('a line over 64 KiB is cut into several', () => {
  const lines = read(`${'x'.repeat(150 * 1024)}\n`);
  expect(lines.map(line => line.length)).toEqual([64 * 1024, 64 * 1024, 22 * 1024]);
});

test('nothing but text comes out, whatever goes in', () => {
  const next = random(99);
  const bytes = Uint8Array.from({length: 200_000}, () =>
    next() % 3 === 0 ? [0x1b, 0x5b, 0x5d, 0x0d, 0x0a, 0x9b, 0xc2][next() % 7]! : next() & 255,
  );
  const lines = read(bytes);
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.join('')).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  expect(read(bytes, 1)).toEqual(lines);
});

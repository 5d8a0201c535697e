import {expect, test} from 'vitest';
import {createTyping} from '../../src/terminal/typing.ts';
import {random} from './random.ts';

const typedOf = (...pieces: readonly string[]) => {
  const typing = createTyping();
  return pieces.map(piece => Buffer.from(typing.feed(Buffer.from(piece, 'latin1'))).toString('latin1')).join('');
};

test.each([
  ['letters and control keys', 'ls -l\r\x03\t\x7f'],
  ['characters of several bytes', Buffer.from('ü日👩‍👩‍👧').toString('latin1')],
  ['arrows, in both cursor modes', '\x1b[A\x1b[1;5C\x1bOB'],
  ['function keys', '\x1bOP\x1b[15~\x1b[24;2~\x1b[Z\x1b[13~'],
  ['Alt and Escape', '\x1ba\x1b'],
  ['Alt and a bracket', '\x1b]'],
  ['keys in kitty’s words', '\x1b[97;5u\x1b[97;5:1u\x1b[57442;1:2u'],
  ['a click and the wheel', '\x1b[<0;3;4M\x1b[<65;3;4M'],
  ['a click in the words of older terminals', '\x1b[M !!\x1b[32;3;4M'],
  ['a paste, whatever is in it', '\x1b[200~text\x1b[6;1R\x1b]11;?\x07\x1b[I more\x1b[201~'],
])('%s are typed', (_, text) => {
  expect(typedOf(text)).toBe(text);
});

test.each([
  ['what it is', '\x1b[?62;22c\x1b[>1;4000;0c\x1bP!|00000000\x1b\\\x1bP>|xterm(380)\x1b\\'],
  ['where its cursor is, that it is well', '\x1b[17;5R\x1b[?1;2R\x1b[0n\x1b[?997;1n'],
  ['modes and keyboard', '\x1b[?2026;2$y\x1b[4;2$y\x1b[?1u\x1b[>4;1m'],
  ['sizes', '\x1b[8;24;80t\x1b[4;480;640t\x1b[48;24;80;480;640t\x1b[?1;0;256S'],
  ['colours', '\x1b]11;rgb:0000/0000/0000\x1b\\\x1b]4;1;rgb:ff/00/00\x07'],
  ['settings', '\x1bP1$r0m\x1b\\\x1bP0+r\x1b\\\x1b[2;1;1;112;112;1;0x\x1b_Gi=1;OK\x1b\\'],
  ['focus', '\x1b[I\x1b[O'],
  ['moves of the mouse and buttons let go', '\x1b[<35;3;4M\x1b[<32;3;4M\x1b[<0;3;4m\x1b[M@!!\x1b[M#!!\x1b[64;3;4M'],
  ['the release of a key', '\x1b[97;1:3u\x1b[1;1:3A\x1b[65;30;97;0;0;1_'],
])('what a terminal sends by itself is not typed: %s', (_, text) => {
  expect(typedOf(`a${text}b`)).toBe('ab');
});

test('an answer that comes in pieces is one', () => {
  expect(typedOf('\x1b]11;rgb:00', '00/0000', '/0000\x1b', '\\k')).toBe('k');
  expect(typedOf('\x1b[?62', ';22ck')).toBe('k');
  expect(typedOf('\x1b[200~te', 'xt\x1b[6;1R\x1b[20', '1~\x1b[6;1R')).toBe('\x1b[200~text\x1b[6;1R\x1b[201~');
});

test('an answer without an end does not swallow what is typed for ever', () => {
  const typing = createTyping();
  typing.feed(Buffer.from(`\x1b]11;${'x'.repeat(70_000)}`));
  expect(Buffer.from(typing.feed(Buffer.from('key'))).toString()).toBe('key');
});

test('nothing is invented, whatever comes in whatever pieces', () => {
  const next = random(11);
  const parts = [
    'a',
    '\x1b',
    '[',
    ']',
    '1',
    ';',
    'R',
    'M',
    '<',
    '?',
    'u',
    '\x07',
    '\\',
    'P',
    '200~',
    '201~',
    '\x18',
    'ü',
  ];
  for (let round = 0; round < 2000; round++) {
    const input = Array.from({length: 1 + (next() % 20)}, () => parts[next() % parts.length]!);
    const all = input.join('');
    const typed = typedOf(...input);
    let at = 0;
    for (const char of typed) {
      at = all.indexOf(char, at) + 1;
      expect(at, JSON.stringify(input)).toBeGreaterThan(0);
    }
  }
});

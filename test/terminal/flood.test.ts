import {describe, expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {skim} from '../../src/terminal/skim.ts';
import {random} from './random.ts';
import {feed, referenceTerminal, stateOf} from './reference.ts';

const size = {columns: 60, rows: 12};
const scrollback = 300;
const floodBytes = 3 * 2 ** 20;

type Next = () => number;
const pick = <T>(items: readonly T[], next: Next): T => items[next() % items.length]!;
const word = (next: Next) => Array.from({length: 1 + (next() % 12)}, () => pick([...'abcdefxyz01 '], next)).join('');
const pens = ['\x1b[31m', '\x1b[0m', '\x1b[1;4m', '\x1b[m', '\x1b[38;5;120m', '\x1b[48;2;1;2;3m', '\x1b[39m'];

/** What a line of a flood may be made of. */
const kinds: Readonly<Record<string, (next: Next) => string>> = {
  'plain lines': next => `${word(next).repeat(1 + (next() % 9))}\r\n`,
  'coloured lines': next => `${pick(pens, next)}${word(next)}${pick(pens, next)}\t${word(next).repeat(next() % 8)}\r\n`,
  'wide and combined characters': next => `${word(next)}漢字é👩‍💻e\u0301 \u00a0${word(next)}\r\n`,
  'lines that are written over': next => `${word(next)}\r${word(next)}${next() % 3 === 0 ? '\r\n' : ''}`,
  'line feeds alone': next => `${word(next)}${next() % 2 === 0 ? '\n' : '\r\n'}`,
};
/** What must not be left out, strewn into a flood. */
const others = [
  ...[
    '\x1b[5;5Hhere',
    '\x1b[3;9r',
    '\x1b[r',
    '\x1b[?1049h',
    '\x1b[?1049l',
    '\x1b[?6h',
    '\x1b[?6l',
    '\x1b[4h',
    '\x1b[4l',
  ],
  ...[
    '\x1b]0;a title\x07',
    '\x1b]8;;http://x\x07',
    '\x1b]8;;\x07',
    '\x1b7',
    '\x1b8',
    '\x1b[2J',
    '\x1b(0',
    '\x1b(B',
    '\x0e',
    '\x0f',
  ],
  ...[
    '\x1b[?7l',
    '\x1b[?7h',
    '\u009b31m',
    '\x7f',
    '\x07',
    '\x1bM',
    '\x1b[20h',
    '\x1b[20l',
    '\x1b[?5h',
    '\x1bc',
    '\x1b[2;4;9',
  ],
];

async function same(text: string, next: Next): Promise<void> {
  const bytes = Buffer.from(text);
  const emulator = createEmulator({size, scrollback});
  const original = referenceTerminal(size, scrollback);
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + (next() % 200_000);
    emulator.write(bytes.subarray(at, end));
    at = end;
    if (next() % 40 === 0) await emulator.settled();
  }
  await feed(original, text);
  await emulator.settled();
  const viewer = referenceTerminal(size, scrollback);
  await feed(viewer, emulator.paint());
  expect(stateOf(viewer)).toEqual(stateOf(original));
  const {active} = original.buffer;
  expect(emulator.scrollback).toBe(active.baseY);
  for (const scrolled of [1, 100, 250, scrollback]) {
    const top = Math.max(0, active.baseY - scrolled);
    const kept = Array.from({length: size.rows}, (_, row) => active.getLine(top + row)?.translateToString(true) ?? '');
    expect(emulator.text(scrolled)).toEqual(kept.map(line => line.replace(/ +$/, '')));
  }
  emulator.dispose();
}

const floodOf = (line: (next: Next) => string, next: Next) => {
  const lines: string[] = [];
  for (let length = 0; length < floodBytes; length += lines.at(-1)!.length) lines.push(line(next));
  return lines;
};

describe('a flood leaves the screen and the lines above it as if every byte had been read', {timeout: 60_000}, () => {
  test.each(Object.keys(kinds))('%s', async name => {
    const next = random(7);
    await same(`begin\r\n${floodOf(kinds[name]!, next).join('')}`, next);
  });

  test.each([1, 2, 3, 4, 5, 6])('of everything, with other sequences in between (seed %i)', async seed => {
    const next = random(seed);
    const lines = floodOf(() => pick(Object.values(kinds), next)(next), next);
    for (let count = 0; count < 6; count++) lines.splice(next() % lines.length, 0, pick(others, next));
    await same(lines.join(''), next);
  });

  test('in the middle of a sequence', async () => {
    const next = random(3);
    await same(`\x1b]0;${floodOf(kinds['plain lines']!, next).join('')}\x07after\r\n`, next);
  });
});

describe('skimming', () => {
  const lines = (count: number, line = 'a line of text') => Buffer.from(`${line}\r\n`.repeat(count));

  test('keeps the lines that are asked for, and the pen', () => {
    const flood = Buffer.concat([Buffer.from('\x1b[31m\x1b[0m\x1b[1mfirst\r\n'), lines(20_000), Buffer.from('last')]);
    const skimmed = skim(flood, 100);
    expect(String(skimmed?.pen)).toBe('\x1b[0m\x1b[1m');
    expect(String(skimmed?.rest)).toBe(`${String(lines(100))}last`);
  });

  test('leaves everything where there is little, too few lines, or more than lines', () => {
    expect(skim(lines(100), 10)).toBeUndefined();
    expect(skim(lines(20_000), 30_000)).toBeUndefined();
    expect(skim(Buffer.from('x'.repeat(200_000)), 10)).toBeUndefined();
    expect(skim(Buffer.concat([Buffer.from('\x1b[2J'), lines(20_000)]), 10)).toBeUndefined();
  });

  test('keeps what is behind the first other sequence whole', () => {
    const behind = Buffer.concat([Buffer.from('\x1b[2J'), lines(20_000)]);
    const skimmed = skim(Buffer.concat([lines(20_000), behind]), 10);
    expect(skimmed?.rest.equals(Buffer.concat([lines(10), behind]))).toBe(true);
  });
});

import {appendFileSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {appendJournal, type JournalEntry, readJournal} from '../../src/terminal/journal.ts';
import {cutsOf, playback} from '../../src/terminal/restore.ts';

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'trails-terminal-'));
  file = path.join(directory, 'journal');
});
afterEach(() => rmSync(directory, {recursive: true, force: true}));

const entry = (at: number, columns: number, rows: number, spawn = false): JournalEntry => ({at, columns, rows, spawn});

test('what was appended is read back, in the order of the output', () => {
  const entries = [entry(0, 80, 24, true), entry(900, 120, 40), entry(1200, 80, 24), entry(1200, 100, 30, true)];
  for (const one of [entries[0]!, entries[2]!, entries[1]!, entries[3]!]) appendJournal(file, one);
  expect(readJournal(file)).toEqual(entries);
});

test('a journal that is not there is empty', () => expect(readJournal(file)).toEqual([]));

test.each([
  '12 80',
  '12 80 2',
  '12 80 24 re',
  '12 80 24 resiz',
  'garbage',
  '\0\0\0',
  '-1 80 24 resize',
  '1e3 80 24 resize',
])('a torn or foreign line "%s" costs only itself', torn => {
  appendJournal(file, entry(0, 80, 24, true));
  appendFileSync(file, torn);
  expect(readJournal(file)).toEqual([entry(0, 80, 24, true)]);
  appendJournal(file, entry(50, 90, 20));
  expect(readJournal(file)).toEqual([entry(0, 80, 24, true), entry(50, 90, 20)]);
});

test('a journal that cannot be written or read is told by its name', () => {
  const inside = path.join(file, 'journal');
  writeFileSync(file, '');
  expect(() => appendJournal(inside, entry(0, 1, 1))).toThrow(expect.objectContaining({code: 'STATE_UNUSABLE'}));
  expect(() => readJournal(directory)).toThrow(expect.objectContaining({code: 'STATE_UNUSABLE'}));
});

test('the cuts are where something changes, each once', () => {
  expect(cutsOf([entry(0, 80, 24, true), entry(9, 80, 20), entry(9, 80, 30, true)])).toEqual([0, 9]);
});

/** A recorded session: two runs, resized in between, drawing in ways that depend on the size at the time. */
function recorded() {
  const parts: {text: string; next?: Omit<JournalEntry, 'at'>}[] = [
    {text: `${'wide '.repeat(30)}\r\n\x1b[999;999Hcorner`, next: {columns: 30, rows: 8, spawn: false}},
    {text: `\x1b[?1049h\x1b[2J\x1b[999;999Hx${'日本'.repeat(9)}`, next: {columns: 50, rows: 12, spawn: false}},
    {text: '\x1b[3;9r\x1b[?6h\n\n\x1b[31mmid \x1b[9', next: {columns: 40, rows: 10, spawn: true}},
    {text: `second run\r\n${'a'.repeat(95)}`, next: {columns: 25, rows: 6, spawn: false}},
    {text: '\r\nend \x1b[1mbold'},
  ];
  const first = entry(0, 60, 10, true);
  const journal = [first];
  let bytes = Buffer.alloc(0);
  for (const {text, next} of parts) {
    bytes = Buffer.concat([bytes, Buffer.from(text)]);
    if (next) journal.push({at: bytes.length, ...next});
  }
  return {bytes, journal, first};
}

/** As a provider delivers it: in pieces that straddle no cut. */
function* delivered(bytes: Buffer, cuts: readonly number[], most: number) {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + most, bytes.length, ...cuts.filter(cut => cut > at));
    yield {piece: bytes.subarray(at, end), end};
    at = end;
  }
}

test('played back in any pieces, a record gives the screen it gave live', async () => {
  const {bytes, journal, first} = recorded();
  const live = createEmulator({size: first});
  for (const [index, {at}] of journal.entries()) {
    if (index > 0 && journal[index]!.spawn) live.reset();
    live.resize(journal[index]!);
    live.write(bytes.subarray(at, journal[index + 1]?.at ?? bytes.length));
  }
  await live.settled();
  for (const most of [1, 7, 64, 10_000]) {
    const restored = createEmulator({size: first});
    const player = playback(restored, journal);
    for (const {piece, end} of delivered(bytes, cutsOf(journal), most)) player.feed(piece, end);
    await restored.settled();
    expect(restored.paint()).toBe(live.paint());
    expect(restored.lines(99)).toEqual(live.lines(99));
    expect(restored.size).toEqual({columns: 25, rows: 6});
  }
});

test('a resize that another process made takes effect where the output was laid out for it', async () => {
  const emulator = createEmulator({size: {columns: 20, rows: 3}});
  const player = playback(emulator, [entry(0, 20, 3, true)]);
  player.feed(Buffer.from('before'), 6);
  player.add(entry(10, 40, 3));
  player.feed(Buffer.from('1234'), 10);
  player.feed(Buffer.from('x'.repeat(25)), 35);
  await emulator.settled();
  expect(emulator.size.columns).toBe(40);
  expect(emulator.text()[0]).toBe(`before1234${'x'.repeat(25)}`);
  player.add(entry(2, 30, 3));
  await emulator.settled();
  expect(emulator.size.columns).toBe(30);
});

test('each new run is told of', () => {
  const emulator = createEmulator({size: {columns: 20, rows: 3}});
  let runs = 0;
  const player = playback(emulator, [entry(0, 20, 3, true), entry(4, 20, 3, true)], () => (runs += 1));
  expect(runs).toBe(1);
  player.feed(Buffer.from('text'), 4);
  expect(runs).toBe(2);
});

import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {Size} from '../../src/lib/size.ts';
import {createSizing} from '../../src/sessions/terminals/sizing.ts';
import {appendJournal, type JournalEntry, readJournal} from '../../src/terminal/journal.ts';
import {temporaryDirectory} from '../support/home.ts';

const of = (columns: number): Size => ({columns, rows: 24});
const start = {at: 0, columns: 80, rows: 24, spawn: true};

function open() {
  const file = path.join(temporaryDirectory(), 'resizes');
  appendJournal(file, start);
  const told: number[] = [];
  const heard: JournalEntry[] = [];
  const waiting: ((at: number) => void)[] = [];
  let next = () => {};
  const sizing = createSizing({
    ...{file, journal: readJournal(file), initial: of(80)},
    tell(size) {
      told.push(size.columns);
      return new Promise(resolve => {
        waiting.push(resolve);
        next();
      });
    },
    onEntry: entry => heard.push(entry),
  });
  /** Answers the next request once it is made. */
  const answer = async (at: number) => {
    if (waiting.length === 0)
      await new Promise<void>(resolve => {
        next = resolve;
      });
    waiting.shift()?.(at);
  };
  return {file, sizing, told, heard, answer};
}

test('sizes asked for while one is under way wait for it, and only the newest is told', async () => {
  const {file, sizing, told, answer} = open();
  const all = Promise.all([100, 110, 120].map(columns => sizing.resize(of(columns))));
  await answer(7);
  expect(await all).toEqual([7, undefined, undefined]);
  expect(told).toEqual([120]);
  expect(readJournal(file).map(entry => entry.columns)).toEqual([80, 120]);
});

test('a size that the engine did not take is asked for again', async () => {
  const file = path.join(temporaryDirectory(), 'resizes');
  let fails = true;
  const sizing = createSizing({
    ...{file, journal: [], initial: of(80), onEntry() {}},
    async tell() {
      if (fails) throw new Error('away');
      return 3;
    },
  });
  await expect(sizing.resize(of(100))).rejects.toThrow('away');
  expect(sizing.size).toEqual(of(80));
  fails = false;
  expect(await sizing.resize(of(100))).toBe(3);
  expect(sizing.size).toEqual(of(100));
});

test('a size that cannot be written down is in force all the same, and written with the next one', async () => {
  const directory = path.join(temporaryDirectory(), 'away');
  const file = path.join(directory, 'resizes');
  const heard: JournalEntry[] = [];
  const missed: unknown[] = [];
  let at = 0;
  const sizing = createSizing({
    ...{file, journal: [], initial: of(80), onEntry: entry => heard.push(entry)},
    tell: async () => {
      at += 1;
      return at;
    },
    onUnwritten: error => missed.push(error),
  });
  expect(await sizing.resize(of(100))).toBe(1);
  expect(await sizing.resize(of(110))).toBe(2);
  expect(sizing.size).toEqual(of(110));
  expect(heard.map(entry => entry.columns)).toEqual([100, 110]);
  expect(missed).toMatchObject([{code: 'STATE_UNUSABLE'}, {code: 'STATE_UNUSABLE'}]);
  mkdirSync(directory);
  await sizing.resize(of(120));
  expect(readJournal(file).map(entry => [entry.at, entry.columns])).toEqual([
    [1, 100],
    [2, 110],
    [3, 120],
  ]);
});

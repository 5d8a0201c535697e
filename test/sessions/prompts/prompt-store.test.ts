import type {DatabaseSync} from 'node:sqlite';
import {expect, test} from 'vitest';
import {openDatabase} from '../../../src/sessions/database.ts';
import {type PromptRecord, promptsOver} from '../../../src/sessions/prompts/prompt-store.ts';
import {temporaryDirectory} from '../../support/home.ts';

const prompt = (id: string, over: Partial<PromptRecord> = {}): PromptRecord => ({
  ...{id, session: 's', text: `text of ${id}`, state: 'queued', detail: '', createdAt: 1, since: 1},
  ...over,
});

/** A database whose disk is full while that is wanted. */
function fillable(database: DatabaseSync) {
  let full = false;
  const exec = database.exec.bind(database);
  database.exec = sql => {
    if (full) throw Object.assign(new Error('database or disk is full'), {errcode: 13});
    exec(sql);
  };
  return (now: boolean) => {
    full = now;
  };
}

test('what was written is there again, in the order of its sending', () => {
  const directory = temporaryDirectory();
  const first = openDatabase(directory);
  const prompts = promptsOver(first);
  for (const id of ['b', 'a', 'c']) prompts.insert(prompt(id));
  prompts.writeDown('a', {state: 'sending', since: 2});
  prompts.remove('c');
  first.close();
  const again = openDatabase(directory);
  expect(promptsOver(again).of('s')).toEqual([prompt('b'), prompt('a', {state: 'sending', since: 2})]);
  again.close();
});

test('on a full disk nothing new is taken and nothing is begun; how one ended is written later', () => {
  const directory = temporaryDirectory();
  const database = openDatabase(directory);
  const setFull = fillable(database);
  const prompts = promptsOver(database);
  prompts.insert(prompt('a', {state: 'sending'}));
  prompts.insert(prompt('b'));
  setFull(true);
  expect(() => prompts.insert(prompt('c'))).toThrow('full');
  expect(() => prompts.writeDown('b', {state: 'sending'})).toThrow('full');
  prompts.update('a', {state: 'delivered'});
  expect(prompts.of('s').map(({id, state}) => [id, state])).toEqual([
    ['a', 'delivered'],
    ['b', 'queued'],
  ]);
  setFull(false);
  prompts.flush();
  database.close();
  const again = openDatabase(directory);
  expect(promptsOver(again).byId('a')?.state).toBe('delivered');
  again.close();
});

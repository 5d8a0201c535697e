import path from 'node:path';
import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {openDatabase} from '../../src/sessions/database.ts';
import {openStore, storeOver} from '../../src/sessions/store.ts';
import {temporaryDirectory} from '../support/home.ts';
import {sampleRecord} from '../support/sample-record.ts';

/** A store whose disk is full, or has room, at the test's word. */
function openFillable() {
  const directory = path.join(temporaryDirectory(), 'state');
  const database = openDatabase(directory);
  const pages = () => Number(database.prepare('pragma page_count').get()?.page_count);
  const store = storeOver(database);
  const note = 'x'.repeat(20_000);
  return {
    store,
    note,
    fill: () => database.exec(`pragma max_page_count = ${pages()}`),
    free: () => database.exec('pragma max_page_count = 1000000'),
    again() {
      store.close();
      return openStore(directory);
    },
  };
}

const row = {at: 1, session: 'a', name: 'api', action: 'stop', result: 'ok', pid: 1, by: 'test'};
const refused = expect.objectContaining({code: 'STATE_UNUSABLE', hint: expect.stringContaining('space')});

test('on a full disk a new session is refused and leaves nothing', () => {
  const {store, note, fill, free, again} = openFillable();
  store.insert(sampleRecord());
  fill();
  const other = sampleRecord({id: 'other', name: 'other', note});
  expect(() => store.insert(other)).toThrow(refused);
  expect(() => store.exclusively(() => store.insert(other))).toThrow(AppError);
  expect(store.all()).toEqual([sampleRecord()]);
  free();
  store.insert(other);
  expect(again().all()).toHaveLength(2);
});

test('on a full disk what becomes of a session is known at once, and is on the disk as soon as there is space', () => {
  const {store, note, fill, free, again} = openFillable();
  const [one, two] = [sampleRecord(), sampleRecord({id: 'two', name: 'two'})];
  store.insert(one);
  store.insert(two);
  fill();
  store.exclusively(() => store.update(one.id, {phase: 'stopping', note}));
  store.update(one.id, {phase: 'stopped'});
  store.remove('two');
  for (const action of ['stop', 'destroy']) store.appendAudit({...row, action, detail: note});
  expect(store.all()).toEqual([{...one, phase: 'stopped', note}]);
  free();
  store.appendAudit({...row, action: 'list', detail: ''});
  expect(store.auditPage({}, 9).map(({action}) => action)).toEqual(['stop', 'destroy', 'list']);
  expect(again().all()).toEqual([{...one, phase: 'stopped', note}]);
});

test('a name that was freed on a full disk can be taken when there is space', () => {
  const {store, fill, free, again} = openFillable();
  const one = sampleRecord();
  store.insert(one);
  fill();
  store.remove(one.id);
  free();
  store.insert({...one, id: 'newer'});
  expect(again().all()).toEqual([{...one, id: 'newer'}]);
});

test('closed on a full disk, the store is as it last could be written', () => {
  const {store, note, fill, again} = openFillable();
  const one = sampleRecord();
  store.insert(one);
  fill();
  store.update(one.id, {note});
  expect(again().all()).toEqual([one]);
});

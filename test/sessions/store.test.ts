import {statSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {expect, test} from 'vitest';
import type {EnvironmentId} from '../../src/providers/provider.ts';
import {sandboxOf} from '../../src/providers/sandbox/profile.ts';
import {openStore} from '../../src/sessions/store.ts';
import {temporaryDirectory} from '../support/home.ts';
import {sampleRecord} from '../support/sample-record.ts';

test('a session comes back from the disk as it was written', () => {
  const directory = path.join(temporaryDirectory(), 'state');
  const record = sampleRecord({environment: 'c1' as EnvironmentId, exitCode: 3, note: 'why', worker: '1:2'});
  const first = openStore(directory);
  first.insert(record);
  first.close();
  const again = openStore(directory);
  expect(again.all()).toEqual([record]);
  again.update(record.id, {phase: 'stopped', removing: true, worker: null, exitCode: null});
  expect(again.byId(record.id)).toEqual({...record, phase: 'stopped', removing: true, worker: null, exitCode: null});
  again.close();
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('a second session of the same name is refused and the first stays as it was', () => {
  const store = openStore(undefined);
  store.insert(sampleRecord());
  expect(() => store.insert(sampleRecord({id: 'other'}))).toThrow(expect.objectContaining({code: 'NAME_TAKEN'}));
  expect(store.all()).toHaveLength(1);
});

test('what fails in the middle of exclusive work leaves nothing behind', () => {
  const store = openStore(undefined);
  expect(() =>
    store.exclusively(() => {
      store.insert(sampleRecord());
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(store.all()).toEqual([]);
});

test('rows of the version before setup steps are read, and have none', () => {
  const directory = temporaryDirectory();
  const first = openStore(directory);
  first.insert(sampleRecord({id: 'a'}));
  first.close();
  const database = new DatabaseSync(path.join(directory, 'trails.db'));
  database.exec(`update sessions set facts = json_remove(facts, '$.setup', '$.sandbox');
    alter table sessions drop column setup_done;
    alter table sessions drop column run;
    alter table sessions drop column conversation;
    alter table sessions drop column missing;
    alter table sessions drop column attention;
    alter table sessions drop column queued_at;
    alter table sessions drop column asleep;
    alter table sessions drop column unenforced;
    drop table prompts;
    drop table network_rules;
    drop table network_seen;
    drop table trusted;
    pragma user_version = 2`);
  database.close();
  const store = openStore(directory);
  expect(store.byId('a')).toEqual(sampleRecord({id: 'a', sandbox: sandboxOf('relaxed')}));
  store.update('a', {setupDone: 2});
  store.close();
  const again = openStore(directory);
  expect(again.byId('a')?.setupDone).toBe(2);
  again.close();
});

test('state of a newer Trails is refused with what to do, and not touched', () => {
  const directory = temporaryDirectory();
  openStore(directory).close();
  const database = new DatabaseSync(path.join(directory, 'trails.db'));
  database.exec('pragma user_version = 99');
  database.close();
  expect(() => openStore(directory)).toThrow(
    expect.objectContaining({code: 'STATE_UNUSABLE', hint: expect.stringContaining('Update')}),
  );
});

test('audit rows are listed from the oldest to the newest, of one session or of all, from a moment or a row on', () => {
  const store = openStore(undefined);
  const row = {at: 1, session: 'a', name: 'api', action: 'create', detail: '', result: 'ok', pid: 1, by: 'test'};
  store.appendAudit(row);
  store.appendAudit({...row, at: 2, session: 'b'});
  store.appendAudit({...row, at: 3, action: 'stop'});
  const times = (rows: readonly {readonly at: number}[]) => rows.map(found => found.at);
  expect(times(store.auditTail({}, 2))).toEqual([2, 3]);
  expect(times(store.auditPage({}, 2))).toEqual([1, 2]);
  expect(times(store.auditPage({after: 2}, 2))).toEqual([3]);
  expect(times(store.auditPage({since: 2}, 9))).toEqual([2, 3]);
  expect(store.auditTail({session: 'a'}, 1)).toEqual([{...row, id: 3, at: 3, action: 'stop'}]);
});

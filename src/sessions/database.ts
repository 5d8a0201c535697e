import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {AppError} from '../errors.ts';
import {privateDirectory} from '../lib/files.ts';

/** Each entry brings the schema from its index to the next version; entries are never edited, only added. */
const migrations: readonly string[] = [
  `create table sessions (
     id text primary key, name text not null unique, facts text not null, environment text,
     phase text not null, phase_since integer not null, note text not null, exit_code integer,
     removing integer not null, worker text) strict;
   create table audit (
     id integer primary key, at integer not null, session text not null, name text not null, action text not null,
     detail text not null, result text not null, pid integer not null, by text not null) strict;
   create index audit_session on audit (session);
   create table leases (session text primary key, worker text not null) strict;`,
  // One process serves all sessions now.
  'drop table leases; create index audit_at on audit (at);',
  'alter table sessions add column setup_done integer not null default 0;',
  `alter table sessions add column run text not null default 'again';
   alter table sessions add column conversation text not null default '';
   alter table sessions add column missing text not null default '[]';
   create table prompts (
     id text primary key, session text not null, text text not null, state text not null, detail text not null,
     created_at integer not null, since integer not null) strict;
   create index prompts_session on prompts (session);`,
  "alter table sessions add column attention text not null default ''",
  `alter table sessions add column queued_at integer;
   alter table sessions add column asleep text not null default '';
   alter table sessions add column unenforced text not null default '[]';
   create table network_rules (
     id integer primary key, scope text not null, subject text not null, host text not null, decision text not null,
     at integer not null, unique (scope, subject, host)) strict;
   create table trusted (repo text primary key, digest text not null, at integer not null) strict;`,
  'create table network_seen (session text primary key, at integer not null) strict',
  "alter table trusted add column text text not null default ''",
];

function migrate(database: DatabaseSync): void {
  const version = () => Number(database.prepare('pragma user_version').get()?.user_version);
  if (version() > migrations.length) {
    throw new AppError('STATE_UNUSABLE', 'The state was written by a newer Trails', {
      hint: 'Update Trails, or set TRAILS_HOME to another directory.',
    });
  }
  if (version() === migrations.length) return;
  database.exec('begin immediate');
  // Another process may have migrated while we waited for the lock.
  for (const sql of migrations.slice(version())) database.exec(sql);
  database.exec(`pragma user_version = ${migrations.length}; commit`);
}

function openFile(file: string | undefined): DatabaseSync {
  const database = new DatabaseSync(file ?? ':memory:', {timeout: 5000});
  try {
    // A session's row must survive a power cut: its container outlives us, and the row is how it is found by name.
    database.exec('pragma journal_mode = wal; pragma synchronous = full');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens the state in a directory, or in memory when there is none, with the schema of this version. Throws STATE_UNUSABLE. */
export function openDatabase(directory: string | undefined): DatabaseSync {
  const file = directory === undefined ? undefined : path.join(privateDirectory(directory), 'trails.db');
  try {
    return openFile(file);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('STATE_UNUSABLE', `Could not open ${file}: ${(cause as Error).message}`, {cause});
  }
}

/** SQLite's codes for a disk that is full, or that may not be written now: PERM, READONLY, IOERR, FULL, CANTOPEN. */
const troubles = new Set([3, 8, 10, 13, 14]);

/** The disk is to blame, not what was asked of it: the same may succeed later. */
export function isDiskTrouble(error: unknown): boolean {
  const {errcode} = error as {errcode?: unknown};
  return typeof errcode === 'number' && troubles.has(errcode & 0xff);
}

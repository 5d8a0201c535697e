import path from 'node:path';
import {DatabaseSync, type SQLInputValue, type SQLOutputValue} from 'node:sqlite';
import {AppError} from '../errors.ts';
import {privateDirectory} from '../lib/files.ts';
import type {EnvironmentId} from '../providers/provider.ts';
import type {AuditRow, Phase} from './port.ts';
import type {SessionFacts, SessionRecord} from './record.ts';

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
];

type Row = Record<string, SQLOutputValue>;

const recordOf = (row: Row): SessionRecord => ({
  ...(JSON.parse(String(row.facts)) as SessionFacts),
  environment: row.environment === null ? null : (String(row.environment) as EnvironmentId),
  phase: String(row.phase) as Phase,
  phaseSince: Number(row.phase_since),
  note: String(row.note),
  exitCode: row.exit_code === null ? null : Number(row.exit_code),
  removing: row.removing === 1,
  worker: row.worker === null ? null : String(row.worker),
});

const columns = {
  environment: 'environment',
  phase: 'phase',
  phaseSince: 'phase_since',
  note: 'note',
  exitCode: 'exit_code',
  removing: 'removing',
  worker: 'worker',
} as const;
export type RecordChange = Partial<Pick<SessionRecord, keyof typeof columns>>;

export interface AuditFilter {
  readonly session?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Only rows behind the one of this id. */
  readonly after?: number | undefined;
}

/** The sessions and the audit rows on disk. */
export interface Store {
  all(): readonly SessionRecord[];
  byId(id: string): SessionRecord | undefined;
  /** Throws NAME_TAKEN. */
  insert(record: SessionRecord): void;
  update(id: string, change: RecordChange): void;
  remove(id: string): void;
  /** Runs `work` with no other process writing in between. */
  exclusively<T>(work: () => T): T;
  appendAudit(row: Omit<AuditRow, 'id'>): void;
  /** The newest so many of the rows asked for; like `auditPage` from the oldest to the newest. */
  auditTail(filter: AuditFilter, limit: number): readonly AuditRow[];
  /** The oldest so many of the rows asked for. */
  auditPage(filter: AuditFilter, limit: number): readonly AuditRow[];
  close(): void;
}

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

function openDatabase(file: string | undefined): DatabaseSync {
  const database = new DatabaseSync(file ?? ':memory:', {timeout: 5000});
  try {
    // Whatever of us is killed, nothing written is lost. A power cut may cost the rows of its last moment: it ends the containers, too, and those
    // are found again by their labels. To wait for the disk at each row would keep every terminal waiting.
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens the store in a state directory, or in memory when there is none. Throws STATE_UNUSABLE. */
export function openStore(directory: string | undefined): Store {
  const file = directory === undefined ? undefined : path.join(privateDirectory(directory), 'trails.db');
  let database: DatabaseSync;
  try {
    database = openDatabase(file);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('STATE_UNUSABLE', `Could not open ${file}: ${(cause as Error).message}`, {cause});
  }
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const sql = (text: string) => {
    const statement = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, statement);
    return statement;
  };
  const attempt = <T>(what: string, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      const message = (cause as Error).message;
      if (message.includes('sessions.name')) throw new AppError('NAME_TAKEN', 'That name is taken', {cause});
      throw new AppError('STATE_UNUSABLE', `Could not ${what} ${file ?? 'the state'}: ${message}`, {cause});
    }
  };
  const rows = (text: string, ...values: SQLInputValue[]) => attempt('read', () => sql(text).all(...values) as Row[]);
  const write = (text: string, ...values: SQLInputValue[]) => attempt('write', () => sql(text).run(...values));
  const auditRows = ({session, since, after}: AuditFilter, order: 'asc' | 'desc', limit: number) =>
    rows(
      `select id, at, session, name, action, detail, result, pid, by from audit
       where (?1 is null or session = ?1) and at >= ?2 and id > ?3 order by id ${order} limit ?4`,
      ...[session ?? null, since ?? 0, after ?? 0, limit],
    ).map(row => ({...row}) as object as AuditRow);

  // Nobody else writes here: what was read once is known until we change it.
  let known: Map<string, SessionRecord> | undefined;
  const records = () => {
    known ??= new Map(rows('select * from sessions order by id').map(row => [String(row.id), recordOf(row)]));
    return known;
  };
  const changed = (id: string) => {
    const [row] = rows('select * from sessions where id = ?', id);
    if (row) known?.set(id, recordOf(row));
    else known?.delete(id);
  };

  return {
    all: () => [...records().values()],
    byId: id => records().get(id),
    insert(record) {
      const {environment, phase, phaseSince, note, exitCode, removing, worker, ...facts} = record;
      write(
        'insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[record.id, record.name, JSON.stringify(facts), environment, phase, phaseSince, note, exitCode],
        ...[removing ? 1 : 0, worker],
      );
      // In the order of the ids.
      known = undefined;
    },
    update(id, change) {
      const entries = Object.entries(change) as [keyof typeof columns, SQLInputValue | boolean][];
      if (entries.length === 0) return;
      const set = entries.map(([key]) => `${columns[key]} = ?`).join(', ');
      const values = entries.map(([, value]) => (typeof value === 'boolean' ? Number(value) : value));
      write(`update sessions set ${set} where id = ?`, ...values, id);
      changed(id);
    },
    remove(id) {
      write('delete from sessions where id = ?', id);
      known?.delete(id);
    },
    exclusively(work) {
      attempt('write', () => database.exec('begin immediate'));
      try {
        const result = work();
        attempt('write', () => database.exec('commit'));
        return result;
      } catch (error) {
        known = undefined;
        // A full disk has ended the transaction already.
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    },
    appendAudit: row =>
      write(
        'insert into audit (at, session, name, action, detail, result, pid, by) values (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[row.at, row.session, row.name, row.action, row.detail, row.result, row.pid, row.by],
      ),
    auditTail: (filter, limit) => auditRows(filter, 'desc', limit).reverse(),
    auditPage: (filter, limit) => auditRows(filter, 'asc', limit),
    close: () => database.close(),
  };
}

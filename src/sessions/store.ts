import type {DatabaseSync, SQLInputValue, SQLOutputValue} from 'node:sqlite';
import {AppError} from '../errors.ts';
import type {EnvironmentId} from '../providers/provider.ts';
import {isDiskTrouble, openDatabase} from './database.ts';
import {type RuleStore, rulesOver} from './network/rule-store.ts';
import type {Asleep, AuditRow, Phase, StartWay} from './port.ts';
import {type TrustStore, trustOver} from './project/trust-store.ts';
import {type PromptStore, promptsOver} from './prompts/prompt-store.ts';
import {type Attention, type SessionFacts, type SessionRecord, wholeFacts} from './record.ts';

type Row = Record<string, SQLOutputValue>;

const recordOf = (row: Row): SessionRecord => ({
  ...wholeFacts(JSON.parse(String(row.facts)) as SessionFacts),
  environment: row.environment === null ? null : (String(row.environment) as EnvironmentId),
  phase: String(row.phase) as Phase,
  phaseSince: Number(row.phase_since),
  note: String(row.note),
  exitCode: row.exit_code === null ? null : Number(row.exit_code),
  setupDone: Number(row.setup_done),
  run: String(row.run) as StartWay,
  conversation: String(row.conversation),
  attention: String(row.attention) as Attention,
  missing: JSON.parse(String(row.missing)) as readonly string[],
  queuedAt: row.queued_at === null ? null : Number(row.queued_at),
  asleep: String(row.asleep) as Asleep,
  unenforced: JSON.parse(String(row.unenforced)) as readonly string[],
  removing: row.removing === 1,
  worker: row.worker === null ? null : String(row.worker),
});

export type RecordChange = Partial<
  Pick<
    SessionRecord,
    | 'environment'
    | 'phase'
    | 'phaseSince'
    | 'note'
    | 'exitCode'
    | 'setupDone'
    | 'run'
    | 'conversation'
    | 'attention'
    | 'missing'
    | 'queuedAt'
    | 'asleep'
    | 'unenforced'
    | 'removing'
    | 'worker'
  >
>;

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
  /** Throws NAME_TAKEN, and STATE_UNUSABLE while the disk cannot be written. */
  insert(record: SessionRecord): void;
  update(id: string, change: RecordChange): void;
  /** Forgets its prompts and the rules of its network, too. */
  remove(id: string): void;
  /** Makes the changes of `work` as a whole or, when it throws, not at all. */
  exclusively<T>(work: () => T): T;
  appendAudit(row: Omit<AuditRow, 'id'>): void;
  /** The newest so many of the rows asked for; like `auditPage` from the oldest to the newest. */
  auditTail(filter: AuditFilter, limit: number): readonly AuditRow[];
  /** The oldest so many of the rows asked for. */
  auditPage(filter: AuditFilter, limit: number): readonly AuditRow[];
  /** The id of the last session that had this name or id, also when it is gone; undefined when nothing was done with one. */
  auditedSession(ref: string): string | undefined;
  readonly prompts: PromptStore;
  readonly rules: RuleStore;
  readonly trust: TrustStore;
  close(): void;
}

const facts = ['id', 'name', 'facts'];
const changing = [
  ...['environment', 'phase', 'phase_since', 'note', 'exit_code', 'setup_done', 'run', 'conversation', 'attention'],
  ...['missing', 'queued_at', 'asleep', 'unenforced', 'removing', 'worker'],
];
const columns = [...facts, ...changing];
const put = `insert into sessions (${columns.join()}) values (${columns.map(() => '?').join()})
  on conflict (id) do update set ${changing.map(name => `${name} = excluded.${name}`).join()}`;

const valuesOf = (record: SessionRecord): SQLInputValue[] => {
  const {environment, phase, phaseSince, note, exitCode, setupDone, run, conversation, attention, ...rest} = record;
  const {missing, queuedAt, asleep, unenforced, removing, worker, ...facts} = rest;
  const row = [facts.id, facts.name, JSON.stringify(facts), environment, phase, phaseSince, note, exitCode, setupDone];
  const lists = [JSON.stringify(missing), queuedAt, asleep, JSON.stringify(unenforced)];
  return [...row, run, conversation, attention, ...lists, removing ? 1 : 0, worker];
};

/** Audit rows that wait for the disk. */
const mostWaiting = 1000;

/** Opens the store in a state directory, or in memory when there is none. Throws STATE_UNUSABLE. */
export const openStore = (directory: string | undefined): Store => storeOver(openDatabase(directory));

/**
 * The store over an open database. While the disk cannot be written, new sessions are refused; what becomes of those that are there is
 * kept in memory and written with the next change that can be. Should we die before, reconcile finds it out anew from their containers.
 */
export function storeOver(database: DatabaseSync): Store {
  const prompts = promptsOver(database);
  const rules = rulesOver(database);
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
      const file = database.location() ?? 'the state';
      throw new AppError('STATE_UNUSABLE', `Could not ${what} ${file}: ${(cause as Error).message}`, {cause});
    }
  };
  const rows = (text: string, ...values: SQLInputValue[]) => attempt('read', () => sql(text).all(...values) as Row[]);
  const auditRows = ({session, since, after}: AuditFilter, order: 'asc' | 'desc', limit: number) =>
    rows(
      `select id, at, session, name, action, detail, result, pid, by from audit
       where (?1 is null or session = ?1) and at >= ?2 and id > ?3 order by id ${order} limit ?4`,
      ...[session ?? null, since ?? 0, after ?? 0, limit],
    ).map(row => ({...row}) as object as AuditRow);

  // Nobody else writes here: what was read once is known until we change it.
  let known: ReadonlyMap<string, SessionRecord> = new Map(
    rows('select * from sessions order by id').map(row => [String(row.id), recordOf(row)]),
  );
  /** What is not on the disk yet, in the order of the changes; undefined: removed. */
  let pending: ReadonlyMap<string, SessionRecord | undefined> = new Map();
  let waiting: readonly Omit<AuditRow, 'id'>[] = [];

  const flush = () => {
    database.exec('begin immediate');
    try {
      for (const [id, record] of pending) {
        if (record) sql(put).run(...valuesOf(record));
        else sql('delete from sessions where id = ?').run(id);
      }
      for (const {at, session, name, action, detail, result, pid, by} of waiting)
        sql(
          'insert into audit (at, session, name, action, detail, result, pid, by) values (?, ?, ?, ?, ?, ?, ?, ?)',
        ).run(at, session, name, action, detail, result, pid, by);
      database.exec('commit');
    } catch (error) {
      // A full disk has ended the transaction already.
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
    pending = new Map();
    waiting = [];
  };
  const isLater = (error: unknown) => error instanceof AppError && isDiskTrouble(error.cause);

  let changing: {refusable: boolean} | undefined;
  /** Makes changes as a whole or not at all. `refusable`: not without the disk. */
  const change = <T>(refusable: boolean, work: () => T): T => {
    if (changing) {
      changing.refusable ||= refusable;
      return work();
    }
    const before = {known, pending};
    const current = {refusable};
    const takeBack = (error: unknown) => {
      ({known, pending} = before);
      return error;
    };
    changing = current;
    let result: T;
    try {
      result = work();
    } catch (error) {
      throw takeBack(error);
    } finally {
      changing = undefined;
    }
    try {
      if (pending !== before.pending) attempt('write', flush);
    } catch (error) {
      if (current.refusable || !isLater(error)) throw takeBack(error);
    }
    return result;
  };
  const set = (id: string, record: SessionRecord | undefined) => {
    const next = new Map(known);
    if (record) next.set(id, record);
    else next.delete(id);
    // A row that was removed and one of its name that comes behind it are written in this order.
    const later = new Map(pending);
    later.delete(id);
    later.set(id, record);
    known = next;
    pending = later;
  };

  return {
    all: () => [...known.values()],
    byId: id => known.get(id),
    insert: record =>
      change(true, () => {
        if ([...known.values()].some(({name}) => name === record.name))
          throw new AppError('NAME_TAKEN', 'That name is taken');
        set(record.id, record);
        known = new Map([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    update: (id, next) =>
      change(false, () => {
        const record = known.get(id);
        if (record && Object.keys(next).length > 0) set(id, {...record, ...next});
      }),
    remove(id) {
      prompts.forget(id);
      rules.forget(id);
      change(false, () => set(id, undefined));
    },
    exclusively: work => change(false, work),
    appendAudit(row) {
      const before = waiting;
      waiting = [...waiting, row];
      try {
        attempt('write', flush);
      } catch (error) {
        if (isLater(error) && waiting.length <= mostWaiting) return;
        waiting = before;
        throw error;
      }
    },
    auditTail: (filter, limit) => auditRows(filter, 'desc', limit).reverse(),
    auditPage: (filter, limit) => auditRows(filter, 'asc', limit),
    auditedSession(ref) {
      if (ref === '') return undefined;
      const [row] = rows('select session from audit where session = ?1 or name = ?1 order by id desc limit 1', ref);
      return row && String(row.session);
    },
    prompts,
    rules,
    trust: trustOver(database),
    close() {
      prompts.flush();
      try {
        if (pending.size > 0 || waiting.length > 0) flush();
      } catch {
        // The disk is as before: reconcile tells what became of the sessions.
      }
      database.close();
    },
  };
}

import type {DatabaseSync, SQLInputValue} from 'node:sqlite';
import {AppError} from '../../errors.ts';
import {isDiskTrouble} from '../database.ts';
import type {PromptState} from '../port.ts';

export interface PromptRecord {
  readonly id: string;
  /** The id of its session. */
  readonly session: string;
  readonly text: string;
  readonly state: PromptState;
  readonly detail: string;
  readonly createdAt: number;
  readonly since: number;
}

type PromptChange = Partial<Pick<PromptRecord, 'state' | 'detail' | 'since'>>;

/** Of those that are delivered or have failed, so many a session are remembered. */
const mostEnded = 20;

const hasEnded = ({state}: PromptRecord): boolean => state === 'delivered' || state === 'failed';

/** The prompts on disk, in the order in which they were sent. */
export interface PromptStore {
  of(session: string): readonly PromptRecord[];
  byId(id: string): PromptRecord | undefined;
  /** Throws STATE_UNUSABLE while the disk cannot be written. */
  insert(record: PromptRecord): void;
  /** On the disk when it returns. Throws STATE_UNUSABLE, and has changed nothing then. */
  writeDown(id: string, change: PromptChange): void;
  /** Kept in memory while the disk cannot be written, and written with the next change that can be. */
  update(id: string, change: PromptChange): void;
  remove(id: string): void;
  forget(session: string): void;
  /** Writes what waits for the disk, if it can. */
  flush(): void;
}

const names = 'id, session, text, state, detail, created_at, since';

/** The prompts in an open database; a file of the store's own. */
export function promptsOver(database: DatabaseSync): PromptStore {
  const put = database.prepare(
    `insert into prompts (${names}) values (?, ?, ?, ?, ?, ?, ?) on conflict (id) do update set
     state = excluded.state, detail = excluded.detail, since = excluded.since`,
  );
  const drop = database.prepare('delete from prompts where id = ?');
  let known: ReadonlyMap<string, PromptRecord> = new Map(
    database
      .prepare(`select ${names} from prompts order by rowid`)
      .all()
      .map(({created_at, ...row}) => [
        String(row.id),
        {...row, createdAt: Number(created_at)} as object as PromptRecord,
      ]),
  );
  /** What is not on the disk yet; undefined: removed. */
  let pending: ReadonlyMap<string, PromptRecord | undefined> = new Map();

  const write = () => {
    if (pending.size === 0) return;
    database.exec('begin immediate');
    try {
      for (const [id, record] of pending) {
        if (record) {
          const {session, text, state, detail, createdAt, since} = record;
          const values: SQLInputValue[] = [id, session, text, state, detail, createdAt, since];
          put.run(...values);
        } else drop.run(id);
      }
      database.exec('commit');
    } catch (error) {
      // A full disk has ended the transaction already.
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
    pending = new Map();
  };
  /** `durable`: not without the disk. */
  const change = (durable: boolean, work: () => void) => {
    const before = {known, pending};
    work();
    try {
      write();
    } catch (cause) {
      if (!durable && isDiskTrouble(cause)) return;
      ({known, pending} = before);
      const file = database.location() ?? 'the state';
      throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
    }
  };
  const set = (id: string, record: PromptRecord | undefined) => {
    const next = new Map(known);
    if (record) next.set(id, record);
    else next.delete(id);
    known = next;
    pending = new Map([...pending, [id, record]]);
  };
  /** Asked for at every look at the sessions. */
  let index: {readonly of: typeof known; readonly bySession: ReadonlyMap<string, PromptRecord[]>} | undefined;
  const of = (session: string): readonly PromptRecord[] => {
    if (index?.of !== known) index = {of: known, bySession: Map.groupBy(known.values(), one => one.session)};
    return index.bySession.get(session) ?? [];
  };
  const changeOne = (id: string, next: PromptChange) => {
    const record = known.get(id);
    if (!record) return;
    set(id, {...record, ...next});
    const ended = of(record.session).filter(hasEnded);
    for (const old of ended.slice(0, Math.max(0, ended.length - mostEnded))) set(old.id, undefined);
  };

  return {
    of,
    byId: id => known.get(id),
    insert: record => change(true, () => set(record.id, record)),
    writeDown: (id, next) => change(true, () => changeOne(id, next)),
    update: (id, next) => change(false, () => changeOne(id, next)),
    remove: id => change(false, () => set(id, undefined)),
    forget(session) {
      const all = of(session);
      if (all.length === 0) return;
      change(false, () => {
        for (const {id} of all) set(id, undefined);
      });
    },
    flush() {
      try {
        write();
      } catch {
        // A prompt whose end is not written down counts as interrupted at the next start: it is not typed again.
      }
    },
  };
}

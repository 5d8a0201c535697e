import type {DatabaseSync} from 'node:sqlite';
import {AppError} from '../../errors.ts';
import {isDiskTrouble} from '../database.ts';

/** What a person said about a host. */
export interface RuleRecord {
  readonly scope: 'session' | 'repo';
  /** The session's id, or the path of the repository. */
  readonly subject: string;
  /** As it was given: a host, `.suffix` or a group. */
  readonly host: string;
  readonly decision: 'allow' | 'block';
  readonly at: number;
}

type Subject = Pick<RuleRecord, 'scope' | 'subject'>;

/** The rules that people gave, and when they last looked at what was denied; on disk. */
export interface RuleStore {
  /** In the order in which they were given. */
  of(subject: Subject): readonly RuleRecord[];
  /** In the place of an earlier one about the same host. On the disk when it returns; throws STATE_UNUSABLE, and has changed nothing then. */
  put(rule: RuleRecord, instead?: readonly Subject[]): void;
  /** Takes back what was said about the host there. Throws STATE_UNUSABLE. */
  drop(subjects: readonly Subject[], host: string): void;
  /** Milliseconds since the epoch; 0: never. */
  seenAt(session: string): number;
  see(session: string, at: number): void;
  /** What is the session's own goes; what was said for its repository stays. */
  forget(session: string): void;
}

const keyOf = ({scope, subject}: Subject): string => `${scope} ${subject}`;

/** The rules in an open database. */
export function rulesOver(database: DatabaseSync): RuleStore {
  const known = new Map<string, readonly RuleRecord[]>(
    Map.groupBy(
      database
        .prepare('select scope, subject, host, decision, at from network_rules order by at, id')
        .all()
        .map(row => ({...row, at: Number(row.at)}) as object as RuleRecord),
      keyOf,
    ),
  );
  const seen = new Map(
    database
      .prepare('select session, at from network_seen')
      .all()
      .map(row => [String(row.session), Number(row.at)]),
  );
  const remove = database.prepare('delete from network_rules where scope = ? and subject = ? and host = ?');
  const insert = database.prepare(
    'insert into network_rules (scope, subject, host, decision, at) values (?, ?, ?, ?, ?)',
  );
  const of = (subject: Subject) => known.get(keyOf(subject)) ?? [];

  const write = (work: () => void) => {
    try {
      database.exec('begin immediate');
      work();
      database.exec('commit');
    } catch (cause) {
      if (database.isTransaction) database.exec('rollback');
      const file = database.location() ?? 'the state';
      throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
    }
  };
  /** What is not written down is said anew by who asks next: it is in the way of nothing. */
  const writeIfItCan = (work: () => void) => {
    try {
      write(work);
    } catch (error) {
      if (!(error instanceof AppError && isDiskTrouble(error.cause))) throw error;
    }
  };
  const without = (subject: Subject, host: string) => {
    const rest = of(subject).filter(rule => rule.host !== host);
    if (rest.length > 0) known.set(keyOf(subject), rest);
    else known.delete(keyOf(subject));
  };

  return {
    of,
    put(rule, instead = []) {
      const {scope, subject, host, decision, at} = rule;
      const replaced = [rule, ...instead];
      write(() => {
        for (const one of replaced) remove.run(one.scope, one.subject, host);
        insert.run(scope, subject, host, decision, at);
      });
      for (const one of replaced) without(one, host);
      known.set(keyOf(rule), [...of(rule), {scope, subject, host, decision, at}]);
    },
    drop(subjects, host) {
      write(() => {
        for (const {scope, subject} of subjects) remove.run(scope, subject, host);
      });
      for (const subject of subjects) without(subject, host);
    },
    seenAt: session => seen.get(session) ?? 0,
    see(session, at) {
      seen.set(session, at);
      writeIfItCan(() =>
        database.prepare('insert or replace into network_seen (session, at) values (?, ?)').run(session, at),
      );
    },
    forget(session) {
      const subject = {scope: 'session', subject: session} as const;
      if (of(subject).length === 0 && !seen.has(session)) return;
      known.delete(keyOf(subject));
      seen.delete(session);
      writeIfItCan(() => {
        database.prepare("delete from network_rules where scope = 'session' and subject = ?").run(session);
        database.prepare('delete from network_seen where session = ?').run(session);
      });
    },
  };
}

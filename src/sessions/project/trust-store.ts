import type {DatabaseSync} from 'node:sqlite';
import {AppError} from '../../errors.ts';

/** A project file as a person trusted it. */
export interface Trusted {
  readonly repo: string;
  readonly digest: string;
  /** What it was, to show what has changed since. */
  readonly text: string;
  readonly at: number;
}

/** The project files that are trusted, on disk. Throws STATE_UNUSABLE while the disk cannot be written. */
export interface TrustStore {
  of(repo: string): Trusted | undefined;
  all(): readonly Trusted[];
  put(trusted: Trusted): void;
  /** False where there was nothing. */
  drop(repo: string): boolean;
}

export function trustOver(database: DatabaseSync): TrustStore {
  const columns = 'repo, digest, text, at';
  const select = database.prepare(`select ${columns} from trusted order by repo`);
  const insert = database.prepare(
    `insert into trusted (${columns}) values (?, ?, ?, ?) on conflict (repo) do update set
     digest = excluded.digest, text = excluded.text, at = excluded.at`,
  );
  const remove = database.prepare('delete from trusted where repo = ?');
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      const file = database.location() ?? 'the state';
      throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
    }
  };
  let known: ReadonlyMap<string, Trusted> = new Map(
    (select.all() as object[] as Trusted[]).map(row => [row.repo, {...row}]),
  );
  return {
    of: repo => known.get(repo),
    all: () => [...known.values()],
    put(trusted) {
      const {repo, digest, text, at} = trusted;
      attempt(() => insert.run(repo, digest, text, at));
      known = new Map([...known, [repo, trusted]]);
    },
    drop(repo) {
      if (!known.has(repo)) return false;
      attempt(() => remove.run(repo));
      known = new Map([...known].filter(([one]) => one !== repo));
      return true;
    },
  };
}

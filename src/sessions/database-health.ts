import {existsSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import type {Paths} from '../lib/paths.ts';

const mostProblems = 5;

/** What is wrong with the record of sessions, in SQLite's words; undefined when there is none. Changes nothing. */
export function problemsOfDatabase({state}: Paths): readonly string[] | undefined {
  const file = path.join(state, 'trails.db');
  if (!existsSync(file)) return undefined;
  try {
    const database = new DatabaseSync(file, {readOnly: true, timeout: 1000});
    try {
      const rows = database.prepare(`pragma quick_check(${mostProblems})`).all();
      return rows.map(row => String(Object.values(row)[0])).filter(text => text !== 'ok');
    } finally {
      database.close();
    }
  } catch (error) {
    return [(error as Error).message];
  }
}

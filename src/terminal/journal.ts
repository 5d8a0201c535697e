import {appendFileSync, readFileSync} from 'node:fs';
import {AppError} from '../errors.ts';

/** From position `at` of the provider's record on, output is laid out for this size. */
export interface JournalEntry {
  readonly at: number;
  readonly columns: number;
  readonly rows: number;
  /** A new run of the agent begins here. */
  readonly spawn: boolean;
}

/** One short line in one append: whole or not there, whoever else writes. */
export function appendJournal(file: string, {at, columns, rows, spawn}: JournalEntry): void {
  try {
    appendFileSync(file, `${at} ${columns} ${rows}${spawn ? ' spawn' : ''}\n`, {mode: 0o600});
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
  }
}

/** The entries in order; a torn or foreign line is passed over, a missing file has none. */
export function readJournal(file: string): readonly JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AppError('STATE_UNUSABLE', `Could not read ${file}: ${(error as Error).message}`, {cause: error});
  }
  const entries = text
    .split('\n')
    .slice(0, -1)
    .flatMap(line => {
      const [, at, columns, rows, spawn] = /^(\d{1,15}) (\d{1,5}) (\d{1,5})( spawn)?$/.exec(line) ?? [];
      return at === undefined
        ? []
        : [{at: Number(at), columns: Number(columns), rows: Number(rows), spawn: spawn !== undefined}];
    });
  // Two processes may have appended in the other order than the terminal saw.
  return entries.sort((a, b) => a.at - b.at);
}

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

/**
 * One short line in one append, whoever else writes. It begins by ending whatever an interrupted write left before it, and its
 * last word says that it is complete. Throws STATE_UNUSABLE.
 */
export function appendJournal(file: string, {at, columns, rows, spawn}: JournalEntry): void {
  try {
    appendFileSync(file, `\n${at} ${columns} ${rows} ${spawn ? 'spawn' : 'resize'}\n`, {mode: 0o600});
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
  }
}

/** The entries in order; a torn or foreign line is passed over, a missing file has none. Throws STATE_UNUSABLE. */
export function readJournal(file: string): readonly JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new AppError('STATE_UNUSABLE', `Could not read ${file}: ${(error as Error).message}`, {cause: error});
  }
  const entries = text.split('\n').flatMap(line => {
    const [, at, columns, rows, kind] = /^(\d{1,15}) (\d{1,5}) (\d{1,5}) (spawn|resize)$/.exec(line) ?? [];
    return kind ? [{at: Number(at), columns: Number(columns), rows: Number(rows), spawn: kind === 'spawn'}] : [];
  });
  // Two processes may have appended in the other order than the terminal saw.
  return entries.sort((a, b) => a.at - b.at);
}

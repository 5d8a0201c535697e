import {type Size, sameSize, usableSize} from '../../lib/size.ts';
import {appendJournal, type JournalEntry} from '../../terminal/journal.ts';

export interface Sizing {
  /** The size the agent's program was last told. */
  readonly size: Size;
  /**
   * Tells the program a size; resolves with the position from which output is laid out for it, or with undefined when there was
   * nothing to tell. The newest of several wins.
   */
  resize(next: Size): Promise<number | undefined>;
}

/** The sizes of one terminal: one change at a time, each written down where it took effect. */
export function createSizing(options: {
  readonly file: string;
  readonly journal: readonly JournalEntry[];
  readonly initial: Size;
  readonly tell: (size: Size) => Promise<number>;
  readonly onEntry: (entry: JournalEntry) => void;
  /** The journal could not be written; what is missing there is written with the next change. */
  readonly onUnwritten?: (error: unknown) => void;
}): Sizing {
  const {file, journal, initial, tell, onEntry, onUnwritten = () => {}} = options;
  const {columns, rows} = journal.at(-1) ?? initial;
  let size: Size = {columns, rows};
  let wanted: Size | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const unwritten: JournalEntry[] = [];

  const writeDown = (entry: JournalEntry) => {
    unwritten.push(entry);
    try {
      for (let next = unwritten[0]; next; next = unwritten[0]) {
        appendJournal(file, next);
        unwritten.shift();
      }
    } catch (error) {
      // A full disk must not keep anybody from a running agent: only a later replay may look as before the change.
      onUnwritten(error);
    }
  };
  const settle = async (): Promise<number | undefined> => {
    const next = wanted;
    wanted = undefined;
    if (!next || sameSize(next, size)) return undefined;
    const entry = {at: await tell(next), columns: next.columns, rows: next.rows, spawn: false};
    size = next;
    writeDown(entry);
    onEntry(entry);
    return entry.at;
  };
  return {
    get size() {
      return size;
    },
    resize(next) {
      wanted = usableSize(next);
      // Two at once would be written down in an order the program did not see.
      const mine = turn.then(settle);
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

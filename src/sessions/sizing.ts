import {type Size, sameSize} from '../lib/size.ts';
import {appendJournal, type JournalEntry, readJournal} from '../terminal/journal.ts';

export interface Sizing {
  /** The size the agent's program was last told, by us or by another process. */
  readonly size: Size;
  /**
   * Tells the program a size; resolves with the position from which output is laid out for it, or with undefined when there was
   * nothing to tell. The newest of several wins.
   */
  resize(next: Size): Promise<number | undefined>;
  /** Hears of what other processes wrote into the journal. */
  refresh(): void;
}

const nameOf = ({at, columns, rows, spawn}: JournalEntry) => `${at} ${columns} ${rows} ${spawn}`;

/** The sizes of one terminal: one change at a time, each written down where it took effect. */
export function createSizing(options: {
  readonly file: string;
  readonly journal: readonly JournalEntry[];
  readonly initial: Size;
  readonly tell: (size: Size) => Promise<number>;
  readonly onEntry: (entry: JournalEntry) => void;
}): Sizing {
  const {file, journal, initial, tell, onEntry} = options;
  const known = new Map<string, number>();
  const note = (entry: JournalEntry) => known.set(nameOf(entry), (known.get(nameOf(entry)) ?? 0) + 1);
  for (const entry of journal) note(entry);
  const sizeIn = (entries: readonly JournalEntry[]): Size => {
    const {columns, rows} = entries.at(-1) ?? initial;
    return {columns, rows};
  };
  let size = sizeIn(journal);
  let wanted: Size | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const refresh = () => {
    const found = readJournal(file);
    const counts = new Map<string, number>();
    let foreign = false;
    for (const entry of found) {
      const name = nameOf(entry);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      if ((counts.get(name) ?? 0) <= (known.get(name) ?? 0)) continue;
      note(entry);
      foreign = true;
      onEntry(entry);
    }
    if (foreign) size = sizeIn(found);
  };
  const settle = async (): Promise<number | undefined> => {
    const next = wanted;
    wanted = undefined;
    if (!next) return undefined;
    refresh();
    if (sameSize(next, size)) return undefined;
    const entry = {at: await tell(next), columns: next.columns, rows: next.rows, spawn: false};
    appendJournal(file, entry);
    size = next;
    note(entry);
    onEntry(entry);
    return entry.at;
  };
  return {
    get size() {
      return size;
    },
    refresh,
    resize(next) {
      wanted = next;
      // Two at once would be written down in an order the program did not see.
      const mine = turn.then(settle);
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

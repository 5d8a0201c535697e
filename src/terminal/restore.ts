import type {Emulator} from './emulator.ts';
import type {JournalEntry} from './journal.ts';

/** The positions at which a stream's pieces must be cut for a playback. */
export const cutsOf = (journal: readonly JournalEntry[]): readonly number[] => [
  ...new Set(journal.map(entry => entry.at)),
];

/** Feeds recorded and live output to an emulator, with the sizes of the journal taking effect where they did. */
export function playback(
  emulator: Pick<Emulator, 'write' | 'resize' | 'reset'>,
  journal: readonly JournalEntry[],
  onSpawn: () => void = () => {},
) {
  const waiting = [...journal];
  let position = 0;
  const apply = () => {
    while (waiting[0] && waiting[0].at <= position) {
      const {at, columns, rows, spawn} = waiting.shift()!;
      if (spawn && at > 0) emulator.reset();
      if (spawn) onSpawn();
      emulator.resize({columns, rows});
    }
  };
  apply();
  return {
    /** `end` is the position just behind `bytes`. */
    feed(bytes: Uint8Array, end: number): void {
      emulator.write(bytes);
      position = end;
      apply();
    },
    /** A resize that was made meanwhile, by us or by another process. */
    add(entry: JournalEntry): void {
      waiting.push(entry);
      waiting.sort((a, b) => a.at - b.at);
      apply();
    },
  };
}

import type {Context} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import type {Lives} from '../terminals/lives.ts';
import type {Desk} from './deliver.ts';

/** The end of an earlier run is known within this time: a terminal that is still open then is the one of now. */
const endToldMs = 3000;

/** The terminal of this run, once it is read; undefined while there is none. */
export function deskOf(
  {store, changes, clock}: Context,
  lives: Lives,
  record: SessionRecord,
): (Desk & {readonly draft: boolean}) | undefined {
  const {id} = record;
  const live = lives.peek(id);
  // What an earlier run said of itself is not the new one's.
  if (!lives.isOf(record) && clock.now() - record.phaseSince < endToldMs) return undefined;
  if (!live || live.end !== undefined || !lives.caughtUp(id)) return undefined;
  const {emulator, detector, hands} = live;
  return {
    get rows() {
      return emulator.text();
    },
    get bracketedPaste() {
      return emulator.bracketedPaste;
    },
    get verdict() {
      return detector.verdict;
    },
    get typedAt() {
      return hands.typedAt;
    },
    get draft() {
      return hands.draft;
    },
    get end() {
      const record = store.byId(id);
      if (!record || record.removing || record.phase === 'stopping') return 'stopped';
      return live.end === undefined || live.end === 'exited' ? live.end : 'lost';
    },
    write: live.write,
    listen(listener) {
      const ends = [live.listen(listener), changes.listen(listener)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

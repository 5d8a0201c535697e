import type {Clock} from '../../../lib/clock.ts';

/** An agent that says nothing for so long has come to the end of something. */
const restMs = 3000;
const lookMs = 1000;

/** Calls each time a record has grown and then rests; the result ends it. */
export function whenAtRest(clock: Clock, recordEnd: () => number, onRest: () => void): () => void {
  let seen = recordEnd();
  let movedAt: number | undefined;
  const look = () => {
    const end = recordEnd();
    if (end !== seen) {
      seen = end;
      movedAt = clock.now();
    } else if (movedAt !== undefined && clock.now() - movedAt >= restMs) {
      movedAt = undefined;
      onRest();
    }
    cancel = clock.after(lookMs, look);
  };
  let cancel = clock.after(lookMs, look);
  return () => cancel();
}

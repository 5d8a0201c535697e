import type {Clock} from '../../lib/clock.ts';
import type {SessionView} from '../../sessions/port.ts';
import {type Call, callOf, callText} from './calls.ts';

/** What comes together is told together. */
const gatherMs = 300;
/** An agent that goes to and fro rings no more often than this. */
const restMs = 3000;

/** Watches the list for sessions that begin to call for a person. */
export interface Attention {
  /** `attached`: its screen has the terminal, so that the person sees for himself. */
  look(sessions: readonly SessionView[], attached: string | undefined): void;
  close(): void;
}

/** Rings once for each change, not for what was so at the first look. */
export function createAttention({
  clock,
  ring,
}: {
  readonly clock: Clock;
  readonly ring: (text: string) => void;
}): Attention {
  let known: ReadonlyMap<string, Call | undefined> | undefined;
  const calling = new Map<string, SessionView>();
  let nextAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const tell = () => {
    cancel = undefined;
    if (calling.size === 0) return;
    const text = callText([...calling.values()]);
    calling.clear();
    nextAt = clock.now() + restMs;
    ring(text);
  };
  return {
    look(sessions, attached) {
      const before = known;
      // While nobody tells its status (a daemon that has just begun), what was known last holds.
      const now = new Map(
        sessions.map(session => [
          session.id,
          session.status.source === 'none' ? before?.get(session.id) : callOf(session),
        ]),
      );
      known = now;
      if (!before) return;
      for (const id of [...calling.keys()]) if (now.get(id) === undefined || id === attached) calling.delete(id);
      for (const session of sessions) {
        const call = now.get(session.id);
        if (call === undefined || session.id === attached) continue;
        if (call !== before.get(session.id) || calling.has(session.id)) calling.set(session.id, session);
      }
      if (calling.size > 0) cancel ??= clock.after(Math.max(gatherMs, nextAt - clock.now()), tell);
    },
    close: () => cancel?.(),
  };
}

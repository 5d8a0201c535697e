import type {Clock} from '../../lib/clock.ts';
import type {Context} from '../context.ts';
import type {StatusVerdict} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import type {Lives} from '../terminals/lives.ts';
import type {Reviews} from './reviews.ts';

/** Milliseconds from one look at a workspace to the next while its agent works. */
const whileWorkingMs = 5000;
/** And at least, however much happens. */
const apartMs = 3000;

/** Keeps the counts of the list true: a workspace is looked at when something happened in its session, and never for nothing. */
export interface Counting {
  /** Looks at those that are new here, those whose agents began or stopped working or ended, and again at those that work. */
  follow(records: readonly SessionRecord[]): void;
  /** Something of a person's has ended in this session that may have written files. */
  happened(id: string): void;
  close(): void;
}

/** What is known of terminals. */
interface Terminals extends Pick<Lives, 'caughtUp' | 'problem'> {
  peek(id: string): {readonly detector: {readonly verdict: StatusVerdict}} | undefined;
}

interface Followed {
  /** What it was doing when it was seen last. */
  doing: string | undefined;
  next: {readonly at: number; readonly cancel: () => void} | undefined;
  lookedAt: number;
  looking: boolean;
  /** Something happened while it was looked at. */
  again: boolean;
}

export function createCounting(
  {store, clock}: {readonly store: Pick<Context['store'], 'byId'>; readonly clock: Clock},
  lives: Terminals,
  reviews: Pick<Reviews, 'nudge'>,
): Counting {
  const followed = new Map<string, Followed>();

  const verdictOf = ({id, phase}: SessionRecord) =>
    phase === 'running' ? lives.peek(id)?.detector.verdict : undefined;
  const works = (record: SessionRecord) => ['working', 'thinking'].includes(verdictOf(record)?.status ?? '');
  /** Undefined while that is not known yet. */
  const doingOf = (record: SessionRecord): string | undefined => {
    const {id, phase, phaseSince, removing} = record;
    if (removing || phase === 'creating' || phase === 'stopping') return undefined;
    if (phase === 'running' && !lives.caughtUp(id) && lives.problem(id) === undefined) return undefined;
    const verdict = verdictOf(record);
    return [phase, phaseSince, verdict?.status, verdict?.since].join(' ');
  };

  const lookAt = (id: string, one: Followed, at: number) => {
    if (one.next && one.next.at <= at) return;
    one.next?.cancel();
    const cancel = clock.after(at - clock.now(), () => {
      one.next = undefined;
      void look(id, one);
    });
    one.next = {at, cancel};
  };
  const ask = (id: string, one: Followed) => {
    if (one.looking) one.again = true;
    else lookAt(id, one, Math.max(clock.now(), one.lookedAt + apartMs));
  };
  const look = async (id: string, one: Followed) => {
    const record = store.byId(id);
    if (!record || record.removing) return;
    one.looking = true;
    one.again = false;
    const could = await reviews.nudge(record);
    one.looking = false;
    one.lookedAt = clock.now();
    const now = store.byId(id);
    if (!now || followed.get(id) !== one) return;
    if (one.again) ask(id, one);
    // What cannot be looked at is not tried again for as long as nothing happens.
    else if (could && works(now)) lookAt(id, one, one.lookedAt + whileWorkingMs);
  };
  const drop = (id: string) => {
    followed.get(id)?.next?.cancel();
    followed.delete(id);
  };

  return {
    follow(records) {
      const ids = new Set(records.map(({id}) => id));
      for (const id of [...followed.keys()]) if (!ids.has(id)) drop(id);
      for (const record of records) {
        const {id} = record;
        const doing = doingOf(record);
        const one = followed.get(id) ?? {
          ...{doing: undefined, next: undefined, lookedAt: Number.NEGATIVE_INFINITY},
          ...{looking: false, again: false},
        };
        followed.set(id, one);
        if (doing === undefined || doing === one.doing) continue;
        one.doing = doing;
        ask(id, one);
      }
    },
    happened(id) {
      const one = followed.get(id);
      if (one) ask(id, one);
    },
    close() {
      for (const id of [...followed.keys()]) drop(id);
    },
  };
}

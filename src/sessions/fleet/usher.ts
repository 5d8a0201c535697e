import {AppError} from '../../errors.ts';
import {type Context, type Defaults, update} from '../context.ts';
import {startSession} from '../operate.ts';
import type {Operations} from '../operations.ts';
import type {SessionRecord} from '../record.ts';
import {fits, queueOf} from './budget.ts';

/** The configured bounds may change, of which nobody tells. */
const lookAgainMs = 5000;
/** One whose engine did not answer is let be for so long. */
const restMs = 5000;
/** A terminal that nobody has asked for yet; whoever attaches brings a size of their own. */
const size = {columns: 80, rows: 24};

/** Starts those that wait for room, the oldest first. */
export interface Usher {
  /** Something changed: there may be room. */
  follow(): void;
  close(): void;
}

export function createUsher(
  context: Context,
  {
    defaults,
    operations,
    reachable,
    signal,
  }: {
    readonly defaults: () => Promise<Defaults>;
    readonly operations: Operations;
    /** Its engine answers, as far as we know. */
    readonly reachable: (provider: string) => boolean;
    readonly signal: AbortSignal;
  },
): Usher {
  const {store, clock, log, changes} = context;
  const starting = new Set<string>();
  const resting = new Map<string, () => void>();
  let looking = false;
  let again = false;
  let cancelLook = () => {};

  const rest = (id: string) => {
    const wake = clock.after(restMs, () => {
      resting.delete(id);
      follow();
    });
    resting.set(id, wake);
  };
  /** One that cannot start must not stand in the way of those behind it. */
  const giveUp = (id: string, error: unknown) => {
    const record = store.byId(id);
    if (!record || record.removing || record.phase !== 'stopped' || record.queuedAt === null) return;
    if (error instanceof AppError && error.code === 'ENGINE_UNREACHABLE') return rest(id);
    const note = `it could not start when there was room: ${(error as Error).message}`;
    update(context, id, {phase: 'failed', phaseSince: clock.now(), queuedAt: null, note});
  };
  const start = async (record: SessionRecord, own: Context) => {
    const {id, run: how} = record;
    starting.add(id);
    try {
      await operations.run(() => startSession(own, record, size, signal, {how}, {itsTurn: true}));
    } catch (error) {
      if (signal.aborted) return;
      log.warn('a session that waited for room did not start', {session: id, why: (error as Error).message});
      giveUp(id, error);
    } finally {
      starting.delete(id);
      if (!signal.aborted) changes.tell();
    }
  };
  const ready = ({id, provider, environment}: SessionRecord): boolean =>
    environment !== null && !resting.has(id) && reachable(provider);

  const look = async () => {
    const next = () => queueOf(store.all()).find(ready);
    if (!next()) return;
    const own = {...context, defaults: await defaults().catch(() => context.defaults)};
    const record = next();
    // From its first move on the one before takes room; until then it is not known who fits beside it.
    if (!record || signal.aborted || queueOf(store.all()).some(({id}) => starting.has(id))) return;
    if (fits(store.all(), record, own.defaults.fleet)) void start(record, own);
  };
  const follow = () => {
    if (signal.aborted) return;
    cancelLook();
    cancelLook = queueOf(store.all()).length > 0 ? clock.after(lookAgainMs, follow) : () => {};
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    again = false;
    void look()
      .catch(error => log.warn('those that wait for room were not looked at', {why: (error as Error).message}))
      .finally(() => {
        looking = false;
        if (again) follow();
      });
  };
  return {
    follow,
    close() {
      cancelLook();
      for (const wake of resting.values()) wake();
    },
  };
}

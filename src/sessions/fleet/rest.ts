import {type Context, type Defaults, providerOf} from '../context.ts';
import type {Operations} from '../operations.ts';
import type {SleepWay} from '../port.ts';
import type {Prompts} from '../prompts/prompts.ts';
import type {SessionRecord} from '../record.ts';
import {runsAgent} from '../setup/setup-state.ts';
import type {Lives} from '../terminals/lives.ts';
import {hibernateSession, wakeSession} from './sleep.ts';
import type {Visits} from './visits.ts';

/** Silence is looked for so often: an agent may sleep so much later than it is told to. */
const lookMs = 15_000;
/** One that could not be put to sleep, or be woken, is let be for so long. */
const againMs = 60_000;
/** A terminal that nobody has asked for yet. */
const size = {columns: 80, rows: 24};

/** Puts agents to sleep that rest, and wakes those that somebody has sent a prompt. */
export interface Rest {
  follow(records: readonly SessionRecord[]): void;
  close(): void;
}

export function createRest(
  context: Context,
  {
    defaults,
    operations,
    lives,
    prompts,
    visits,
    signal,
  }: {
    readonly defaults: () => Promise<Defaults>;
    readonly operations: Operations;
    readonly lives: Lives;
    readonly prompts: Prompts;
    readonly visits: Visits;
    readonly signal: AbortSignal;
  },
): Rest {
  const {store, clock, log} = context;
  /** Until when a session is let be, and those under way. */
  const letBe = new Map<string, number>();
  const attempt = (record: SessionRecord, what: string, work: (own: Context) => Promise<void>) => {
    letBe.set(record.id, Number.POSITIVE_INFINITY);
    const done = operations.run(async () =>
      work({...context, defaults: await defaults().catch(() => context.defaults)}),
    );
    done.then(
      () => letBe.delete(record.id),
      error => {
        letBe.set(record.id, clock.now() + againMs);
        if (!signal.aborted) log.warn(`${what} failed`, {session: record.id, why: (error as Error).message});
      },
    );
  };
  /** Since when those that slept are awake again: who woke one means to do something with it. */
  const sleeping = new Set<string>();
  const wokenAt = new Map<string, number>();
  const noteSleep = ({id, asleep}: SessionRecord) => {
    if (asleep !== '') sleeping.add(id);
    else if (sleeping.delete(id)) wokenAt.set(id, clock.now());
  };
  // At once, and not with the next look: between them the silence from before would count.
  const stopNoting = context.changes.listen(() => store.all().forEach(noteSleep));
  const isLetBe = ({id}: SessionRecord) => (letBe.get(id) ?? 0) > clock.now();

  /** Since when nothing has happened in it; undefined while something does, or may. */
  const quietSince = (record: SessionRecord): number | undefined => {
    const {id, phase, phaseSince, asleep, removing, worker} = record;
    if (phase !== 'running' || asleep !== '' || removing || worker !== null || !runsAgent(record)) return undefined;
    const live = lives.peek(id);
    if (!live || !lives.caughtUp(id) || live.watched || visits.present(id) || prompts.unsettled(id)) return undefined;
    const {status, since} = live.detector.verdict;
    if (status !== 'ready') return undefined;
    return Math.max(since, live.activeAt, visits.leftAt(id), phaseSince, wokenAt.get(id) ?? 0);
  };
  /** One that would lose its conversation by a stop is only paused; undefined where that cannot be. */
  const wayFor = async (record: SessionRecord, asked: SleepWay): Promise<SleepWay | undefined> => {
    const agents = await context.agents({orLast: true});
    if (asked === 'stop' && agents.orShell(record.agent).resume) return 'stop';
    return (await providerOf(context, record)).supports.pause ? 'pause' : undefined;
  };
  const lookForSilence = async () => {
    const {fleet} = await defaults();
    const {hibernate, idleMs} = fleet;
    if (hibernate === 'off') return;
    for (const record of store.all()) {
      const way = isLetBe(record) || quietSince(record) === undefined ? undefined : await wayFor(record, hibernate);
      // Nothing is waited for between the last look and the sleep.
      const since = quietSince(record);
      if (signal.aborted || way === undefined || since === undefined || clock.now() - since < idleMs) continue;
      attempt(record, 'putting a session to sleep', own => hibernateSession(own, record, way));
    }
  };
  let cancel = () => {};
  const tick = () => {
    cancel = clock.after(lookMs, tick);
    if (!store.all().some(record => record.phase === 'running' && record.asleep === '')) return;
    // A configuration that cannot be read is told to whoever asks.
    lookForSilence().catch(() => {});
  };
  tick();
  return {
    follow(records) {
      for (const record of records) {
        const {id, asleep, removing, worker} = record;
        if (asleep === '' || removing || worker !== null || isLetBe(record)) continue;
        if (prompts.unsettled(id)) attempt(record, 'waking a session', own => wakeSession(own, record, size, signal));
      }
    },
    close() {
      cancel();
      stopNoting();
    },
  };
}

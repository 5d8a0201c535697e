import {setImmediate as immediate} from 'node:timers/promises';
import {AppError} from '../../errors.ts';
import {type Context, providerOf} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {inSetupStep, runOf} from '../setup/setup-state.ts';
import type {Memory} from './agent-status.ts';
import type {Live} from './live.ts';

/** A terminal that broke off or could not be opened is left alone for this long. */
const retryMs = 1000;

/** The emulator's tables cost a third of the start-up: the first list does not wait for them. */
export const loadLive = () => import('./live.ts');

/** The terminals this process has open, one a session. */
export interface Lives {
  /** Opened by need; a new one for a new run. Throws PHASE_FORBIDS when the session has no terminal. */
  of(record: SessionRecord): Promise<Live>;
  /** The open one, if it is open by now. */
  peek(id: string): Live | undefined;
  /** It is open, and what was recorded before the opening is on its screen. */
  caughtUp(id: string): boolean;
  /** The open one was opened for this run; otherwise it may be that of an earlier one, whose end is not told yet. */
  isOf(record: SessionRecord): boolean;
  /** Why the terminal could not be opened when that was last tried. */
  problem(id: string): string | undefined;
  /** Opens the terminals of running sessions and of setup steps, reopens those that started anew, closes those of removed ones. */
  follow(records: readonly SessionRecord[]): void;
  close(): void;
}

/** Something runs in it: its agent, or a setup step. */
const hasRun = (record: SessionRecord): boolean => record.phase === 'running' || inSetupStep(record);

interface Entry {
  /** The run that it was opened for. */
  readonly run: string;
  readonly opening: Promise<Live>;
  open?: Live;
  caughtUp?: boolean;
}

export interface LivesOptions {
  /** What has to be known of the run of this session is this now. */
  readonly onMemory?: (id: string, memory: Memory) => void;
}

export function createLives(context: Context, {onMemory}: LivesOptions = {}): Lives {
  const {clock, changes} = context;
  const entries = new Map<string, Entry>();
  const problems = new Map<string, string>();
  const resting = new Map<string, () => void>();
  let closed = false;

  const drop = (id: string) => {
    entries.get(id)?.open?.close();
    entries.delete(id);
  };
  const rest = (id: string) => {
    resting.get(id)?.();
    const again = clock.after(retryMs, () => {
      resting.delete(id);
      changes.tell();
    });
    resting.set(id, again);
  };

  const start = async (record: SessionRecord): Promise<Live> => {
    const {environment} = record;
    if (!environment || record.phase === 'lost')
      throw new AppError('PHASE_FORBIDS', `${record.name} has no terminal: it is ${record.phase}`);
    const [provider, {openLive}] = await Promise.all([providerOf(context, record), loadLive()]);
    return openLive({
      context,
      provider,
      record: {...record, environment},
      onStatus: () => closed || changes.tell(),
      onMemory: memory => closed || onMemory?.(record.id, memory),
    });
  };
  const open = (record: SessionRecord): Promise<Live> => {
    const {id} = record;
    if (closed) return Promise.reject(new AppError('CANCELLED', 'Trails is being left'));
    const entry: Entry = {run: runOf(record), opening: start(record)};
    entries.set(id, entry);
    entry.opening.then(
      live => {
        problems.delete(id);
        // Dropped while it was being opened.
        if (entries.get(id) !== entry) return live.close();
        entry.open = live;
        const caughtUp = () => {
          entry.caughtUp = true;
        };
        live.caughtUp.then(caughtUp, caughtUp);
      },
      error => {
        problems.set(id, (error as Error).message);
        if (entries.get(id) === entry) entries.delete(id);
      },
    );
    return entry.opening;
  };
  /** Its run is over while the session runs: a new run began, or only the connection broke. */
  const outlived = ({open, run}: Entry, record: SessionRecord) =>
    open?.end !== undefined && hasRun(record) && (open.end === 'lost' || run !== runOf(record));

  const of = (record: SessionRecord): Promise<Live> => {
    const entry = entries.get(record.id);
    if (entry && !outlived(entry, record)) return entry.opening;
    drop(record.id);
    return open(record);
  };

  const queued = new Set<string>();
  let turn: Promise<void> = Promise.resolve();
  /** One a turn of the event loop: fifty at once would keep the first list, and keys, waiting. */
  const openInTurn = (record: SessionRecord) => {
    const {id} = record;
    const entry = entries.get(id);
    if (queued.has(id) || (entry && !outlived(entry, record))) return;
    queued.add(id);
    turn = turn
      .then(() => immediate())
      .then(() => {
        queued.delete(id);
        if (closed) return;
        of(record).catch(() => {
          rest(id);
          changes.tell();
        });
      });
  };

  return {
    of,
    peek: id => entries.get(id)?.open,
    caughtUp: id => entries.get(id)?.caughtUp === true,
    isOf: record => entries.get(record.id)?.run === runOf(record),
    problem: id => problems.get(id),
    follow(records) {
      if (closed) return;
      const ids = new Set(records.map(record => record.id));
      for (const id of [...entries.keys()]) if (!ids.has(id)) drop(id);
      for (const id of [...problems.keys()]) if (!ids.has(id)) problems.delete(id);
      for (const record of records) {
        const {id, environment, removing} = record;
        if (!hasRun(record) || !environment || removing || resting.has(id)) continue;
        if (entries.get(id)?.open?.end === 'lost') rest(id);
        openInTurn(record);
      }
    },
    close() {
      closed = true;
      for (const cancel of resting.values()) cancel();
      for (const id of [...entries.keys()]) drop(id);
    },
  };
}

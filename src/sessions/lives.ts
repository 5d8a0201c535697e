import {setImmediate as immediate} from 'node:timers/promises';
import {AppError} from '../errors.ts';
import {type Context, providerOf} from './context.ts';
import type {Live} from './live.ts';
import type {SessionRecord} from './record.ts';

/** The terminals this process has open, one a session. */
export interface Lives {
  /** Opened by need. Throws PHASE_FORBIDS when the session has no terminal. */
  of(record: SessionRecord): Promise<Live>;
  /** The open one, if it is open by now. */
  peek(id: string): Live | undefined;
  /** Opens the terminals of running sessions, reopens those that started anew, closes those of removed ones. */
  follow(records: readonly SessionRecord[]): Promise<void>;
  close(): void;
}

export function createLives(context: Context, options: {readonly answers: boolean}): Lives {
  const opening = new Map<string, Promise<Live>>();
  const open = new Map<string, Live>();

  const drop = (id: string) => {
    opening.delete(id);
    open.get(id)?.close();
    open.delete(id);
  };

  const start = async (record: SessionRecord): Promise<Live> => {
    const {environment} = record;
    if (!environment || record.phase === 'lost')
      throw new AppError('PHASE_FORBIDS', `${record.name} has no terminal: it is ${record.phase}`);
    // The emulator's tables cost a third of the start-up: the first frame does not wait for them.
    const [provider, {openLive}] = await Promise.all([providerOf(context, record), import('./live.ts')]);
    const live = await openLive({
      context,
      provider,
      record: {...record, environment},
      answers: options.answers,
      onStatus: () => context.changes.tell(),
    });
    if (opening.has(record.id)) open.set(record.id, live);
    else live.close();
    return live;
  };

  const of = (record: SessionRecord): Promise<Live> => {
    // A new run of the agent has a new terminal; the record of the earlier run is its beginning.
    if (open.get(record.id)?.ended && record.phase === 'running') drop(record.id);
    const known = opening.get(record.id);
    if (known) return known;
    const fresh = start(record);
    opening.set(record.id, fresh);
    fresh.catch(() => opening.delete(record.id));
    return fresh;
  };

  return {
    of,
    peek: id => open.get(id),
    async follow(records) {
      const ids = new Set(records.map(record => record.id));
      for (const id of [...opening.keys()]) if (!ids.has(id)) drop(id);
      const running = records.filter(record => record.phase === 'running' && record.environment && !record.removing);
      for (const record of running) {
        const known = open.get(record.id);
        if (known && !known.ended) continue;
        // An engine that does not answer now is tried again at the next change.
        await of(record).catch(() => {});
        // One after the other, with room for keys and frames between.
        await immediate();
      }
    },
    close() {
      for (const id of [...opening.keys()]) drop(id);
    },
  };
}

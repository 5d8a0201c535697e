import {AppError} from '../../errors.ts';
import type {EnvironmentId, Provider} from '../../providers/provider.ts';
import {type Context, providerOf} from '../context.ts';
import type {SessionRecord} from '../record.ts';

/** Sees to it that a session's files here are those inside, where a provider works on copies. Elsewhere it does nothing. */
export interface Freshness {
  /** Brings what changed inside. What several ask for at the same time is done once. Throws ENGINE_UNREACHABLE. */
  bring(record: SessionRecord): Promise<void>;
  /** The same; where it cannot be had, words on what is here instead. `atMostEveryMs`: nothing is brought when that was lately. */
  tryToBring(record: SessionRecord, atMostEveryMs?: number): Promise<string | undefined>;
  /** What stands here is not what is inside: words on that, of the last try. */
  staleness(id: string): string | undefined;
  forget(id: string): void;
}

const hint = 'What is inside is not lost: try again, or see `trails show NAME` for why it cannot be reached.';

export const timeOfDay = (at: number): string => new Date(at).toTimeString().slice(0, 8);

/** From what moment the files here are, in words; where nobody knows the moment, without it. */
export async function checkpointWords(provider: Provider, id: EnvironmentId): Promise<string> {
  const found = await provider.getEnvironment(id).catch(() => undefined);
  return found?.checkpointAt === undefined
    ? 'the last checkpoint'
    : `the checkpoint of ${timeOfDay(found.checkpointAt)}`;
}

interface Bringing {
  readonly now: Promise<void>;
  /** Of who asks while that goes on: what changed behind its back comes with this one. */
  next: Promise<void> | undefined;
}

export function createFreshness(context: Context): Freshness {
  const {clock} = context;
  const under = new Map<string, Bringing>();
  const known = new Map<string, {readonly at: number; readonly words: string | undefined}>();

  const bringNow = async (record: SessionRecord): Promise<void> => {
    const {environment, phase} = record;
    if (environment === null || phase === 'lost' || !context.registry.known.includes(record.provider)) return;
    const provider = await providerOf(context, record);
    await provider.refresh?.(environment);
  };
  const begin = (record: SessionRecord): Promise<void> => {
    const {id} = record;
    const now = bringNow(record);
    const one: Bringing = {now, next: undefined};
    under.set(id, one);
    const end = () => {
      if (under.get(id) === one) under.delete(id);
    };
    now.then(end, end);
    return now;
  };
  const bring = (record: SessionRecord): Promise<void> => {
    const one = under.get(record.id);
    if (!one) return begin(record);
    one.next ??= one.now.catch(() => {}).then(() => begin(record));
    return one.next;
  };
  const told = async (record: SessionRecord): Promise<string | undefined> => {
    const {environment} = record;
    if (environment === null || !context.registry.known.includes(record.provider)) return undefined;
    const provider = await providerOf(context, record);
    if (!provider.supports.checkpoints) return undefined;
    return checkpointWords(provider, environment);
  };

  /** Of a lost one there is nothing to bring. */
  const wordsNow = async (record: SessionRecord) => (record.phase === 'lost' ? told(record) : undefined);

  return {
    async bring(record) {
      try {
        await bring(record);
        known.set(record.id, {at: clock.now(), words: await wordsNow(record)});
      } catch (cause) {
        if (!(cause instanceof AppError)) throw cause;
        const words = await told(record);
        throw new AppError(cause.code, `What ${record.name} did since ${words} cannot be had: ${cause.message}`, {
          cause,
          hint,
        });
      }
    },
    async tryToBring(record, atMostEveryMs = 0) {
      const {id} = record;
      const last = known.get(id);
      if (last && last.words === undefined && clock.now() - last.at < atMostEveryMs) return undefined;
      let words: string | undefined;
      try {
        await bring(record);
        words = await wordsNow(record);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        words = `${await told(record)}: ${error.message}`;
      }
      known.set(id, {at: clock.now(), words});
      return words;
    },
    staleness: id => known.get(id)?.words,
    forget: id => void known.delete(id),
  };
}

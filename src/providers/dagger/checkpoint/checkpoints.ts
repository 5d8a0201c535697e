import {randomBytes} from 'node:crypto';
import {AppError} from '../../../errors.ts';
import type {Clock} from '../../../lib/clock.ts';
import {faultPoint} from '../../../lib/fault.ts';
import {isSystemError, reasonOf} from '../../../lib/shown-path.ts';
import {createTurns} from '../../../lib/turns.ts';
import type {Link} from '../link/link.ts';
import {askForChanges} from './ask.ts';
import {bringIn} from './bring-in.ts';
import type {Checkpoints, Root, Taken} from './checkpoint.ts';
import {forgetListings, type Journal, openJournal} from './journal.ts';
import {type ReceiveLimits, receive} from './receive.ts';

export interface CheckpointOptions {
  /** For what is under way, and what is known of the last one. One for each environment. */
  readonly directory: string;
  readonly clock: Clock;
  readonly limits?: CheckpointLimits;
}

export interface CheckpointLimits extends ReceiveLimits {
  /** A file with more is left out. */
  readonly fileBytes: number;
}

export const usualLimits: CheckpointLimits = {bytes: 32 * 2 ** 30, fileBytes: 8 * 2 ** 30, entries: 2_000_000};

const token = (): string => randomBytes(12).toString('hex');

export function createCheckpoints({directory, clock, limits = usualLimits}: CheckpointOptions): Checkpoints {
  const turns = createTurns();
  let forgotten = 0;

  /** Ends what was taken and not brought in. */
  const settle = async (root: Root, journal: Journal, isCurrent: () => boolean): Promise<number> => {
    const waiting = journal.waiting();
    if (!waiting) {
      await journal.clear();
      return 0;
    }
    try {
      const changes = await bringIn(root.outside, journal, waiting);
      faultPoint('checkpoint.brought');
      await journal.settle(isCurrent() ? waiting.listing : '');
      return changes;
    } catch (cause) {
      if (!isSystemError(cause)) throw cause;
      throw new AppError(
        'STATE_UNUSABLE',
        `The checkpoint of ${root.inside} cannot be written to ${root.outside}: ${reasonOf(cause)}`,
        {cause, hint: 'It is kept, and brought in at the next try.'},
      );
    }
  };

  const takeOne = async (link: Link, root: Root, signal: AbortSignal | undefined): Promise<Taken> => {
    const before = forgotten;
    const isCurrent = () => forgotten === before;
    const journal = openJournal(directory, root.name);
    await settle(root, journal, isCurrent);
    signal?.throwIfAborted();
    await journal.begin();
    const next = token();
    const asked = askForChanges(root, {listing: journal.listing, next, fileBytes: limits.fileBytes});
    const channel = await link.run(asked, signal ? {signal} : {});
    const received = await receive(channel, journal, {clock, limits, what: root.inside, signal});
    signal?.throwIfAborted();
    const {bytes, leftOut, kept, empty} = received;
    if (empty) {
      journal.note(kept && isCurrent() ? next : '');
      return {changes: 0, bytes, leftOut};
    }
    faultPoint('checkpoint.received');
    await journal.commit({version: 1, listing: kept ? next : '', draft: `.trails-${token()}`});
    faultPoint('checkpoint.committed');
    return {changes: await settle(root, journal, isCurrent), bytes, leftOut};
  };

  return {
    async take(link, roots, signal) {
      const all: Taken[] = [];
      const failed: unknown[] = [];
      // What is wrong with one of them does not hold up the others; nor does a big one those that somebody else asks for.
      for (const root of roots) {
        const taking = turns.run(root.name, () => takeOne(link, root, signal));
        await taking.then(
          one => all.push(one),
          error => failed.push(error),
        );
      }
      if (failed.length > 0) throw failed[0];
      return {
        changes: all.reduce((sum, {changes}) => sum + changes, 0),
        bytes: all.reduce((sum, {bytes}) => sum + bytes, 0),
        leftOut: all.flatMap(({leftOut}) => leftOut),
      };
    },
    async recover(roots) {
      for (const root of roots)
        await turns.run(root.name, () => settle(root, openJournal(directory, root.name), () => true));
    },
    forget() {
      forgotten++;
      forgetListings(directory);
    },
  };
}

import {readFileSync} from 'node:fs';
import {AppError} from '../../errors.ts';
import {elapsed} from '../../lib/clock.ts';
import {type Look, openReview, type Review} from '../../workspaces/shadow/review.ts';
import {ignoreRules} from '../../workspaces/tree/ignore-rules.ts';
import {watchTree} from '../../workspaces/tree/watch-tree.ts';
import type {Context} from '../context.ts';
import type {ChangeCount} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import type {TakenOut} from './agent-commits.ts';
import {createFreshness} from './freshness.ts';
import {isReviewable, placesOf} from './workspace.ts';

/** What is known of the changes in each session's workspace. */
export interface Reviews {
  /** Looks now, at what is here; a running environment's copy is asked first what changed. Throws WORKSPACE_UNREADABLE. */
  look(record: SessionRecord): Promise<Look>;
  /** The same; throws ENGINE_UNREACHABLE where that copy cannot be asked: for what must not go by an old state. */
  lookWhole(record: SessionRecord): Promise<Look>;
  /** Why the last look was at an older state than there is, and from when that is; undefined when it was not. */
  staleness(record: SessionRecord): string | undefined;
  /** The review itself, for what is done with a look. Throws WORKSPACE_UNREADABLE. */
  of(record: SessionRecord): Review;
  /** Remembers what was shown for an apply. */
  show(record: SessionRecord, shown: Shown): void;
  /** What was shown under this version, unless another apply has come between: it can be applied as it was, whatever happens meanwhile. */
  shown(record: SessionRecord, version: string): Promise<Shown | undefined>;
  /** What the last look counted. */
  peek(id: string): ChangeCount | null;
  /** A look now, and one soon after each change in the files; the same look is not told twice. Ends with the signal. */
  watch(record: SessionRecord, signal: AbortSignal): AsyncIterable<Look>;
  /** Something may have changed: a look comes soon, unless one is coming. Resolves behind it; to false when it could not be had. */
  nudge(record: SessionRecord): Promise<boolean>;
  /** Lets go of a session that is removed. */
  forget(id: string): void;
  close(): void;
}

/** A look, and the commits that were taken out with it. */
export interface Shown {
  readonly look: Look;
  readonly taken: TakenOut | undefined;
}

interface Held {
  shown: Shown | undefined;
  readonly review: Review;
  count: ChangeCount | null;
  /** Calls off the end of its thread. */
  calmDown: () => void;
  /** Calls off the look that comes; undefined: none does. */
  coming: {readonly done: Promise<boolean>; readonly cancel: () => void} | undefined;
  readonly watchers: Set<() => void>;
}

/** A thread costs some megabytes: one that nobody asks ends. */
const restMs = 30_000;
/** So many of those that are only counted keep theirs meanwhile. */
const mostWarm = 3;
/** Programs write several files at once. */
const settleMs = 40;
/** The list is no stop-watch. */
const nudgeMs = 1000;
/** A running environment's copy is asked no more often, for a number in the list. */
const freshMs = 10_000;
/** Where not every directory can be watched. */
const lookAnywayMs = 2000;

export function createReviews(context: Context): Reviews {
  const {clock, changes, paths, log, store} = context;
  const held = new Map<string, Held>();
  const freshness = createFreshness(context);

  const heldOf = (record: SessionRecord): Held => {
    const known = held.get(record.id);
    if (known) return known;
    if (!isReviewable(context, record.id))
      throw new AppError('WORKSPACE_UNREADABLE', `It was not written down how the files of ${record.name} were`, {
        hint: 'Its changes cannot be told; look at its directory.',
      });
    const made: Held = {
      review: openReview(record.workspace.path, placesOf(paths, record.id)),
      count: null,
      shown: undefined,
      calmDown: () => {},
      coming: undefined,
      watchers: new Set(),
    };
    held.set(record.id, made);
    return made;
  };

  const restLater = (one: Held) => {
    one.calmDown = clock.after(restMs, () => {
      if (!one.review.rest()) restLater(one);
    });
  };
  const lookHere = async (record: SessionRecord): Promise<Look> => {
    const one = heldOf(record);
    one.calmDown();
    const seen = await one.review.look();
    one.calmDown();
    restLater(one);
    const count = {files: seen.files.length, added: seen.added, removed: seen.removed};
    const same = one.count && (['files', 'added', 'removed'] as const).every(key => one.count?.[key] === count[key]);
    one.count = count;
    if (!same) changes.tell();
    return seen;
  };

  const letGo = ({review, calmDown, coming}: Held) => {
    calmDown();
    coming?.cancel();
    review.close();
  };
  /** One after another: nobody waits for these. What cannot be looked at is told to who asks. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<unknown>): Promise<boolean> => {
    const done = last.then(work).then(
      () => true,
      error => {
        if (!(error instanceof AppError))
          log.warn('a workspace could not be looked at', {stack: (error as Error).stack});
        return false;
      },
    );
    last = done;
    return done;
  };
  /** Those whose threads stay for another look that nobody waits for: the newest is the last. */
  let warm: readonly Held[] = [];
  const keepWarm = (one: Held) => {
    warm = [...warm.filter(other => other !== one), one];
    const [oldest] = warm;
    if (!oldest || warm.length <= mostWarm) return;
    warm = warm.slice(1);
    if (oldest.watchers.size === 0) oldest.review.rest();
  };
  const comingLook = (record: SessionRecord, one: Held): Held['coming'] => {
    let settle: (could: boolean | Promise<boolean>) => void = () => {};
    const done = new Promise<boolean>(resolve => {
      settle = resolve;
    });
    const begin = async () => {
      one.coming = undefined;
      const gone = () => held.get(record.id) !== one || store.byId(record.id)?.removing !== false;
      if (gone()) return;
      try {
        await freshness.tryToBring(record, freshMs);
        await lookHere(record);
      } catch (error) {
        if (!gone()) throw error;
      }
      keepWarm(one);
    };
    const cancel = clock.after(nudgeMs, () => settle(inTurn(begin)));
    return {
      done,
      cancel() {
        cancel();
        settle(false);
      },
    };
  };

  return {
    async look(record) {
      await freshness.tryToBring(record);
      return lookHere(record);
    },
    async lookWhole(record) {
      await freshness.bring(record);
      return lookHere(record);
    },
    staleness: ({id}) => freshness.staleness(id),
    of: record => heldOf(record).review,
    show(record, shown) {
      heldOf(record).shown = shown;
    },
    async shown(record, version) {
      const {shown, review} = heldOf(record);
      return shown?.look.commit === version && shown.look.from === (await review.from()) ? shown : undefined;
    },
    peek: id => held.get(id)?.count ?? null,
    async *watch(record, signal) {
      let dirty = true;
      let wake = () => {};
      const note = () => {
        dirty = true;
        wake();
      };
      const rules = ignoreRules([readFileSync(placesOf(paths, record.id).excludes, 'latin1')]);
      const watcher = watchTree(record.workspace.path, {rules}, note);
      const {watchers} = heldOf(record);
      watchers.add(note);
      signal.addEventListener('abort', note, {once: true});
      let told: string | undefined;
      try {
        while (!signal.aborted) {
          if (!dirty) {
            const patience = new AbortController();
            const woken = new Promise<void>(resolve => {
              wake = resolve;
            });
            await (watcher.complete ? woken : Promise.race([woken, elapsed(clock, lookAnywayMs, patience.signal)]));
            patience.abort();
            await elapsed(clock, settleMs, signal);
          }
          if (signal.aborted) return;
          dirty = false;
          // What is brought later wakes it by itself.
          if (told === undefined) await freshness.tryToBring(record);
          const seen = await lookHere(record);
          const state = `${seen.from} ${seen.commit} ${JSON.stringify(seen.refused)}`;
          if (state !== told) yield seen;
          told = state;
        }
      } finally {
        watcher.close();
        watchers.delete(note);
        signal.removeEventListener('abort', note);
      }
    },
    async nudge(record) {
      if (!isReviewable(context, record.id)) return false;
      const one = heldOf(record);
      for (const wake of one.watchers) wake();
      if (one.watchers.size > 0) return true;
      one.coming ??= comingLook(record, one);
      return one.coming?.done ?? false;
    },
    forget(id) {
      const one = held.get(id);
      held.delete(id);
      freshness.forget(id);
      if (one) letGo(one);
    },
    close() {
      for (const one of held.values()) letGo(one);
      held.clear();
    },
  };
}

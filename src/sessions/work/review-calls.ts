import {AppError} from '../../errors.ts';
import {
  dropKept,
  expiresAt,
  findKept,
  type KeptWork,
  keptWork,
  placeOf,
  restoreBranch,
  restoreFiles,
} from '../../workspaces/returning/recoveries.ts';
import {publicFile} from '../../workspaces/shadow/diff-files.ts';
import type {Look} from '../../workspaces/shadow/review.ts';
import {audited, type Context} from '../context.ts';
import type {Operations} from '../operations.ts';
import type {Recovery, SessionsPort, WorkspaceChanges} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {applyWork, planApply} from './apply.ts';
import {recoveriesIn} from './keep.ts';
import type {Reviews} from './reviews.ts';
import {staleNote} from './stale-note.ts';
import {teardownSummary} from './teardown.ts';

type Calls = Pick<
  SessionsPort,
  | 'changes'
  | 'watchChanges'
  | 'patch'
  | 'planApply'
  | 'apply'
  | 'recoveries'
  | 'restore'
  | 'pruneRecoveries'
  | 'teardown'
>;

export interface ReviewCalls {
  readonly context: Context;
  readonly reviews: Reviews;
  readonly operations: Operations;
  readonly find: (ref: string) => SessionRecord;
  readonly settled: () => Promise<unknown>;
  readonly until: (signal: AbortSignal) => AbortSignal;
}

const changesIn = ({commit, files, added, removed, refused}: Look, stale: string | undefined): WorkspaceChanges => ({
  ...{added, removed, version: commit},
  refused: [...refused, ...staleNote(stale)],
  files: files.map(publicFile),
});

/** What clients may ask of workspaces and of what is kept of them. */
export function reviewCalls({context, reviews, operations, find, settled, until}: ReviewCalls): Calls {
  const {clock} = context;
  const directory = recoveriesIn(context);

  const recovery = (work: KeptWork): Recovery => {
    const {id, name, removedAt, mode, source, files, added, removed} = work;
    return {
      ...{id, name, removedAt, expiresAt: expiresAt(work), mode, source, kept: placeOf(directory, work)},
      changes: {files, added, removed},
    };
  };
  return {
    async changes(ref) {
      const record = find(ref);
      return changesIn(await reviews.look(record), reviews.staleness(record));
    },
    async *watchChanges(ref, signal) {
      const record = find(ref);
      for await (const look of reviews.watch(record, until(signal))) yield changesIn(look, reviews.staleness(record));
    },
    async *patch(ref, {paths, version}, signal) {
      const record = find(ref);
      const review = reviews.of(record);
      // A version that was shown is shown as it was; anything else as it is now.
      if (version === undefined) await reviews.look(record);
      yield* review.patch({paths, commit: version}, until(signal));
    },
    async planApply(ref, request) {
      await settled();
      return planApply(context, reviews, find(ref), request);
    },
    async apply(ref, request) {
      await settled();
      const record = find(ref);
      return operations.run(() => applyWork(context, reviews, record, request));
    },
    recoveries: async () => keptWork(directory).map(recovery),
    async restore(ref, {to}) {
      const work = findKept(directory, ref);
      if (work.commit === '')
        throw new AppError(
          'UNSUPPORTED',
          `What ${work.name} left could not be looked through: all of it is at ${placeOf(directory, work)}`,
          {
            hint: 'Look at it there, and run no git in it.',
          },
        );
      return audited(context, {id: work.id, name: work.name}, 'restore', to ?? '', async () => {
        if (to !== undefined || work.ref === null) {
          const place = to ?? `${work.source}-${work.name}`;
          return {branch: null, directory: place, refused: await restoreFiles(directory, work, place)};
        }
        return {branch: await restoreBranch(work), directory: work.source, refused: []};
      });
    },
    async pruneRecoveries({id}) {
      const works =
        id === undefined
          ? keptWork(directory).filter(work => expiresAt(work) <= clock.now())
          : [findKept(directory, id)];
      await dropKept(directory, works);
      return works.map(recovery);
    },
    async teardown(ref) {
      await settled();
      return teardownSummary(context, reviews, find(ref));
    },
  };
}

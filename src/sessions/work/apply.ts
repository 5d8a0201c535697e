import {AppError} from '../../errors.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {Places} from '../../workspaces/places.ts';
import {bringMerge, doMerge} from '../../workspaces/returning/merge.ts';
import {applying, settlePending, startPending} from '../../workspaces/returning/pending.ts';
import {publicFile} from '../../workspaces/shadow/diff-files.ts';
import type {Look, Review} from '../../workspaces/shadow/review.ts';
import {audited, type Context} from '../context.ts';
import type {ApplyPlan, ApplyRequest, ApplyResult, ApplyWay, Refused} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {checkFree} from '../request.ts';
import {nothingTaken, takeCommits} from './agent-commits.ts';
import {doFiles, type FilesPlan, planFiles, publicReasons} from './apply-files.ts';
import {type PreparedMerge, prepareMerge} from './apply-merge.ts';
import type {Reviews} from './reviews.ts';
import {staleNote} from './stale-note.ts';
import {placesOf} from './workspace.ts';

interface Prepared {
  readonly plan: ApplyPlan;
  readonly look: Look;
  readonly review: Review;
  readonly merge?: PreparedMerge;
  readonly files?: FilesPlan;
}

/** Throws UNSUPPORTED, USAGE. */
function wayOf({name, workspace}: SessionRecord, {how, branch}: ApplyRequest): ApplyWay {
  const {mode, source} = workspace;
  if (mode === 'bind')
    throw new AppError('UNSUPPORTED', `${name} works in ${source} itself: its changes are there already`, {
      hint: 'See them with `trails diff` or git.',
    });
  const way = how ?? (mode === 'clone' ? 'merge' : 'files');
  if (way === 'merge' && mode !== 'clone')
    throw new AppError('USAGE', `${name} is a copy: it has files to apply, no commits`);
  if (way === 'files' && branch !== undefined)
    throw new AppError('USAGE', 'Files are written to a directory, not to a branch');
  return way;
}

const filesPlan = (record: SessionRecord, look: Look, files: FilesPlan): ApplyPlan => ({
  ...{
    how: 'files',
    target: record.workspace.source,
    branch: null,
    commits: [],
    uncommitted: true,
    version: look.commit,
  },
  files: files.files.map(publicFile),
  conflicts: publicReasons(files.conflicts),
  refused: [...look.refused, ...publicReasons(files.refused)],
});

const mergePlan = (
  look: Look,
  {merge, commits, uncommitted, problem, request, inSubmodules}: PreparedMerge,
): ApplyPlan => ({
  ...{how: 'merge', target: request.source.directory, branch: merge.branch, commits, uncommitted, version: look.commit},
  files: merge.files.map(publicFile),
  conflicts: publicReasons(merge.conflicts.map(path => ({path, why: 'changed on both sides'}))),
  refused: [
    ...look.refused,
    ...publicReasons(inSubmodules.map(({raw}) => ({path: raw, why: 'in a submodule: a merge has no place for it'}))),
    ...(problem === undefined
      ? []
      : [{path: 'commits', why: `they stay inside, their files come as one commit: ${problem}`}]),
  ],
});

const withNotes = (plan: ApplyPlan, notes: readonly Refused[]): ApplyPlan => ({
  ...plan,
  refused: [...plan.refused, ...notes],
});

async function prepare(
  context: Context,
  reviews: Reviews,
  record: SessionRecord,
  request: ApplyRequest,
): Promise<Prepared> {
  const way = wayOf(record, request);
  checkFree(context.store.all(), record.workspace.source, record.id);
  const places = placesOf(context.paths, record.id);
  const review = reviews.of(record);
  if ((await settlePending(places, record.workspace.source)).arrived) review.restart();
  const shown = request.version === undefined ? undefined : await reviews.shown(record, request.version);
  const look = shown?.look ?? (await reviews.lookWhole(record));
  if (request.version !== undefined && request.version !== look.commit)
    throw new AppError('WORKSPACE_CHANGED', `${record.name} has changed more since it was shown`);
  await review.keep(look.commit);
  const taken = shown?.taken ?? (way === 'merge' ? await takeCommits(context, record) : undefined);
  reviews.show(record, {look, taken});
  const stale = staleNote(reviews.staleness(record));
  if (way === 'files') {
    const files = await planFiles(look, places, record.workspace.source, request.theirs ?? false);
    return {plan: withNotes(filesPlan(record, look, files), stale), look, review, files};
  }
  const merge = await prepareMerge(record, places, look, taken ?? nothingTaken, request);
  return {plan: withNotes(mergePlan(look, merge), stale), look, review, merge};
}

/** The user has it, or nothing of it; also when git is killed in the middle. */
async function merge({merge, review}: Prepared & {merge: PreparedMerge}, places: Places, merged: string) {
  const {request, arrives, merge: plan} = merge;
  const {directory} = request.source;
  const mergeable = {...plan, merged};
  await bringMerge(request, mergeable);
  await startPending(places, directory, {...mergeable, result: request.result, look: arrives});
  try {
    await doMerge(request, mergeable);
    faultPoint('apply.merged');
  } finally {
    await settlePending(places, directory);
  }
  review.restart();
}

/** What an apply would do. */
export const planApply = async (
  context: Context,
  reviews: Reviews,
  record: SessionRecord,
  request: ApplyRequest,
): Promise<ApplyPlan> =>
  (await applying.run(record.workspace.source, () => prepare(context, reviews, record, request))).plan;

const conflictError = ({name}: SessionRecord, {conflicts, target}: ApplyPlan) =>
  new AppError(
    'APPLY_CONFLICT',
    `${name} and ${target} both changed ${conflicts
      .map(({path}) => path)
      .slice(0, 5)
      .join(', ')}${conflicts.length > 5 ? ` and ${conflicts.length - 5} more` : ''}`,
    {
      hint: "Nothing was changed. `--theirs` takes the session's, `--branch NAME` brings it to a branch to merge by hand.",
    },
  );

/** Applies a session's work: all of it or, when it fails, nothing. */
export async function applyWork(
  context: Context,
  reviews: Reviews,
  record: SessionRecord,
  request: ApplyRequest,
): Promise<ApplyResult> {
  const {source} = record.workspace;
  const work = async () => {
    const prepared = await prepare(context, reviews, record, request);
    const {plan, look, review, files} = prepared;
    const places = placesOf(context.paths, record.id);
    faultPoint('apply.planned');
    let commit: string | null = null;
    if (files) {
      const written = await doFiles(look, places, source, files);
      faultPoint('apply.written');
      await review.begin(written);
    }
    if (prepared.merge) {
      const {merged} = prepared.merge.merge;
      if (merged === undefined) throw conflictError(record, plan);
      await merge({...prepared, merge: prepared.merge}, places, merged);
      commit = merged;
    }
    void reviews.nudge(record);
    return {...plan, commit};
  };
  return audited(context, record, 'apply', request.branch ?? source, () => applying.run(source, work));
}

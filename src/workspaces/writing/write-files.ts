import {AppError} from '../../errors.ts';
import {type Directory, openDirectory, type RawName} from '../../lib/beneath.ts';
import {faultPoint} from '../../lib/fault.ts';
import {isSystemError, reasonOf, shownPath} from '../../lib/shown-path.ts';
import {foldsCase} from './case-folding.ts';
import {endWrite, type WriteEnd} from './end-write.ts';
import {FileFailure} from './file-failure.ts';
import {openParent} from './file-state.ts';
import {directoriesOf, type FileWrite, type ObjectFormat, type OnStep, type ReadBlob} from './file-write.ts';
import {moveFiles} from './move-files.ts';
import {planWrites} from './plan-writes.ts';
import {makeStage, nameOfStage} from './stage.ts';
import {stageAll} from './staging.ts';
import {beginJournal, type Journal, leaveJournal, writeId} from './write-journal.ts';

/*
 * How all or nothing comes about: the journal says what will happen (staging); every new file is written and synced in a directory of
 * the target (moving); each old file is moved into it and looked at there, and the new one takes the place; all of that is synced
 * (committed); only then is anything removed. Until the commit it is taken back, by the rule in take-back.ts, and behind it only cleared
 * away: by this process or, when it was killed, by the next one.
 */

export interface WriteRequest {
  readonly target: string;
  /** As a plan has them. */
  readonly writes: readonly FileWrite[];
  readonly content: ReadBlob;
  /** A directory of ours, outside the target, where it is written down what happens. */
  readonly journal: string;
  /** sha1 when left out. */
  readonly format?: ObjectFormat;
  readonly foldsCase?: boolean;
  readonly onStep?: OnStep;
}

/**
 * Writes all of these files or none of them. Throws APPLY_FAILED with the file and the reason: everything is as it was then, but for
 * what others changed meanwhile. A process killed in the middle leaves it to `recoverWrites`.
 */
export async function writeFiles(request: WriteRequest): Promise<void> {
  const {target} = request;
  try {
    await planAndWrite(request);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw new AppError('APPLY_FAILED', `${target} cannot be written: ${reasonOf(cause)}`, {cause});
  }
}

async function planAndWrite(request: WriteRequest): Promise<void> {
  const {target, content, format = 'sha1'} = request;
  // The plan was made a while ago; and what is refused is not left to it.
  const folds = request.foldsCase ?? foldsCase(target);
  const plan = await planWrites(target, request.writes, {content, format, foldsCase: folds});
  const [wrong] = [...plan.refused, ...plan.conflicts];
  if (wrong) throw failure(target, wrong.path, wrong.why);
  if (plan.writes.length === 0) return;
  const root = openDirectory(target);
  try {
    await writePlanned(root, request, plan.writes, format);
  } finally {
    root.close();
  }
}

async function writePlanned(
  root: Directory,
  request: WriteRequest,
  writes: readonly FileWrite[],
  format: ObjectFormat,
): Promise<void> {
  const {target, content} = request;
  const onStep: OnStep = (step, path) => {
    faultPoint(`apply.${step}`);
    request.onStep?.(step, path);
  };
  const id = writeId();
  const made = toBeMade(root, writes);
  const journal = beginJournal(request.journal, id, {version: 1, target, stage: nameOfStage(id), format, writes, made});
  try {
    onStep('noted');
    await change(root, journal, content, onStep);
  } catch (error) {
    // Behind the commit there is no way back, and none is needed.
    if (journal.phase !== 'committed') await undo(root, journal, onStep, error);
  } finally {
    // What cannot be cleared away now is cleared away by who recovers next.
    if (journal.phase === 'committed') await endWrite(root, journal, onStep).catch(passBugs);
    leaveJournal(id);
  }
}

const passBugs = (error: unknown) => {
  if (!isSystemError(error)) throw error;
};

async function change(root: Directory, journal: Journal, content: ReadBlob, onStep: OnStep): Promise<void> {
  const {record} = journal;
  const stage = makeStage(root, record.stage);
  try {
    onStep('stage-made');
    await stageAll(stage, record.writes, content, record.format, onStep);
    onStep('staged');
    journal.advance('moving');
    onStep('move-noted');
    await moveFiles({root, stage, record, onStep});
    journal.advance('committed');
    onStep('committed');
  } finally {
    stage.close();
  }
}

/** Throws what a person is told: that nothing was changed, or what could not be taken back. */
async function undo(root: Directory, journal: Journal, onStep: OnStep, error: unknown): Promise<never> {
  const {target, stage} = journal.record;
  const {kept, stuck} = await endWrite(root, journal, onStep).catch((cause: unknown): WriteEnd => {
    if (!isSystemError(cause)) throw cause;
    // Only clearing away has failed.
    return {kept: [], stuck: journal.phase === 'undone' ? [] : [{path: stage, why: reasonOf(cause)}]};
  });
  if (stuck[0]) {
    throw new AppError('APPLY_FAILED', `${target} could not be taken back: ${told(stuck[0])}`, {
      hint: `What is missing there is in ${target}/${stage}; taking it back is tried again when Trails starts.`,
      cause: error,
    });
  }
  const hint = kept.length > 0 ? {hint: `Others changed files there meanwhile. ${kept.map(told).join(', ')}.`} : {};
  if (error instanceof FileFailure) throw failure(target, error.path, error.message, {cause: error.cause, ...hint});
  if (!isSystemError(error)) throw error;
  throw new AppError('APPLY_FAILED', `${target} cannot be written: ${reasonOf(error)}`, {cause: error, ...hint});
}

const told = ({path, why}: {path: RawName; why: string}) => `${shownPath(path)}: ${why}`;

const failure = (target: string, path: RawName, why: string, options: {cause?: unknown; hint?: string} = {}) =>
  new AppError('APPLY_FAILED', `${shownPath(path)} cannot be written to ${target}: ${why}`, options);

/** The directories that are not there yet, or where a file stands that goes. */
function toBeMade(root: Directory, writes: readonly FileWrite[]): readonly RawName[] {
  const made = new Set<RawName>();
  for (const {path} of writes.filter(write => write.new)) {
    const parent = openParent(root, path);
    if ('directory' in parent) {
      parent.directory.close();
      continue;
    }
    const first = 'missing' in parent ? parent.missing : parent.blocked;
    const directories = directoriesOf(path);
    for (const directory of directories.slice(directories.indexOf(first))) made.add(directory);
  }
  return [...made];
}

import {AppError} from '../../errors.ts';
import {nameText} from '../../lib/beneath.ts';
import type {Places} from '../../workspaces/places.ts';
import {commitWrites} from '../../workspaces/returning/result.ts';
import {openBlobs} from '../../workspaces/shadow/blobs.ts';
import type {DiffFile} from '../../workspaces/shadow/diff-files.ts';
import {ourGit} from '../../workspaces/shadow/git.ts';
import type {Look} from '../../workspaces/shadow/review.ts';
import {
  type FileMode,
  type FileState,
  type FileWrite,
  formatOf,
  type PathReason,
} from '../../workspaces/writing/file-write.ts';
import {planWrites, type WritePlan} from '../../workspaces/writing/plan-writes.ts';
import {recoverWrites} from '../../workspaces/writing/recover-writes.ts';
import {writeFiles} from '../../workspaces/writing/write-files.ts';
import type {Refused} from '../port.ts';

/** How an apply of files goes. */
export interface FilesPlan extends WritePlan {
  /** What is to be different, whether or not it can be written. */
  readonly files: readonly DiffFile[];
}

const modes: readonly string[] = ['100644', '100755', '120000'];

const stateOf = (mode: string | null, id: string | null): FileState | null =>
  mode !== null && id !== null && modes.includes(mode) ? {mode: mode as FileMode, id} : null;

/** A rename is a file that goes and one that comes. Links to commits, of submodules, are no files. */
export const writesOf = ({raw, rawFrom, oldMode, oldId, newMode, newId}: DiffFile): readonly FileWrite[] => {
  const before = stateOf(oldMode, oldId);
  const after = stateOf(newMode, newId);
  if (rawFrom === null) return before || after ? [{path: raw, old: before, new: after}] : [];
  return [
    {path: rawFrom, old: before, new: null},
    {path: raw, old: null, new: after},
  ];
};

export const publicReasons = (reasons: readonly PathReason[]): readonly Refused[] =>
  reasons.map(({path, why}) => ({path: nameText(path), why}));

/** Works it out for a look that is kept; changes nothing but what a killed process left in the middle. */
export async function planFiles(look: Look, places: Places, target: string, theirs: boolean): Promise<FilesPlan> {
  await recoverWrites(places.journal);
  const blobs = openBlobs(ourGit(places.shadow));
  try {
    const writes = look.files.flatMap(writesOf);
    const plan = await planWrites(target, writes, {content: blobs.content, format: formatOf(look.commit), theirs});
    const written = new Set(plan.writes.map(({path}) => path));
    // Told as a conflict, and not to be had even so.
    const impossible = theirs ? plan.conflicts.filter(({path}) => !written.has(path)) : [];
    const conflicts = plan.conflicts.filter(one => !impossible.includes(one));
    return {...plan, conflicts, refused: [...plan.refused, ...impossible], files: look.files};
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new AppError('APPLY_FAILED', `${target} cannot be read: ${code}`, {cause});
  } finally {
    blobs.close();
  }
}

/** Writes what was planned. Answers with a commit of the shadow that has what the target got: the rest stays unapplied. */
export async function doFiles(look: Look, places: Places, target: string, plan: FilesPlan): Promise<string> {
  const blobs = openBlobs(ourGit(places.shadow));
  try {
    const {writes} = plan;
    await writeFiles({target, writes, content: blobs.content, journal: places.journal, format: formatOf(look.commit)});
  } finally {
    blobs.close();
  }
  return commitWrites(places.shadow, look.from, [...plan.writes, ...plan.done]);
}

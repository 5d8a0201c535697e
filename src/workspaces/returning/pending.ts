import {readFileSync, rmSync} from 'node:fs';
import {nameText, type RawName} from '../../lib/beneath.ts';
import {writeWhole} from '../../lib/files.ts';
import {createTurns} from '../../lib/turns.ts';
import {type Places, shadowRefs} from '../places.ts';
import {type Git, ourGit, userGit} from '../shadow/git.ts';
import {dirtyBefore, mendHalfMerge} from './half-merge.ts';

/** A merge into the user's repository that is about to be made. */
export interface Pending {
  readonly branch: string;
  /** It is what is checked out. */
  readonly current: boolean;
  readonly head: string | undefined;
  readonly merged: string;
  readonly result: string;
  /** The files it is made of. */
  readonly look: string;
}

interface Noted extends Pending {
  /** Of the files that the merge touches those that the user had changed before. */
  readonly dirty: readonly RawName[];
}

/** By the user's directory: two applies would each see the other's half, and a plan would take one under way for one that was killed. */
export const applying = createTurns();

/** What became of a merge. */
export interface Settled {
  /** The user has it. */
  readonly arrived: boolean;
  /** Files that the user changed while it was half done; they are left as they are. */
  readonly kept: readonly string[];
}

const nothing: Settled = {arrived: false, kept: []};

/** Writes down what is about to happen, for whoever comes after a kill. The merge is in the user's repository. Throws STATE_UNUSABLE. */
export async function startPending({pending}: Places, directory: string, merge: Pending): Promise<void> {
  const {branch, current, head, merged, result, look} = merge;
  const git = userGit(directory);
  const dirty = current && head !== undefined ? await dirtyBefore({git, directory, head, merged}) : [];
  writeWhole(pending, JSON.stringify({branch, current, head, merged, result, look, dirty} satisfies Noted));
}

function readPending({pending}: Places): Noted | undefined {
  try {
    return JSON.parse(readFileSync(pending, 'utf8')) as Noted;
  } catch {
    return undefined;
  }
}

const isKnown = (git: Git, commit: string): Promise<boolean> =>
  git.run(['cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );

const isThere = (git: Git, merged: string, ref: string): Promise<boolean> =>
  git.run(['merge-base', '--is-ancestor', merged, ref]).then(
    () => true,
    () => false,
  );

/**
 * Finds out what became of a merge and remembers what the user has now. One that was killed in the middle is taken back: files that are
 * as it left them become what they were. Not to be asked while it is made.
 */
export async function settlePending(places: Places, directory: string): Promise<Settled> {
  const pending = readPending(places);
  if (!pending) return nothing;
  const {branch, current, head, merged, result, look, dirty} = pending;
  const git = userGit(directory);
  const ref = branch === 'HEAD' ? branch : `refs/heads/${branch}`;
  let kept: readonly RawName[] = [];
  const begun = current && head !== undefined && head !== merged && (await isKnown(git, merged));
  if (begun && !(await isThere(git, merged, ref))) kept = await mendHalfMerge({git, directory, head, merged, dirty});
  const arrived = await isThere(git, merged, ref);
  if (arrived) {
    const shadow = ourGit(places.shadow);
    await shadow.run(['update-ref', shadowRefs.delivered, result]);
    await shadow.run(['update-ref', shadowRefs.applied, look]);
  }
  rmSync(places.pending, {force: true});
  return {arrived, kept: kept.map(nameText)};
}

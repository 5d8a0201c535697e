import {readFileSync, rmSync} from 'node:fs';
import {writeWhole} from '../lib/files.ts';
import {ourGit, userGit} from './git.ts';
import {type Places, shadowRefs} from './places.ts';

/** A merge into the user's repository that is about to be made. */
export interface Pending {
  readonly branch: string;
  readonly current: boolean;
  readonly head: string | undefined;
  readonly merged: string;
  readonly result: string;
  /** The files it is made of. */
  readonly look: string;
}

/** Writes down what is about to happen, for whoever comes after a kill. Throws STATE_UNUSABLE. */
export async function startPending(
  {pending}: Places,
  {branch, current, head, merged, result, look}: Pending,
): Promise<void> {
  writeWhole(pending, JSON.stringify({branch, current, head, merged, result, look}));
}

function readPending({pending}: Places): Pending | undefined {
  try {
    return JSON.parse(readFileSync(pending, 'utf8')) as Pending;
  } catch {
    return undefined;
  }
}

/** Finds out what became of a merge, and remembers what the user has now. True when the user has it. */
export async function settlePending(places: Places, directory: string): Promise<boolean> {
  const pending = readPending(places);
  if (!pending) return false;
  const {branch, merged, result, look} = pending;
  const user = userGit(directory);
  const arrived = await user
    .run(['merge-base', '--is-ancestor', merged, branch === 'HEAD' ? branch : `refs/heads/${branch}`])
    .then(
      () => true,
      () => false,
    );
  if (arrived) {
    const shadow = ourGit(places.shadow);
    await shadow.run(['update-ref', shadowRefs.delivered, result]);
    await shadow.run(['update-ref', shadowRefs.applied, look]);
  }
  rmSync(places.pending, {force: true});
  return arrived;
}

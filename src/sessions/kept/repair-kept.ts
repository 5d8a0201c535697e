import {lchownSync, lstatSync, unlinkSync} from 'node:fs';
import path from 'node:path';
import {changeMode} from '../../lib/beneath.ts';
import {toolCaches} from './cache-table.ts';
import type {Kept} from './find-kept.ts';
import {type KeptFile, walkKept} from './walk-kept.ts';

const ownBits = 0o700;

interface Counts {
  owners: number;
  modes: number;
  left: number;
  failed: number;
}

/** Who everything in it belongs to: the user whose caches these are, or whoever has the home. */
const ownerOf = ({kind, path: place}: Kept) => lstatSync(kind === 'cache' ? path.dirname(place) : place);

/** Makes one file as it should be. A session may begin meanwhile: what it puts in the place of the file is not followed. */
function mend(
  {parent, name, path: place, stats}: KeptFile,
  owner: {readonly uid: number; readonly gid: number},
  left: RegExp | undefined,
  counts: Counts,
): void {
  if (left?.test(place) && !stats.isDirectory()) {
    unlinkSync(parent.at(name));
    counts.left += 1;
    return;
  }
  if (stats.uid !== owner.uid || stats.gid !== owner.gid) {
    lchownSync(parent.at(name), owner.uid, owner.gid);
    counts.owners += 1;
  }
  const needed = stats.isDirectory() ? ownBits : 0o400;
  if (!stats.isSymbolicLink() && (stats.mode & needed) !== needed) {
    changeMode(parent, name, mode => (mode & 0o777) | needed);
    counts.modes += 1;
  }
}

const told: readonly (readonly [keyof Counts, string])[] = [
  ['owners', 'given back to their owner'],
  ['modes', 'made readable again'],
  ['left', 'left by tools that were killed, removed'],
  ['failed', 'that could not be mended'],
];

/** What was mended in something that no session works with, in words; "" when nothing was to be mended. */
export async function repaired(one: Kept): Promise<string> {
  const counts: Counts = {owners: 0, modes: 0, left: 0, failed: 0};
  const owner = ownerOf(one);
  const left = one.kind === 'cache' ? toolCaches.find(({name}) => name === one.name)?.left : undefined;
  await walkKept(one.path, file => {
    try {
      mend(file, owner, left, counts);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      counts.failed += 1;
    }
  });
  const parts = told.filter(([key]) => counts[key] > 0).map(([key, words]) => `${counts[key]} ${words}`);
  return parts.length === 0 ? '' : `${one.name}: ${parts.join(', ')}`;
}

import {lstatSync, type Stats} from 'node:fs';
import path from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {type Directory, descend, enterDirectory, openDirectory, type RawName, rawName} from '../../lib/beneath.ts';
import {namesIn} from '../../lib/directory-names.ts';

export interface KeptFile {
  readonly parent: Directory;
  readonly name: RawName;
  /** From the root of the walk. */
  readonly path: RawName;
  readonly stats: Stats;
}

/** Deeper and longer ones are nobody's cache. */
const deepest = 200;
/** So many directories are looked at before others have their turn. */
const atOnce = 50;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/**
 * Tells everything below a directory that agents write in, a directory before what is in it. No link is followed; what cannot be looked
 * at, or goes away meanwhile, is passed over.
 */
export async function walkKept(
  directory: string,
  visit: (file: KeptFile) => void,
  signal?: AbortSignal,
): Promise<void> {
  const root = rootOf(directory);
  if (!root) return;
  const waiting: (readonly RawName[])[] = [[]];
  let looked = 0;
  try {
    for (let names = waiting.pop(); names; names = waiting.pop()) {
      signal?.throwIfAborted();
      looked += 1;
      if (looked % atOnce === 0) await nextTurn();
      try {
        waiting.push(...visitOne(root, names, visit));
      } catch (error) {
        if (!codeOf(error).startsWith('E')) throw error;
      }
    }
  } finally {
    root.close();
  }
}

/** Agents may put a link in the place of a cache after it was found. */
function rootOf(directory: string): Directory | undefined {
  const above = openDirectory(path.dirname(directory));
  try {
    return enterDirectory(above, rawName(path.basename(directory)));
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) throw error;
    return undefined;
  } finally {
    above.close();
  }
}

/** The directories in one. */
function visitOne(root: Directory, names: readonly RawName[], visit: (file: KeptFile) => void): readonly RawName[][] {
  const parent = descend(root, names);
  const below: RawName[][] = [];
  try {
    for (const {name} of namesIn(parent)) {
      const stats = lstatSync(parent.at(name), {throwIfNoEntry: false});
      if (!stats) continue;
      visit({parent, name, path: [...names, name].join('/'), stats});
      if (stats.isDirectory() && names.length < deepest) below.push([...names, name]);
    }
  } finally {
    parent.close();
  }
  return below;
}

import {rmSync} from 'node:fs';
import path from 'node:path';
import type {RawName} from '../../lib/beneath.ts';
import {type DiffFile, diffArguments, parseDiff} from './diff-files.ts';
import {ourGit} from './git.ts';
import {lineEndsOf} from './line-ends.ts';
import {makeRepository} from './repository.ts';
import {openScan, type Refused, type Scan} from './scan.ts';
import {readTable} from './table.ts';

export interface SnapshotPlaces {
  /** The files, which somebody else may be writing. */
  readonly workspace: string;
  /** Host-only: the repository that has the base. */
  readonly shadow: string;
  /** Host-only scratch: what was seen since. Made anew whenever it is in doubt. */
  readonly seen: string;
  /** What the workspace was like when it was made. */
  readonly table: string;
  /** Further patterns of what is ignored, in git's words. */
  readonly excludes: string;
}

export interface Snapshot {
  /** What it is compared with. */
  readonly from: string;
  /** A commit of `seen`. */
  readonly commit: string;
  readonly files: readonly DiffFile[];
  /** What is not looked at, and why. */
  readonly refused: readonly Refused[];
}

/** New and edited files: more of them are told, not read. */
const mostRead = 100_000;
const attributes = '.gitattributes';
/** What was seen and is gone is thrown away beyond this, or twice what there was to see at first. */
const mostScratchBytes = 512 * 2 ** 20;

/** The changes of one workspace, look by look. For a worker thread: it never yields. */
export function openSnapshots({workspace, shadow, seen, table, excludes}: SnapshotPlaces) {
  const git = ourGit(seen);
  let base = '';
  let scan: Scan | undefined;
  let room = 0;
  let last: {readonly from: string; readonly commit: string; readonly files: readonly DiffFile[]} | undefined;

  const begin = (): Scan => {
    const {commit, format, cloned, files} = readTable(table);
    rmSync(seen, {recursive: true, force: true});
    makeRepository(seen, format, path.join(shadow, 'objects'));
    base = commit;
    last = undefined;
    const index = path.join(seen, 'made.index');
    const ruled = cloned && [...files.keys()].some(name => name === attributes || name.endsWith(`/${attributes}`));
    const lineEnds = (paths: readonly RawName[]) => lineEndsOf({git: ourGit(seen, {index}), index}, commit, paths);
    return openScan({
      ...{workspace, excludes, git, ref: 'refs/trails/now', format, from: commit, known: files, mostRead},
      ...(ruled ? {lineEnds} : {}),
    });
  };

  return {
    /** What is different from the commit `from`, by default from how it was made. */
    take(from?: string): Snapshot {
      const current = scan && scan.imported <= room ? scan : begin();
      // Half a look leaves a table that is wrong.
      scan = undefined;
      const first = current.imported === 0;
      const refused = current.look();
      if (first) room = Math.max(mostScratchBytes, 2 * current.imported);
      scan = current;
      const {commit} = current;
      const start = from ?? base;
      if (last?.from !== start || last.commit !== commit) {
        const printed = start === commit ? '' : git.runWaiting(diffArguments(start, commit)).toString('latin1');
        // Files where a submodule was empty take the place of the link to it, which is not gone for that.
        const files = parseDiff(printed).filter(({oldMode, newMode}) => oldMode !== '160000' || newMode !== null);
        last = {from: start, commit, files};
      }
      return {from: start, commit, files: last.files, refused};
    },
  };
}

import type {RawName} from '../../lib/beneath.ts';
import {shadowRefs} from '../places.ts';
import {keepsNothing, walkTree} from '../tree/tree-walk.ts';
import {formatOf} from '../writing/file-write.ts';
import {type Git, ourGit} from './git.ts';
import {makeRepository} from './repository.ts';
import {openScan} from './scan.ts';
import type {SnapshotPlaces} from './snapshot.ts';
import {type Known, writeTable} from './table.ts';

const ref = shadowRefs.made;

/** The files of a commit, with the stat data they have in a work tree that was checked out from it just now. */
function checkedOut(git: Git, workspace: string): ReadonlyMap<RawName, Known> {
  const stamps = new Map<RawName, string>();
  const most = {entries: Number.MAX_SAFE_INTEGER, depth: 1000};
  walkTree(
    workspace,
    {keeps: keepsNothing, most},
    ({path: raw, stamp}) => stamps.set(raw, stamp),
    () => {},
  );
  const table = new Map<RawName, Known>();
  for (const row of git.runWaiting(['ls-tree', '-r', '-z', ref]).toString('latin1').split('\0')) {
    const [, mode, id, raw] = /^(100644|100755|120000) blob ([0-9a-f]+)\t([\s\S]*)$/.exec(row) ?? [];
    const stamp = raw === undefined ? undefined : stamps.get(raw);
    // What is not checked out (sparse) is not missed.
    if (raw !== undefined && stamp !== undefined) table.set(raw, {mode, id, stamp} as Known);
  }
  return table;
}

/**
 * Writes down how a workspace was made: of a clone its commit, which is checked out in it, and where there are more the files beside it (of
 * submodules, uncommitted ones); of anything else all of its files. Answers with the commit that has them all. Nobody else may be
 * writing to it yet.
 */
export function makeBase({shadow, workspace, excludes, table}: SnapshotPlaces, cloned: string | undefined): string {
  const git = ourGit(shadow);
  const format = formatOf(cloned ?? '');
  if (cloned === undefined) makeRepository(shadow, format);
  const known = cloned === undefined ? new Map<RawName, Known>() : checkedOut(git, workspace);
  const scan = openScan({
    workspace,
    excludes,
    git,
    ref,
    format,
    from: cloned,
    known,
    mostRead: Number.POSITIVE_INFINITY,
  });
  scan.look();
  const {commit, table: files} = scan;
  writeTable(table, {commit, format, cloned: cloned !== undefined, files});
  return commit;
}

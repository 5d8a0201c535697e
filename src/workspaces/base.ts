import {existsSync} from 'node:fs';
import path from 'node:path';
import type {RawName} from '../lib/beneath.ts';
import {type Git, ourGit, plainGit} from './git.ts';
import {importStream} from './import-stream.ts';
import {shadowRefs} from './places.ts';
import {openSnapshots, type SnapshotPlaces} from './snapshot.ts';
import {type Known, type Table, writeTable} from './table.ts';
import {keepsNothing, walkTree} from './tree-walk.ts';

const ref = shadowRefs.made;

/** The files of a commit, with the stat data they have in a work tree that was checked out from it just now. */
function checkedOut(git: Git, workspace: string): Table {
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

function startEmpty(git: Git, shadow: string): void {
  plainGit.runWaiting(['init', '-q', '--bare', '--template=', shadow]);
  git.runWaiting(['fast-import', '--quiet', '--done'], importStream({ref, from: undefined, deleted: [], files: []}));
}

/**
 * Writes down how a workspace was made: of a clone the commit that is checked out in it and, where there are more, the files beside it
 * (of submodules, uncommitted ones); of anything else all of its files. Answers with the commit that has them all. Nobody else may be
 * writing to it yet.
 */
export function makeBase(places: SnapshotPlaces): string {
  const {shadow, seen, workspace} = places;
  const git = ourGit(shadow);
  const cloned = existsSync(path.join(shadow, 'HEAD'));
  if (!cloned) startEmpty(git, shadow);
  writeTable(places.table, cloned ? checkedOut(git, workspace) : new Map());
  const snapshots = openSnapshots(places);
  const {commit, files} = snapshots.take();
  if (files.length > 0) {
    git.runWaiting(['fetch', '-q', '--no-tags', '--no-write-fetch-head', seen, `+refs/trails/now:${ref}`]);
    writeTable(places.table, snapshots.table());
  }
  return commit;
}

import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {nameText} from '../../src/lib/beneath.ts';
import {makeClone} from '../../src/workspaces/making/clone.ts';
import {excludesOf, openSource} from '../../src/workspaces/making/source.ts';
import {placesIn} from '../../src/workspaces/places.ts';
import {makeBase} from '../../src/workspaces/shadow/base.ts';
import {openSnapshots} from '../../src/workspaces/shadow/snapshot.ts';
import {temporaryDirectory} from './home.ts';

export interface CloneOptions {
  readonly base?: string;
  readonly withChanges?: boolean;
  readonly name?: string;
}

/** A clone of a repository as a session gets it, in a directory of its own. */
export async function cloneOf(repo: string, {base, withChanges = false, name = 'api'}: CloneOptions = {}) {
  const home = path.join(temporaryDirectory(), 'session');
  mkdirSync(home);
  const places = placesIn(home);
  const source = await openSource(repo, base);
  const signal = new AbortController().signal;
  const made = await makeClone({source, name, places, withChanges, onStep: () => {}, signal});
  const excludes = await excludesOf(source);
  writeFileSync(places.excludes, excludes, 'latin1');
  const parts = {workspace: places.files, shadow: places.shadow, seen: places.seen, table: places.table, excludes};
  makeBase(parts, source.base);
  const snapshots = openSnapshots(parts);
  return {
    ...{places, files: places.files, source, made},
    take: () => snapshots.take(),
    /** What is different, by name. */
    changes: () => Object.fromEntries(snapshots.take().files.map(({raw, kind}) => [nameText(raw), kind])),
    /** And by how many lines. */
    lines: () =>
      Object.fromEntries(
        snapshots.take().files.map(({raw, added, removed}) => [nameText(raw), `+${added} -${removed}`]),
      ),
  };
}

import {readlinkSync} from 'node:fs';
import {type Directory, openDirectory, type RawName} from '../../lib/beneath.ts';
import {codeOf, isSystemError, reasonOf} from '../../lib/shown-path.ts';
import {foldsCase} from './case-folding.ts';
import {lookAt, openParent} from './file-state.ts';
import {
  directoriesOf,
  type FileWrite,
  isLink,
  type ObjectFormat,
  type PathReason,
  partsOf,
  type ReadBlob,
  sameState,
} from './file-write.ts';
import {judge, type Standing} from './judge-write.ts';
import {linkRefusal} from './link-rules.ts';
import {isRemovable} from './removable-directory.ts';
import {type PathKey, pathKey, sortOut} from './set-rules.ts';

export interface PlanOptions {
  /** The texts of links are read with it. */
  readonly content: ReadBlob;
  /** sha1 when left out. */
  readonly format?: ObjectFormat;
  /** Writes over what was changed in the target meanwhile. */
  readonly theirs?: boolean;
  /** Whether the target's file system takes names that differ only in case for one; left out: it is asked. */
  readonly foldsCase?: boolean;
}

export interface WritePlan {
  /** To be done, deletes first. `old` is what the target has now. */
  readonly writes: readonly FileWrite[];
  /** The target has the new state already. */
  readonly done: readonly FileWrite[];
  /** The target has neither the old nor the new state. With `theirs` these are among `writes`, too, where that is possible. */
  readonly conflicts: readonly PathReason[];
  /** Never written, whatever is asked. */
  readonly refused: readonly PathReason[];
}

/** What writing these files into a directory would do; changes nothing. Throws as open does when the target cannot be read. */
export async function planWrites(
  target: string,
  writes: readonly FileWrite[],
  options: PlanOptions,
): Promise<WritePlan> {
  const root = openDirectory(target);
  try {
    return await plan(root, writes, options, pathKey(options.foldsCase ?? foldsCase(target)));
  } finally {
    root.close();
  }
}

async function plan(
  root: Directory,
  writes: readonly FileWrite[],
  {content, format = 'sha1', theirs = false}: PlanOptions,
  key: PathKey,
): Promise<WritePlan> {
  const sorted = sortOut(writes, key);
  const refused = [...sorted.refused];
  const [conflicts, accepted, done]: [PathReason[], FileWrite[], FileWrite[]] = [[], [], []];
  const deleted = new Set<string>();
  const emptied = new Set<string>();
  const created = new Set(sorted.allowed.filter(write => write.new).map(write => key(write.path)));
  const texts = await linkTexts(sorted.allowed, content, key);

  const looked = new Map<RawName, RawName | undefined>();
  const linksAt = (path: RawName): readonly RawName[] => {
    if (!looked.has(path)) looked.set(path, linkNow(root, path));
    const now = looked.get(path);
    return [...(texts.get(key(path)) ?? []), ...(now === undefined ? [] : [now])];
  };
  const goes = (path: RawName, directory: boolean) => (directory ? emptied : deleted).has(key(path));
  const ofLink = (write: FileWrite): string | undefined => {
    if (!isLink(write.new) || sameState(write.old, write.new)) return undefined;
    return linkRefusal(write.path, texts.get(key(write.path))![0]!, linksAt);
  };

  const decide = async (write: FileWrite) => {
    const {path} = write;
    const why = ofLink(write);
    if (why) return void refused.push({path, why});
    const verdict = judge(write, await standingAt(root, write, format, {deleted, created, goes, key}));
    if (verdict.as === 'refused') return void refused.push({path, why: verdict.why});
    if (verdict.as === 'done') return void done.push(write);
    if (verdict.as === 'conflict') conflicts.push({path, why: verdict.why});
    if (verdict.as === 'conflict' && (!theirs || verdict.found === undefined)) return;
    accepted.push(verdict.as === 'conflict' ? {...write, old: verdict.found!} : write);
    if (write.new) return;
    deleted.add(key(path));
    for (const directory of directoriesOf(path)) emptied.add(key(directory));
  };
  // What is deleted makes room for the others.
  for (const write of sorted.allowed.filter(each => !each.new)) await decide(write);
  for (const write of sorted.allowed.filter(each => each.new)) await decide(write);
  return {writes: accepted, done, conflicts, refused};
}

async function linkTexts(
  writes: readonly FileWrite[],
  content: ReadBlob,
  key: PathKey,
): Promise<ReadonlyMap<string, readonly RawName[]>> {
  const texts = new Map<string, readonly RawName[]>();
  for (const write of writes) {
    if (!write.new || !isLink(write.new)) continue;
    texts.set(key(write.path), [Buffer.from(await content(write.new.id)).toString('latin1')]);
  }
  return texts;
}

function linkNow(root: Directory, path: RawName): RawName | undefined {
  try {
    const parent = openParent(root, path);
    if (!('directory' in parent)) return undefined;
    try {
      return readlinkSync(parent.directory.at(partsOf(path).at(-1)!), {encoding: 'buffer'}).toString('latin1');
    } finally {
      parent.directory.close();
    }
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

interface Surroundings {
  readonly deleted: ReadonlySet<string>;
  /** Where a file is to be. */
  readonly created: ReadonlySet<string>;
  readonly goes: (path: RawName, directory: boolean) => boolean;
  readonly key: PathKey;
}

async function standingAt(
  root: Directory,
  write: FileWrite,
  format: ObjectFormat,
  around: Surroundings,
): Promise<Standing> {
  try {
    const parent = openParent(root, write.path);
    if ('missing' in parent) return {kind: 'state', state: null};
    if ('blocked' in parent) return blockedBy(root, write, parent.blocked, around);
    try {
      return await standingIn(parent.directory, write, format, around);
    } finally {
      parent.directory.close();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (codeOf(error) === 'ENAMETOOLONG') return {kind: 'name', why: reasonOf(error)};
    return {kind: 'unreadable', why: `it cannot be looked at: ${reasonOf(error)}`};
  }
}

function blockedBy(root: Directory, write: FileWrite, by: RawName, {deleted, created, key}: Surroundings): Standing {
  if (deleted.has(key(by))) return {kind: 'state', state: null};
  // What takes the place of its directory is there already.
  if (!write.new && created.has(key(by))) return {kind: 'state', state: null};
  if (linkNow(root, by) !== undefined) return {kind: 'link', why: 'one of its directories is a link'};
  return write.new ? {kind: 'blocked', why: 'one of its directories is a file there'} : {kind: 'state', state: null};
}

async function standingIn(
  parent: Directory,
  write: FileWrite,
  format: ObjectFormat,
  {goes}: Surroundings,
): Promise<Standing> {
  const name = partsOf(write.path).at(-1)!;
  const found = await lookAt(parent, name, format);
  if (found.kind === 'odd') return {kind: 'odd', why: 'something that is no file stands there'};
  if (found.kind === 'file') return {kind: 'state', state: found.state};
  // To a delete a directory is no file.
  if (found.kind === 'directory' && write.new && !isRemovable(parent, name, write.path, goes))
    return {kind: 'full', why: 'a directory with other files stands there'};
  return {kind: 'state', state: null};
}

import {randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {privateDirectory, writeWhole} from '../files.ts';
import {
  deleteSubvolume,
  groupsAt,
  isSubvolume,
  makeBounded,
  makeGroup,
  makeMember,
  removeGroup,
  subvolumeId,
  waitUntilGone,
} from './btrfs.ts';

/** Directories by their names below one. */
export interface BoundRequest {
  readonly directory: string;
  /** May hold so much together. */
  readonly together: {readonly names: readonly string[]; readonly bytes: number};
  /** May hold so much each. */
  readonly alone: {readonly names: readonly string[]; readonly bytes: number};
}

/** What is known of a bound, written down before there is anything of it. */
interface Book {
  readonly group: string;
  readonly bytes: number;
  readonly together: readonly string[];
  readonly alone: readonly string[];
  /** Of the subvolumes as far as they were made: first those together. */
  readonly ids: readonly number[];
}

/** What is held, and what of it is used. */
export interface Bound {
  readonly usedBytes: number;
  readonly mostBytes: number;
}

const bookIn = (file: string): Book | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Book;
  } catch {
    return undefined;
  }
};
const write = (file: string, book: Book) => writeWhole(file, JSON.stringify(book));

/** Of 48 bits, which nobody else has drawn: others number theirs by hand, from 1/0 on. One that is there all the same is refused by btrfs. */
const drawGroup = (): string => `1/${randomBytes(6).readUIntBE(0, 6)}`;

/**
 * Makes empty directories that can be filled no further than they may. They are the caller's to drop when it throws, as when it does not;
 * `file` is where it is written down what there is of them.
 */
export async function setBound(file: string, {directory, together, alone}: BoundRequest): Promise<void> {
  const book = {group: drawGroup(), bytes: together.bytes, together: together.names, alone: alone.names};
  privateDirectory(path.dirname(file));
  write(file, {...book, ids: []});
  await makeGroup(directory, book.group, together.bytes);
  const ids: number[] = [];
  const make = async (name: string, subvolume: (place: string) => Promise<unknown>) => {
    const place = path.join(directory, name);
    mkdirSync(path.dirname(place), {recursive: true, mode: 0o700});
    await subvolume(place);
    ids.push(await subvolumeId(place));
  };
  for (const name of together.names) await make(name, place => makeMember(place, book.group));
  for (const name of alone.names) await make(name, place => makeBounded(place, alone.bytes));
  write(file, {...book, ids});
}

/** As the file system says it now; undefined where it holds less than was asked for, or nothing. */
export async function readBound(file: string, directory: string, signal?: AbortSignal): Promise<Bound | undefined> {
  const book = bookIn(file);
  if (!book || book.ids.length !== book.together.length + book.alone.length) return undefined;
  const groups = await groupsAt(directory, signal);
  const group = groups?.get(book.group);
  const members = book.ids.slice(0, book.together.length).map(id => `0/${id}`);
  const others = book.ids.slice(book.together.length).map(id => groups?.get(`0/${id}`));
  const all = members.every(id => group?.members.includes(id)) && others.every(one => one?.mostBytes !== undefined);
  if (group?.mostBytes === undefined || group.mostBytes > book.bytes || !all) return undefined;
  return {usedBytes: group.usedBytes, mostBytes: group.mostBytes};
}

/** Takes the directories away, with all that is in them, by the file system: at once, however much it is. */
export async function dropBound(file: string, directory: string): Promise<void> {
  const book = bookIn(file);
  if (!book) return;
  const places = [...book.together, ...book.alone].map(name => path.join(directory, name)).filter(isSubvolume);
  const ids = await Promise.all(places.map(subvolumeId));
  write(file, {...book, ids: [...new Set([...book.ids, ...ids])]});
  for (const place of places) await deleteSubvolume(place);
}

/** Takes back what the file system still knows of a bound that was dropped, when it has removed what was in it. */
export async function endBound(file: string, at: string): Promise<void> {
  const book = bookIn(file);
  if (book) {
    await waitUntilGone(at, book.ids);
    const groups = await groupsAt(at);
    // Old kernels keep those of single subvolumes, too.
    for (const group of [...book.ids.map(id => `0/${id}`), book.group])
      if (groups?.has(group)) await removeGroup(at, group);
  }
  rmSync(file, {force: true});
}

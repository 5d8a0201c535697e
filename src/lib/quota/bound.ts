import {readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {privateDirectory, writeWhole} from '../files.ts';
import type {Book, Bound, BoundRequest, Kind, Way} from './book.ts';
import {subvolumes} from './btrfs/subvolumes.ts';
import {projects} from './projects/projects.ts';

const ways: Readonly<Record<Kind, Way>> = {subvolumes, projects};

const bookIn = (file: string): Book | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Book;
  } catch {
    return undefined;
  }
};
const write = (file: string, book: Book) => writeWhole(file, JSON.stringify(book));

/**
 * Makes empty directories that can be filled no further than they may. They are the caller's to drop when it throws, as when it does not;
 * `file` is where it is written down what there is of them.
 */
export async function setBound(file: string, kind: Kind, request: BoundRequest): Promise<void> {
  const {together, alone} = request;
  const book = {kind, bytes: together.bytes, together: together.names, alone: alone.names};
  privateDirectory(path.dirname(file));
  await ways[kind].set(request, found => write(file, {...book, ...found}));
}

/** As the file system says it now; undefined where it holds less than was asked for, or nothing. */
export async function readBound(file: string, directory: string, signal?: AbortSignal): Promise<Bound | undefined> {
  const book = bookIn(file);
  if (!book || book.ids.length !== book.together.length + book.alone.length) return undefined;
  // What cannot be asked is not known to hold.
  return ways[book.kind].read(book, directory, signal).catch(() => undefined);
}

/** Before the directories are removed: takes away those that the file system itself has to, at once, however much is in them. */
export async function dropBound(file: string, directory: string): Promise<void> {
  const book = bookIn(file);
  if (!book) return;
  await ways[book.kind].drop(book, directory, found => {
    const unknown = found.filter(id => !book.ids.includes(id));
    // Usually all are known: also on a full disk, where nothing can be written, a session can be removed.
    if (unknown.length > 0) write(file, {...book, ids: [...book.ids, ...unknown]});
  });
}

/** Takes back what the file system still knows of a bound whose directories were removed. */
export async function endBound(file: string, at: string): Promise<void> {
  const book = bookIn(file);
  if (book) await ways[book.kind].end(book, at);
  rmSync(file, {force: true});
}

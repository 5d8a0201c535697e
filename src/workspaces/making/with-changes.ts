import {copyFileSync, lstatSync, mkdirSync, readlinkSync, rmSync, type Stats, symlinkSync} from 'node:fs';
import {descend, openDirectory, type RawName} from '../../lib/beneath.ts';
import type {Source} from './source.ts';

const within = <T>(root: string, path: RawName, make: boolean, work: (place: Buffer) => T): T => {
  const names = path.split('/');
  const name = names.pop() ?? '';
  const top = openDirectory(root);
  try {
    const parent = descend(top, names, make ? (at, each) => mkdirSync(at.at(each)) : undefined);
    try {
      return work(parent.at(name));
    } finally {
      parent.close();
    }
  } finally {
    top.close();
  }
};

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Undefined when it is not there; nor is what would be within a file or behind a link. */
function statsOf(root: string, path: RawName): Stats | undefined {
  try {
    return within(root, path, false, place => lstatSync(place, {throwIfNoEntry: false}));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function remove(root: string, path: RawName): void {
  try {
    within(root, path, false, place => rmSync(place, {force: true, recursive: true}));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Brings what is not committed in the user's work tree into a clone that nobody else writes to yet: edits, deletions, new files. */
export async function bringChanges({git, directory}: Source, files: string): Promise<number> {
  const asked = ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=all'];
  const paths = (await git.run(asked))
    .split('\0')
    .filter(row => row !== '' && !row.endsWith('/'))
    .map(row => row.slice(3));
  const found = paths.map(path => ({path, stats: statsOf(directory, path)}));
  // What goes makes room: a directory may be where a file was, and a file where a directory was.
  for (const {path} of found.filter(({stats}) => !stats)) remove(files, path);
  for (const {path, stats} of found)
    if (stats)
      within(files, path, true, target => {
        rmSync(target, {force: true, recursive: true});
        if (stats.isSymbolicLink())
          within(directory, path, false, place => symlinkSync(readlinkSync(place, {encoding: 'buffer'}), target));
        else if (stats.isFile()) within(directory, path, false, place => copyFileSync(place, target));
      });
  return paths.length;
}

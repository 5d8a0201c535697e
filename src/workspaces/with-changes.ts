import {copyFileSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync} from 'node:fs';
import {descend, openDirectory, type RawName} from '../lib/beneath.ts';
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

/** Brings what is not committed in the user's work tree into a clone that nobody else writes to yet: edits, deletions, new files. */
export async function bringChanges({git, directory}: Source, files: string): Promise<number> {
  const asked = ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=all'];
  const paths = (await git.run(asked))
    .split('\0')
    .filter(row => row !== '' && !row.endsWith('/'))
    .map(row => row.slice(3));
  for (const path of paths) {
    const stats = within(directory, path, false, place => lstatSync(place, {throwIfNoEntry: false}));
    within(files, path, true, target => {
      rmSync(target, {force: true, recursive: true});
      if (stats?.isSymbolicLink())
        within(directory, path, false, place =>
          symlinkSync(readlinkSync(place, 'buffer') as unknown as Buffer, target),
        );
      else if (stats?.isFile()) within(directory, path, false, place => copyFileSync(place, target));
    });
  }
  return paths.length;
}

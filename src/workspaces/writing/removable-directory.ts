import {readdirSync} from 'node:fs';
import {type Directory, enterDirectory, type RawName} from '../../lib/beneath.ts';

/**
 * Whether a directory holds nothing but what goes: `goes` is asked for the path of each file in it, and of each directory before it is
 * entered. Ends at the first that stays, so a big one costs nothing.
 */
export function isRemovable(
  parent: Directory,
  name: RawName,
  path: RawName,
  goes: (path: RawName, directory: boolean) => boolean,
): boolean {
  const directory = enterDirectory(parent, name);
  try {
    return readdirSync(directory.here, {withFileTypes: true, encoding: 'buffer'}).every(entry => {
      const inner = entry.name.toString('latin1');
      const innerPath = `${path}/${inner}`;
      if (!goes(innerPath, entry.isDirectory())) return false;
      return !entry.isDirectory() || isRemovable(directory, inner, innerPath, goes);
    });
  } finally {
    directory.close();
  }
}

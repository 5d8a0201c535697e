import {linkSync, mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';

/** A pack is taken for whole as soon as its index is there. */
const rank = (name: string): number => (name.endsWith('.idx') ? 1 : 0);

/**
 * Gives everything that is in one repository of ours to another one on the same file system, without a copy: objects are named by their
 * content and never change.
 */
export function giveObjects(from: string, to: string): void {
  for (const {name, parentPath} of readdirSync(path.join(from, 'objects'), {withFileTypes: true})) {
    if (!/^([0-9a-f]{2}|pack)$/.test(name)) continue;
    const source = path.join(parentPath, name);
    const target = path.join(to, 'objects', name);
    mkdirSync(target, {recursive: true});
    const files = readdirSync(source).filter(file => !file.startsWith('tmp_') && !file.endsWith('.keep'));
    for (const file of files.sort((one, other) => rank(one) - rank(other))) {
      try {
        linkSync(path.join(source, file), path.join(target, file));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

import {createHash} from 'node:crypto';
import {closeSync, readdirSync, readFileSync} from 'node:fs';
import {type Directory, enterDirectory, openDirectory, openRegular} from '../lib/beneath.ts';

const mostFiles = 2000;
const mostDepth = 10;

/**
 * A word for where the branches of a workspace are, read without git. The same word twice: most likely nothing was committed between.
 * It saves work and decides nothing: the agent can make it say what it likes, of its own commits.
 */
export function agentRefs(files: string): string {
  const hash = createHash('sha256');
  let left = mostFiles;
  const read = (parent: Directory, name: string) => {
    const fd = openRegular(parent, name);
    if (fd === undefined) return;
    try {
      hash.update(`${name}\0`).update(readFileSync(fd).subarray(0, 2 ** 20));
    } finally {
      closeSync(fd);
    }
  };
  const readAll = (parent: Directory, name: string, depth: number) => {
    const directory = enterDirectory(parent, name);
    try {
      for (const entry of readdirSync(directory.here, {withFileTypes: true, encoding: 'latin1'})) {
        if (left-- <= 0 || depth > mostDepth) return;
        if (entry.isDirectory()) readAll(directory, entry.name, depth + 1);
        else read(directory, entry.name);
      }
    } finally {
      directory.close();
    }
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      hash.update(String((error as NodeJS.ErrnoException).code));
    }
  };
  attempt(() => {
    const root = openDirectory(files);
    try {
      const git = enterDirectory(root, '.git');
      try {
        for (const name of ['HEAD', 'packed-refs']) attempt(() => read(git, name));
        attempt(() => readAll(git, 'refs', 0));
      } finally {
        git.close();
      }
    } finally {
      root.close();
    }
  });
  return hash.digest('hex');
}

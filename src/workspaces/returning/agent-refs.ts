import {createHash} from 'node:crypto';
import {closeSync, opendirSync, readSync} from 'node:fs';
import {type Directory, enterDirectory, openDirectory, openRegular} from '../../lib/beneath.ts';

const mostFiles = 2000;
const mostDepth = 10;
/** Of one file, a list of branches among them. */
const mostBytes = 2 ** 20;
/** Of all of them: this is read in the daemon's own time. */
const mostBytesInAll = 2 ** 23;

/**
 * A word for where the branches of a workspace are, read without git. The same word twice: most likely nothing was committed between.
 * It saves work and decides nothing: the agent can make it say what it likes, of its own commits.
 */
export function agentRefs(files: string): string {
  const hash = createHash('sha256');
  let left = mostFiles;
  let bytesLeft = mostBytesInAll;
  const piece = Buffer.allocUnsafe(mostBytes);
  const read = (parent: Directory, name: string) => {
    const fd = openRegular(parent, name);
    if (fd === undefined) return;
    try {
      const got = readSync(fd, piece, 0, Math.min(mostBytes, bytesLeft), 0);
      bytesLeft -= got;
      hash.update(`${name}\0`).update(piece.subarray(0, got));
    } finally {
      closeSync(fd);
    }
  };
  const readAll = (parent: Directory, name: string, depth: number) => {
    const directory = enterDirectory(parent, name);
    try {
      // In pieces: there may be millions of names.
      const listing = opendirSync(directory.here, {encoding: 'latin1', bufferSize: 256});
      try {
        for (let entry = listing.readSync(); entry; entry = listing.readSync()) {
          if (left-- <= 0 || depth > mostDepth || bytesLeft === 0) return;
          if (entry.isDirectory()) readAll(directory, entry.name, depth + 1);
          else read(directory, entry.name);
        }
      } finally {
        listing.closeSync();
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

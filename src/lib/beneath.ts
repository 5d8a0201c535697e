import {chmodSync, closeSync, constants, fstatSync, lchmodSync, lstatSync, openSync} from 'node:fs';

/** The bytes of a file's name or path, one character each: names are bytes, and not all of them are UTF-8. */
export type RawName = string;

/** As text; bytes that are not UTF-8 become U+FFFD. */
export const nameText = (raw: RawName): string => Buffer.from(raw, 'latin1').toString('utf8');
export const rawName = (text: string): RawName => Buffer.from(text, 'utf8').toString('latin1');

/**
 * A directory held open. Names are looked up in it, whatever takes its place meanwhile: somebody who may write around it cannot lead
 * us elsewhere with a link. Where the system has no /proc (macOS) only the last name of a path is safe from that.
 */
export interface Directory {
  /** The place of a name in it, for calls that do not follow links: lstat, readlink, mkdir, rename, unlink, open with O_NOFOLLOW. */
  at(name: RawName): Buffer;
  /** The directory itself, for readdir. */
  readonly here: Buffer;
  close(): void;
}

const {O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY} = constants;

function hold(place: string | Buffer, follow: boolean): Directory {
  const fd = openSync(place, O_RDONLY | O_DIRECTORY | (follow ? 0 : O_NOFOLLOW));
  const here = process.platform === 'linux' ? Buffer.from(`/proc/self/fd/${fd}`) : Buffer.from(place);
  return {
    here,
    at: name => {
      const place = Buffer.allocUnsafe(here.length + 1 + name.length);
      here.copy(place);
      place.write(`/${name}`, here.length, 'latin1');
      return place;
    },
    close: () => closeSync(fd),
  };
}

/** Holds a directory of this path, links followed: for one that nobody else may choose. Throws as open does. */
export const openDirectory = (path: string): Directory => hold(path, true);

/** Holds a directory by its name in another one. Throws ENOTDIR or ELOOP where a link stands, ENOENT where nothing does. */
export const enterDirectory = (parent: Directory, name: RawName): Directory => hold(parent.at(name), false);

/** Holds the directory at a path within another one, `make` being asked to make each that is missing. The caller closes it. */
export function descend(
  root: Directory,
  names: readonly RawName[],
  make?: (parent: Directory, name: RawName) => void,
): Directory {
  let at = root;
  for (const name of names) {
    const parent = at;
    try {
      at = enterDirectory(parent, name);
    } catch (error) {
      if (!make || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      make(parent, name);
      at = enterDirectory(parent, name);
    } finally {
      if (parent !== root) parent.close();
    }
  }
  return at === root ? hold(root.here, true) : at;
}

/** Directories below one, held open one at a time: for work that goes from file to file of the same directory. */
export interface Descent {
  /** The directory at this path; until the next one is asked for. Throws as `descend` does. */
  into(path: RawName): Directory;
  close(): void;
}

export function openDescent(root: Directory): Descent {
  let held: {readonly path: RawName; readonly directory: Directory} | undefined;
  const close = () => {
    held?.directory.close();
    held = undefined;
  };
  return {
    into(path) {
      if (held?.path !== path) {
        close();
        held = {path, directory: descend(root, path === '' ? [] : path.split('/'))};
      }
      return held.directory;
    },
    close,
  };
}

/**
 * Opens a regular file for reading; the caller closes it. Undefined where something else stands: a link, a FIFO, a device. Never waits:
 * a FIFO would, for its other end.
 */
export function openRegular(parent: Directory, name: RawName): number | undefined {
  let fd: number;
  try {
    fd = openSync(parent.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    // A link, a socket, a FIFO without a writer.
    if (['ELOOP', 'ENXIO', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}

/** Linux alone has it, and Node no name for it: a file is held, whatever its mode, and nothing of it is opened. */
const holdOnly = 0o10_000_000;

/** Changes the mode of what is there, unless that is a link, whatever takes its place meanwhile. */
export function changeMode(parent: Directory, name: RawName, mode: (before: number) => number): void {
  if (process.platform !== 'linux') {
    lchmodSync(parent.at(name), mode(lstatSync(parent.at(name)).mode));
    return;
  }
  const fd = openSync(parent.at(name), holdOnly | O_NOFOLLOW);
  try {
    const found = fstatSync(fd);
    // A call on the held file itself is refused; by this way the kernel goes to it and no further.
    if (!found.isSymbolicLink()) chmodSync(`/proc/self/fd/${fd}`, mode(found.mode));
  } finally {
    closeSync(fd);
  }
}

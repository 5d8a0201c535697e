import {createHash, type Hash} from 'node:crypto';
import {closeSync, fstatSync, lstatSync, read, readlinkSync} from 'node:fs';
import {promisify} from 'node:util';
import {type Directory, enterDirectory, openRegular, type RawName} from '../../lib/beneath.ts';
import {codeOf} from '../../lib/shown-path.ts';
import {type FileState, type ObjectFormat, partsOf} from './file-write.ts';

const readAt = promisify(read);
const pieceBytes = 1024 * 1024;

const blobHash = (format: ObjectFormat, size: number): Hash => createHash(format).update(`blob ${size}\0`);

/** The id git gives to a file with these bytes. */
export const blobId = (bytes: Uint8Array, format: ObjectFormat): string =>
  blobHash(format, bytes.byteLength).update(bytes).digest('hex');

/** In pieces: a file may be bigger than memory. One that grows or shrinks meanwhile gets an id that nothing has. */
async function idOfOpen(fd: number, size: number, format: ObjectFormat): Promise<string> {
  const hash = blobHash(format, size);
  const piece = Buffer.allocUnsafe(Math.min(size, pieceBytes));
  for (let from = 0; from < size; ) {
    const {bytesRead} = await readAt(fd, piece, 0, Math.min(piece.byteLength, size - from), from);
    if (bytesRead === 0) return 'changing';
    hash.update(piece.subarray(0, bytesRead));
    from += bytesRead;
  }
  return fstatSync(fd).size === size ? hash.digest('hex') : 'changing';
}

/** What stands at a name. `odd` is neither file, link nor directory. */
export type Found =
  | {readonly kind: 'none'}
  | {readonly kind: 'file'; readonly state: FileState}
  | {readonly kind: 'directory'}
  | {readonly kind: 'odd'};

const none: Found = {kind: 'none'};
const odd: Found = {kind: 'odd'};

/** Looks without following a link or waiting for a FIFO. Throws as lstat and open do, but for what is not there. */
export async function lookAt(parent: Directory, name: RawName, format: ObjectFormat): Promise<Found> {
  try {
    return await look(parent, name, format);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return none;
    throw error;
  }
}

async function look(parent: Directory, name: RawName, format: ObjectFormat): Promise<Found> {
  const stat = lstatSync(parent.at(name));
  if (stat.isDirectory()) return {kind: 'directory'};
  if (stat.isSymbolicLink()) {
    const text = readlinkSync(parent.at(name), {encoding: 'buffer'});
    return {kind: 'file', state: {mode: '120000', id: blobId(text, format)}};
  }
  if (!stat.isFile()) return odd;
  const fd = openRegular(parent, name);
  if (fd === undefined) return odd;
  try {
    const {mode, size} = fstatSync(fd);
    return {
      kind: 'file',
      state: {mode: mode & 0o100 ? '100755' : '100644', id: await idOfOpen(fd, size, format)},
    };
  } finally {
    closeSync(fd);
  }
}

/** The directory a path is in, held open; or the first on the way to it that is not there, or that is none. */
export type Parent = {readonly directory: Directory} | {readonly missing: RawName} | {readonly blocked: RawName};

/** The caller closes it. Throws as open does, for one that may not be entered. */
export function openParent(root: Directory, path: RawName): Parent {
  const names = partsOf(path).slice(0, -1);
  let at = enterDirectory(root, '.');
  for (const [index, name] of names.entries()) {
    const parent = at;
    try {
      at = enterDirectory(parent, name);
    } catch (error) {
      const here = names.slice(0, index + 1).join('/');
      if (codeOf(error) === 'ENOENT') return {missing: here};
      if (['ENOTDIR', 'ELOOP', 'EMLINK'].includes(codeOf(error))) return {blocked: here};
      throw error;
    } finally {
      parent.close();
    }
  }
  return {directory: at};
}

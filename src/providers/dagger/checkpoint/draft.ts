import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import {type Directory, openRegular, type RawName} from '../../../lib/beneath.ts';
import type {Owner} from '../../provider.ts';
import {standing} from './existing.ts';

export interface FileFacts {
  readonly name: RawName;
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly changedAt: number;
  readonly size: number;
}

/** A file that gets its content. While that is what is there already, nothing is written. */
export interface Draft {
  content(bytes: Uint8Array): void;
  hole(length: number): void;
  /** Puts it in its place. False: it was there as it is. */
  end(): boolean;
  /** Gives it up. */
  close(): void;
}

const {O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY} = constants;
const pieceBytes = 256 * 1024;

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.byteLength; ) done += writeSync(fd, bytes, done, bytes.byteLength - done, at + done);
}

function holds(fd: number, bytes: Uint8Array, at: number): boolean {
  const found = Buffer.allocUnsafe(bytes.byteLength);
  return readSync(fd, found, 0, bytes.byteLength, at) === bytes.byteLength && found.equals(bytes);
}

/** A regular file of this size that may be the one that comes. */
function openSame(parent: Directory, name: RawName, size: number): number | undefined {
  const found = standing(parent, name);
  if (!found?.isFile() || found.size !== size) return undefined;
  try {
    return openRegular(parent, name);
  } catch {
    // Not even we may read it: it is written anew.
    return undefined;
  }
}

export function openDraft(
  parent: Directory,
  {name, mode, changedAt, size}: FileFacts,
  {draft, owner}: {readonly draft: RawName; readonly owner: Owner | undefined},
): Draft {
  let same = openSame(parent, name, size);
  let fd: number | undefined;
  let at = 0;
  const make = (): number => {
    if (standing(parent, draft)) unlinkSync(parent.at(draft));
    return openSync(parent.at(draft), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  };
  const part = (): number => {
    if (fd !== undefined) return fd;
    fd = make();
    if (same === undefined) return fd;
    const piece = Buffer.allocUnsafe(Math.min(at, pieceBytes));
    for (let from = 0; from < at; ) {
      const count = readSync(same, piece, 0, Math.min(piece.byteLength, at - from), from);
      if (count === 0) break;
      writeAll(fd, piece.subarray(0, count), from);
      from += count;
    }
    closeSync(same);
    same = undefined;
    return fd;
  };
  const finish = (file: number, before: Stats) => {
    // Read again by us, when it is brought back.
    const wanted = (mode & 0o777) | 0o400;
    if (owner && (before.uid !== owner.uid || before.gid !== owner.gid)) fchownSync(file, owner.uid, owner.gid);
    if ((before.mode & 0o7777) !== wanted) fchmodSync(file, wanted);
    if (Math.floor(before.mtimeMs / 1000) !== changedAt) futimesSync(file, changedAt, changedAt);
    return (before.mode & 0o7777) !== wanted;
  };
  const close = () => {
    for (const each of [same, fd]) if (each !== undefined) closeSync(each);
    same = fd = undefined;
  };
  return {
    content(bytes) {
      if (same === undefined || !holds(same, bytes, at)) writeAll(part(), bytes, at);
      at += bytes.byteLength;
    },
    hole(length) {
      part();
      at += length;
    },
    end() {
      try {
        if (same !== undefined && at === size) {
          const before = fstatSync(same);
          // By another name it is a file of the user's, whose repository was cloned.
          return before.nlink === 1 && finish(same, before);
        }
        const file = part();
        ftruncateSync(file, at);
        finish(file, fstatSync(file));
        renameSync(parent.at(draft), parent.at(name));
        return true;
      } finally {
        close();
      }
    },
    close,
  };
}

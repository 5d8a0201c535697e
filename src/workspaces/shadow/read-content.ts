import {closeSync, fstatSync, readlinkSync, readSync} from 'node:fs';
import {type Directory, openRegular, type RawName} from '../../lib/beneath.ts';
import type {FileMode} from './table.ts';

/** Of one file: a larger one is told, not read. */
const mostFileBytes = 100 * 2 ** 20;

function readWhole(fd: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  while (at < size) {
    const got = readSync(fd, bytes, at, size - at, at);
    if (got === 0) break;
    at += got;
  }
  return bytes.subarray(0, at);
}

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${Math.ceil(bytes / 2 ** 20)} MB`;

export type Content = {readonly mode: FileMode; readonly content: Uint8Array} | {readonly why: string};

/** A file as it is now; undefined when it is gone. */
export function contentOf(parent: Directory, name: RawName, room: number): Content | undefined {
  const fd = openRegular(parent, name);
  if (fd === undefined) {
    const text = readlinkSync(parent.at(name), {encoding: 'buffer'});
    return {mode: '120000', content: text};
  }
  try {
    const {size, mode} = fstatSync(fd);
    if (size > mostFileBytes) return {why: `too big to look into (${megabytes(size)})`};
    if (size > room) return {why: 'too much is different'};
    return {mode: mode & 0o100 ? '100755' : '100644', content: readWhole(fd, size)};
  } finally {
    closeSync(fd);
  }
}

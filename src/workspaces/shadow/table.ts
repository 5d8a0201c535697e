import {readFileSync} from 'node:fs';

import type {RawName} from '../../lib/beneath.ts';
import {writeWhole} from '../../lib/files.ts';
import type {FileMode, ObjectFormat} from '../writing/file-write.ts';

export type {FileMode, ObjectFormat} from '../writing/file-write.ts';

/** What is known of one file: its content as git names it, and the stat data that it had then. */
export interface Known {
  readonly mode: FileMode;
  /** Of its blob. */
  readonly id: string;
  /** Undefined: it must be read again, whatever stat says. */
  readonly stamp: string | undefined;
}

/** What a workspace was like when it was made. */
export interface Made {
  /** Of the shadow: has all of these files. */
  readonly commit: string;
  readonly format: ObjectFormat;
  /** Of a clone: git's rules of line ends hold for them. */
  readonly cloned: boolean;
  readonly files: ReadonlyMap<RawName, Known>;
}

/** Throws STATE_UNUSABLE. */
export function writeTable(file: string, {commit, format, cloned, files}: Made): void {
  const rows = [...files].map(([path, {mode, id, stamp = ''}]) => `${mode} ${id} ${stamp}\t${path}\0`);
  writeWhole(file, Buffer.from(`${commit} ${format} ${cloned ? 'clone' : 'plain'}\0${rows.join('')}`, 'latin1'));
}

/** Throws when the file is not there or is none of ours. */
export function readTable(file: string): Made {
  const [head = '', ...rows] = readFileSync(file, 'latin1').split('\0');
  const [commit = '', format = '', kind = ''] = head.split(' ');
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new Error(`${file} does not tell how a workspace was made`);
  const files = new Map<RawName, Known>();
  for (const row of rows) {
    if (row === '') continue;
    const tab = row.indexOf('\t');
    const [mode = '', id = '', stamp = ''] = row.slice(0, tab).split(' ');
    files.set(row.slice(tab + 1), {mode: mode as FileMode, id, stamp: stamp === '' ? undefined : stamp});
  }
  return {commit, format: format === 'sha256' ? format : 'sha1', cloned: kind === 'clone', files};
}

/** Every directory that has one of these files somewhere in it. */
export function directoriesOf(paths: Iterable<RawName>): ReadonlySet<RawName> {
  const found = new Set<RawName>();
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const directory = path.slice(0, at);
      if (found.has(directory)) break;
      found.add(directory);
    }
  }
  return found;
}

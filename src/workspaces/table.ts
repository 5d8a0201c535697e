import {readFileSync} from 'node:fs';

import type {RawName} from '../lib/beneath.ts';
import {writeWhole} from '../lib/files.ts';

export type FileMode = '100644' | '100755' | '120000';

/** What is known of one file: its content as git names it, and the stat data that it had then. */
export interface Known {
  readonly mode: FileMode;
  /** Of its blob. */
  readonly id: string;
  /** Undefined: it must be read again, whatever stat says. */
  readonly stamp: string | undefined;
}

export type Table = ReadonlyMap<RawName, Known>;

/** Writes down what a workspace was like when it was made. Throws STATE_UNUSABLE. */
export function writeTable(file: string, table: Table): void {
  const rows = [...table].map(([path, {mode, id, stamp = ''}]) => `${mode} ${id} ${stamp}\t${path}\0`);
  writeWhole(file, Buffer.from(rows.join(''), 'latin1'));
}

/** Throws when the file is not there or is none of ours. */
export function readTable(file: string): Map<RawName, Known> {
  const table = new Map<RawName, Known>();
  for (const row of readFileSync(file, 'latin1').split('\0')) {
    if (row === '') continue;
    const tab = row.indexOf('\t');
    const [mode = '', id = '', stamp = ''] = row.slice(0, tab).split(' ');
    table.set(row.slice(tab + 1), {mode: mode as FileMode, id, stamp: stamp === '' ? undefined : stamp});
  }
  return table;
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

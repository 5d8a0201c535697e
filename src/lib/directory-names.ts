import {opendirSync, readdirSync} from 'node:fs';
import type {Directory, RawName} from './beneath.ts';

export interface DirectoryName {
  readonly name: RawName;
  /** As the directory tells it; some file systems do not. */
  readonly type: 'directory' | 'file or link' | 'unknown';
}

/** The names in a directory one by one, not as one array: a hostile one has millions. Throws as opendir does. */
export function* namesIn(directory: Directory): Generator<DirectoryName> {
  const listing = opendirSync(directory.here, {encoding: 'latin1', bufferSize: 256});
  try {
    for (let each = listing.readSync(); each; each = listing.readSync()) {
      const other = each.isFile() || each.isSymbolicLink() ? 'file or link' : 'unknown';
      yield {name: each.name, type: each.isDirectory() ? 'directory' : other};
    }
    return;
  } catch (error) {
    // Where the directory does not tell types, Node asks for each by itself, and cannot by names that are bytes.
    if (!typesUntold.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    listing.closeSync();
  }
  for (const name of readdirSync(directory.here, 'latin1')) yield {name, type: 'unknown'};
}

const typesUntold: ReadonlySet<string> = new Set(['ERR_INVALID_ARG_TYPE', 'ENOENT']);

import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync} from 'node:fs';
import {open, rm} from 'node:fs/promises';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import {privateDirectory, writeWhole} from '../../../lib/files.ts';

/** What is to be done with what was taken. */
export interface Intent {
  readonly version: 1;
  /** The listing inside that belongs to it; "": there is none. */
  readonly listing: string;
  /** What a file is called in the directory it belongs to until it is whole. Nobody inside can know it. */
  readonly draft: string;
}

/**
 * In the order in which they are brought in: a name may come back in another case, and in a git what is named comes before what names it,
 * and goes after it.
 */
export const streams = ['removed', 'files', 'state', 'stale'] as const;
export type Stream = (typeof streams)[number];

/**
 * What was taken of one root, on disk: it is taken whole into a directory, which then gets another name at once. From there on it is
 * brought in, as often as it takes.
 */
export interface Journal {
  /** The file of a stream that is being taken, or was. */
  file(stream: Stream): string;
  begin(): Promise<void>;
  /** What was not taken whole goes. */
  clear(): Promise<void>;
  /** From here on it is the newer state that counts. */
  commit(intent: Intent): Promise<void>;
  /** Undefined when there is nothing to be brought in. Throws STATE_UNUSABLE. */
  waiting(): Intent | undefined;
  /** The listing inside that belongs to what is here; "": none does. */
  readonly listing: string;
  /** Nothing was to be brought in. */
  note(listing: string): void;
  /** What waited is brought in. */
  settle(listing: string): Promise<void>;
}

async function sync(place: string): Promise<void> {
  const handle = await open(place, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function openJournal(directory: string, name: string): Journal {
  const [taking, taken, listing] = ['taking', 'taken', 'listing'].map(end =>
    path.join(directory, `${name}.${end}`),
  ) as [string, string, string];
  // Gigabytes are not gone in an instant.
  const remove = () => rm(taking, {recursive: true, force: true});
  return {
    file: stream => path.join(existsSync(taken) ? taken : taking, stream),
    clear: remove,
    async begin() {
      privateDirectory(directory);
      await remove();
      mkdirSync(taking, {mode: 0o700});
    },
    async commit(intent) {
      writeWhole(path.join(taking, 'intent'), JSON.stringify(intent));
      for (const each of [...streams, 'intent', '.']) await sync(path.join(taking, each));
      renameSync(taking, taken);
      await sync(directory);
    },
    waiting() {
      if (!existsSync(taken)) return undefined;
      try {
        // Our own, in a directory only we may write to.
        const intent = JSON.parse(readFileSync(path.join(taken, 'intent'), 'utf8')) as Intent;
        if (intent.version === 1) return intent;
      } catch (cause) {
        throw new AppError('STATE_UNUSABLE', `${taken} cannot be read: ${(cause as Error).message}`, {cause});
      }
      throw new AppError('STATE_UNUSABLE', `${taken} was written by another version of Trails`);
    },
    get listing() {
      return existsSync(listing) ? readFileSync(listing, 'utf8') : '';
    },
    note: text => writeWhole(listing, text),
    async settle(text) {
      writeWhole(listing, text);
      renameSync(taken, taking);
      await remove();
    },
  };
}

/** No listing inside belongs to what is here. */
export function forgetListings(directory: string): void {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) if (name.endsWith('.listing')) rmSync(path.join(directory, name));
}

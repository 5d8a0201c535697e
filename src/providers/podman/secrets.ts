import {randomBytes} from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  lstatSync,
  opendirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import {AppError} from '../../errors.ts';
import {type Directory, enterDirectory, openDirectory} from '../../lib/beneath.ts';
import type {Clock} from '../../lib/clock.ts';
import {exportLines} from './create/agent-script.ts';
import {secretsPlace} from './create/places.ts';

/** A main process takes its values as soon as it begins. */
export const takenWithinMs = 60_000;

const aFile = /^env-[0-9a-f]{32}$/;
const {O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY} = constants;

/** Values that wait to be taken by a start. */
export interface HandedOver {
  /** Of the file, within the environment. */
  readonly place: string;
  /** Removes what was not taken: the start has failed, or is over. */
  takeBack(): void;
}

/** The agent may write here, too: what it puts in our way is neither followed nor waited for. */
function hold(stateDir: string): Directory {
  const above = openDirectory(stateDir);
  try {
    return enterDirectory(above, 'secrets');
  } finally {
    above.close();
  }
}

function forget(directory: Directory, name: string): void {
  try {
    unlinkSync(directory.at(name));
  } catch {
    // It was taken; or something else stands there, which is none of ours.
  }
}

/** There is one of ours at most: the agent may put others beside it without end, and is not waited for. */
const mostLookedAt = 1000;

function* namesIn(directory: Directory): Iterable<string> {
  const listing = opendirSync(directory.here, {encoding: 'latin1'});
  try {
    for (let left = mostLookedAt; left > 0; left--) {
      const found = listing.readSync();
      if (!found) return;
      yield found.name;
    }
  } finally {
    listing.closeSync();
  }
}

/** Removes what starts up to this moment have left; true when there is something younger. */
function sweep(stateDir: string, before: number): boolean {
  let left = false;
  try {
    const directory = hold(stateDir);
    try {
      for (const name of namesIn(directory)) {
        if (!aFile.test(name)) continue;
        if (lstatSync(directory.at(name)).mtimeMs <= before) forget(directory, name);
        else left = true;
      }
    } finally {
      directory.close();
    }
  } catch {
    // An environment from before there were any, or one on its way out.
  }
  return left;
}

/** Removes whatever values a start has left behind. */
export const sweepSecrets = (stateDir: string): void => void sweep(stateDir, Number.POSITIVE_INFINITY);

/** Removes values that a start has left behind because its daemon was killed in the middle; those of a start of now only when its time is over. */
export function sweepLeftSecrets(stateDir: string, clock: Clock): void {
  const again = () => sweep(stateDir, clock.now() - takenWithinMs);
  if (again()) clock.after(takenWithinMs, again);
}

/**
 * Writes the values down for a start that comes now, readable for the environment's user alone. Nobody else knows the name, and nothing
 * that stands there is written to. Throws STATE_UNUSABLE.
 */
export function handOver(stateDir: string, secrets: Readonly<Record<string, string>>): HandedOver {
  const name = `env-${randomBytes(16).toString('hex')}`;
  try {
    const directory = hold(stateDir);
    try {
      const fd = openSync(directory.at(name), O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
      try {
        const {uid, gid} = statSync(directory.here);
        if (process.getuid?.() === 0) fchownSync(fd, uid, gid);
        fchmodSync(fd, 0o600);
        const bytes = Buffer.from(exportLines(secrets));
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      forget(directory, name);
      throw error;
    } finally {
      directory.close();
    }
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    throw new AppError('STATE_UNUSABLE', `Could not hand over the variables of this start (${code ?? 'failed'})`, {
      hint: 'An environment from before Trails handed variables over has no place for them: make the session anew.',
    });
  }
  return {
    place: `${secretsPlace}/${name}`,
    takeBack() {
      try {
        const directory = hold(stateDir);
        forget(directory, name);
        directory.close();
      } catch {
        // The whole environment has gone.
      }
    },
  };
}

import {randomBytes} from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import type {RawName} from '../../lib/beneath.ts';
import {privateDirectory} from '../../lib/files.ts';
import {isAlive, workerOf} from '../../lib/worker.ts';
import type {FileWrite, ObjectFormat} from './file-write.ts';

/**
 * How far a write is. `staging`: nothing of the target has changed but for the stage in it. `moving`: it changes, and is taken back when
 * nobody goes on. `committed` and `undone`: all that is left is to clear away.
 */
export const phases = ['staging', 'moving', 'committed', 'undone'] as const;
export type Phase = (typeof phases)[number];

/** What happens to which directory: all that is needed to take it back, or to clear away behind it. */
export interface WriteRecord {
  readonly version: 1;
  readonly target: string;
  /** The name of the directory in the target where files are kept meanwhile. */
  readonly stage: string;
  readonly format: ObjectFormat;
  readonly writes: readonly FileWrite[];
  /** Directories to be made, each behind the one it is in. */
  readonly made: readonly RawName[];
}

/** A record on disk. Its phase is in its name, so that one rename changes it. */
export interface Journal {
  readonly record: WriteRecord;
  readonly phase: Phase;
  advance(phase: Phase): void;
  end(): void;
}

const namePattern = /^([0-9a-f]{32})\.(\d+:\d*)\.(\w+)$/;
// Of this process: being alive says nothing about which of its writes still go on.
const active = new Set<string>();

function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function hold(directory: string, id: string, worker: string, record: WriteRecord, found: Phase): Journal {
  let phase = found;
  const file = () => path.join(directory, `${id}.${worker}.${phase}`);
  return {
    record,
    get phase() {
      return phase;
    },
    advance: next => {
      renameSync(file(), path.join(directory, `${id}.${worker}.${next}`));
      phase = next;
      syncDirectory(directory);
    },
    end: () => {
      unlinkSync(file());
      active.delete(id);
    },
  };
}

/** A name nobody can guess, for a journal and its stage. */
export const writeId = (): string => randomBytes(16).toString('hex');

/** Writes a record down, for good. Until `end` or `forget` nobody else takes care of it. */
export function beginJournal(directory: string, id: string, record: WriteRecord): Journal {
  privateDirectory(directory);
  const worker = workerOf(process.pid);
  const draft = path.join(directory, `${id}.${worker}.draft`);
  active.add(id);
  try {
    const fd = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(fd, JSON.stringify(record));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path.join(directory, `${id}.${worker}.staging`));
    syncDirectory(directory);
  } catch (error) {
    active.delete(id);
    throw error;
  }
  return hold(directory, id, worker, record, 'staging');
}

/** Whoever recovers next is to take care of it. */
export const leaveJournal = (id: string): void => void active.delete(id);

const isPhase = (text: string): text is Phase => (phases as readonly string[]).includes(text);

function readRecord(file: string): WriteRecord {
  try {
    // Our own, in a directory only we may write to.
    const record = JSON.parse(readFileSync(file, 'utf8')) as WriteRecord;
    if (record.version === 1) return record;
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `${file} cannot be read: ${(cause as Error).message}`, {cause});
  }
  throw new AppError('STATE_UNUSABLE', `${file} was written by another version of Trails`);
}

/** Those that nobody works on any more. A draft of such a one is removed: nothing had begun. Throws STATE_UNUSABLE. */
export function leftJournals(directory: string): readonly Journal[] {
  const mine = workerOf(process.pid);
  const left: Journal[] = [];
  for (const name of readdirSync(privateDirectory(directory))) {
    const [, id, worker, state] = namePattern.exec(name) ?? [];
    if (!id || !worker || !state || (worker === mine ? active.has(id) : isAlive(worker))) continue;
    const file = path.join(directory, name);
    if (state === 'draft') unlinkSync(file);
    if (!isPhase(state)) continue;
    left.push(hold(directory, id, worker, readRecord(file), state));
  }
  return left;
}

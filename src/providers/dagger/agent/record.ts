import {closeSync, constants, fstatSync, openSync, readFileSync, writeSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import {writeWhole} from '../../../lib/files.ts';
import {BadFrame} from '../inside/frames.ts';

/** What agents of one environment printed, over all of its services, in a file here. Positions are offsets in it. */
export interface OutputRecord {
  readonly file: string;
  readonly end: number;
  /** What keeper this is, and what it has: the result is the position, in its own count, from which we lack it. */
  meet(keeper: {readonly instance: string; readonly start: number; readonly end: number}): number;
  /** Bytes that begin at this position of the keeper's. Throws BadFrame for those that we have already. */
  append(theirs: number, bytes: Uint8Array): void;
  /** A position of the keeper's, as one of ours. */
  ours(theirs: number): number;
  close(): void;
}

interface Meeting {
  readonly instance: string;
  /** What our positions are ahead of its own. */
  readonly ahead: number;
}

function lastMeeting(file: string): Meeting | undefined {
  try {
    const {instance, ahead} = JSON.parse(readFileSync(file, 'utf8')) as Partial<Meeting>;
    return typeof instance === 'string' && Number.isSafeInteger(ahead) ? {instance, ahead: ahead ?? 0} : undefined;
  } catch {
    return undefined;
  }
}

/** Opens that of this directory, or begins it. Throws STATE_UNUSABLE. */
export function openRecord(directory: string): OutputRecord {
  const [file, noted] = ['output.log', 'output.json'].map(name => path.join(directory, name)) as [string, string];
  const {O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW} = constants;
  let fd: number;
  try {
    fd = openSync(file, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not open ${file}: ${(cause as Error).message}`, {cause});
  }
  let end = fstatSync(fd).size;
  let meeting = lastMeeting(noted);
  const remember = (next: Meeting) => {
    // On the disk before the first byte is counted by it: whoever comes after a crash goes on exactly there.
    writeWhole(noted, JSON.stringify(next));
    meeting = next;
  };
  const ours = (theirs: number) => theirs + (meeting?.ahead ?? 0);
  return {
    file,
    get end() {
      return end;
    },
    meet({instance, start, end: theirEnd}) {
      const known = meeting?.instance === instance ? end - meeting.ahead : undefined;
      if (known !== undefined && known > theirEnd) throw new BadFrame('the keeper has less than it had');
      // One that we do not know, or that had to forget some: what it still has goes on behind what we have.
      if (known === undefined || known < start) remember({instance, ahead: end - start});
      return end - (meeting?.ahead ?? 0);
    },
    append(theirs, bytes) {
      if (ours(theirs) !== end) throw new BadFrame(`output of ${theirs} where ${end - ours(0)} was next`);
      for (let at = 0; at < bytes.length; ) {
        const written = writeSync(fd, bytes, at);
        at += written;
        end += written;
      }
    },
    ours,
    close: () => closeSync(fd),
  };
}

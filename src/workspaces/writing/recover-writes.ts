import {openDirectory} from '../../lib/beneath.ts';
import {faultPoint} from '../../lib/fault.ts';
import {isSystemError, reasonOf} from '../../lib/shown-path.ts';
import {endWrite} from './end-write.ts';
import type {OnStep, PathReason} from './file-write.ts';
import {type Journal, leftJournals} from './write-journal.ts';

/** What became of a write that was killed. */
export interface RecoveredWrite {
  readonly target: string;
  /** `finished`: all of its files are there. `taken back`: none of them. `waiting`: it could not be done now, and is tried again. */
  readonly outcome: 'finished' | 'taken back' | 'waiting';
  /** Files whose place somebody else has taken, and where they are kept; or what it waits for. */
  readonly notes: readonly PathReason[];
}

/**
 * Brings each write to its end that a killed process left. To be asked at start-up; safe to ask at any time and twice. Throws
 * STATE_UNUSABLE when the journal cannot be read.
 */
export async function recoverWrites(journal: string, onStep: OnStep = () => {}): Promise<readonly RecoveredWrite[]> {
  const recovered: RecoveredWrite[] = [];
  for (const each of leftJournals(journal)) {
    recovered.push(
      await recover(each, (step, path) => {
        faultPoint(`recover.${step}`);
        onStep(step, path);
      }),
    );
  }
  return recovered;
}

async function recover(journal: Journal, onStep: OnStep): Promise<RecoveredWrite> {
  const {target} = journal.record;
  const outcome = journal.phase === 'committed' ? 'finished' : 'taken back';
  try {
    const root = openDirectory(target);
    try {
      const {kept, stuck} = await endWrite(root, journal, onStep);
      return stuck.length > 0 ? {target, outcome: 'waiting', notes: stuck} : {target, outcome, notes: kept};
    } finally {
      root.close();
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return {target, outcome: 'waiting', notes: [{path: '', why: reasonOf(error)}]};
  }
}

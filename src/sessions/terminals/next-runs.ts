import type {Context} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {inSetupStep, runOf} from '../setup/setup-state.ts';

/**
 * For whoever follows a session that is being created through its setup steps to its agent: each call resolves once another run than
 * the one before has begun, or with false when none follows.
 */
export function nextRuns(
  {store, changes}: Context,
  opened: SessionRecord,
  signal: AbortSignal,
): () => Promise<boolean> {
  let run = runOf(opened);
  let creating = opened.phase === 'creating';
  return async () => {
    if (!creating) return false;
    for await (const _ of changes.looks(signal)) {
      const record = store.byId(opened.id);
      if (!record) return false;
      creating = record.phase === 'creating';
      const now = runOf(record);
      // The row may be behind the engine, or between two steps.
      if (creating && (now === run || !inSetupStep(record))) continue;
      if (now === run) return false;
      run = now;
      return true;
    }
    return false;
  };
}

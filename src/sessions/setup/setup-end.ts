import type {Provider} from '../../providers/provider.ts';
import {audited, type Context, move, untouched} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {failedText, interruptedText, runOf, setupBegun, setupLeft} from './setup-state.ts';

/** How long a step that nobody waits for any more has to leave after TERM. */
export const stepGraceMs = 1000;

const noteFor = (record: SessionRecord, cause: unknown): string => {
  if (!setupLeft(record)) return `its agent did not start: ${(cause as Error).message}`;
  return record.exitCode === null ? interruptedText(record) : failedText(record, record.exitCode);
};

/** Ends the environment of a setup that goes no further, and leaves the session failed: it can be looked at, and started. */
export async function leaveFailed(context: Context, provider: Provider, id: string, cause: unknown): Promise<void> {
  const record = context.store.byId(id);
  if (!record || record.removing) return;
  const {environment} = record;
  const after = async () => {
    if (!environment) return undefined;
    await provider.stopEnvironment(environment, stepGraceMs);
    return provider.getEnvironment(environment);
  };
  // An engine that does not answer now is asked by reconcile when it is back.
  const now = await after().catch(() => 'unknown' as const);
  const what = now ? 'broke' : 'vanished';
  const note = now ? noteFor(record, cause) : 'its container was removed outside Trails';
  move(context, id, what, {worker: null, exitCode: record.exitCode, note});
}

/** Ends the step under way. Resolves once whoever waits for it has left the session failed. */
export async function stopStep(
  context: Context,
  provider: Provider,
  asked: SessionRecord,
  graceMs: number,
): Promise<void> {
  const {store, changes} = context;
  const {id, environment} = asked;
  await audited(context, asked, 'stop', asked.note, async () => {
    if (environment) await provider.stopEnvironment(environment, graceMs);
  });
  for await (const _ of changes.looks(new AbortController().signal)) {
    const now = store.byId(id);
    if (now?.phase !== 'creating' || runOf(now) !== runOf(asked)) return;
  }
}

/** What ran in a creation that failed is kept, failed. False when nothing did: it is to be taken back. */
export async function keepsWhatRan(context: Context, provider: Provider, id: string, cause: unknown): Promise<boolean> {
  const record = context.store.byId(id);
  if (!record || record.removing || !setupBegun(record)) return false;
  await leaveFailed(context, provider, id, cause);
  return true;
}

/** Ends a setup whose worker is gone. Does nothing when somebody touched its row since it was read. */
export async function interruptSetup(context: Context, provider: Provider, seen: SessionRecord): Promise<void> {
  const {store, clock, worker, changes} = context;
  const ours = store.exclusively(() => {
    const now = store.byId(seen.id);
    if (!now || !untouched(seen, now)) return undefined;
    // Ours while we stop it: a start meanwhile would be stopped with it.
    store.update(now.id, {phase: 'creating', phaseSince: clock.now(), note: '', exitCode: null, worker});
    return now;
  });
  if (!ours) return;
  changes.tell();
  await audited(context, ours, 'setup', interruptedText(ours), async () => {
    try {
      if (ours.environment) await provider.stopEnvironment(ours.environment, stepGraceMs);
    } finally {
      move(context, ours.id, 'broke', {worker: null, note: interruptedText(ours)});
    }
  });
}

import {AppError} from '../../errors.ts';
import {orAborted} from '../or-aborted.ts';
import {type Check, type Finding, type Seen, warning} from './check.ts';

/** A disk that hangs or a program that does not end must not hold the others up. */
export const usualPatienceMs = 3000;

const seconds = (ms: number) => `${ms / 1000} s`;

function whatBroke(error: unknown, patience: AbortSignal, patienceMs: number): Seen {
  if (patience.aborted) return warning(`no answer within ${seconds(patienceMs)}`);
  const {message} = error as Error;
  return warning(`could not be looked at: ${message}`, error instanceof AppError ? error.hint : undefined);
}

/** All at once, each with its own time-out. Throws only when the signal aborts. */
export async function runChecks<View>(
  checks: readonly Check<View>[],
  view: View,
  {
    patienceMs = usualPatienceMs,
    signal,
  }: {readonly patienceMs?: number; readonly signal?: AbortSignal | undefined} = {},
): Promise<readonly Finding[]> {
  const looked = await Promise.all(
    checks.map(async ({id, title, why, fix, look}): Promise<readonly Finding[]> => {
      const patience = AbortSignal.timeout(patienceMs);
      const stop = signal ? AbortSignal.any([patience, signal]) : patience;
      const seen = await orAborted((async () => look(view, stop))(), stop).catch((error: unknown) => {
        signal?.throwIfAborted();
        return whatBroke(error, patience, patienceMs);
      });
      if (!seen) return [];
      const {state, detail} = seen;
      return [{check: id, title, state, detail, why, ...(state === 'ok' ? {} : {fix: seen.fix ?? fix})}];
    }),
  );
  return looked.flat();
}

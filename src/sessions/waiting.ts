import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {Changes} from './changes.ts';
import {isLive} from './lifecycle.ts';
import {statuses as known, type SessionView, type Status} from './port.ts';

export interface WaitOptions {
  readonly look: () => SessionView;
  /** A prompt waits, or was just taken: an agent that rests is about to work. */
  readonly unsettled: () => boolean;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly statuses: readonly Status[];
  readonly timeoutMs: number | undefined;
}

/** What an agent is while it does nothing. */
const resting: readonly Status[] = ['ready', 'error', 'unknown'];

/** Until `look` shows one of the statuses. Throws USAGE without any, TIMEOUT, PHASE_FORBIDS when that cannot come any more, and what `look` throws. */
export async function waitFor(
  {look, unsettled, changes, clock, statuses, timeoutMs}: WaitOptions,
  signal: AbortSignal,
): Promise<SessionView> {
  if (statuses.length === 0)
    throw new AppError('USAGE', 'No status to wait for was given', {hint: `Statuses: ${known.join(', ')}.`});
  const late = new AbortController();
  const cancel = timeoutMs === undefined ? () => {} : clock.after(timeoutMs, () => late.abort());
  const wanted = statuses.join(' or ');
  try {
    for await (const _ of changes.looks(AbortSignal.any([signal, late.signal]))) {
      const view = look();
      const {phase, name, status, queued} = view;
      if (statuses.includes(status.status) && !(resting.includes(status.status) && unsettled())) return view;
      if (!isLive(phase) && queued === null) {
        throw new AppError('PHASE_FORBIDS', `${name} is ${phase}: it will not be ${wanted}`, {
          hint: `Start it: \`trails start ${name}\`.`,
        });
      }
    }
    signal.throwIfAborted();
    const {name, status} = look();
    throw new AppError('TIMEOUT', `${name} is ${status.status}, and has not been ${wanted} in time`);
  } finally {
    cancel();
  }
}

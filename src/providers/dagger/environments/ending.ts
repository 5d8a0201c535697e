import {AppError} from '../../../errors.ts';
import {type Clock, elapsed} from '../../../lib/clock.ts';
import type {AgentRun} from '../agent/agent-run.ts';

/** How long a program that hangs on after TERM is given before it also gets HUP, which ends an idle shell. */
const hangUpMs = 150;
/** From KILL to the news of the end. */
const newsMs = 5000;

const isOver = (run: AgentRun | undefined): boolean =>
  !run || run.status.state === 'exited' || run.status.state === 'idle';

/** Ends an agent as every provider does: TERM, soon HUP too, KILL when its grace is over. */
export function createEnding({clock, run: current}: {readonly clock: Clock; readonly run: () => AgentRun | undefined}) {
  /** Whether it was over by then. */
  const within = async (run: AgentRun, ms: number, signal?: AbortSignal): Promise<boolean> => {
    const stop = new AbortController();
    const until = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    const end = run.onStatus(() => isOver(run) && stop.abort());
    try {
      if (!isOver(run)) await elapsed(clock, ms, until);
    } finally {
      end();
    }
    signal?.throwIfAborted();
    return isOver(run);
  };
  return {
    async end(graceMs: number, signal?: AbortSignal): Promise<void> {
      const run = current();
      if (!run || isOver(run)) return;
      if (run.status.state === 'paused') await run.signal('CONT');
      await run.signal('TERM');
      if (await within(run, Math.min(hangUpMs, graceMs), signal)) return;
      await run.signal('HUP');
      if (await within(run, Math.max(0, graceMs - hangUpMs), signal)) return;
      await run.signal('KILL');
      if (await within(run, newsMs, signal)) return;
      throw new AppError('ENGINE_REFUSED', 'The agent was killed, and its end is not told');
    },
  };
}

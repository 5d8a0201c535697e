import {type Clock, elapsed} from '../../lib/clock.ts';
import type {Changes} from '../changes.ts';
import type {ScreenFrame} from '../port.ts';
import type {Live} from './live.ts';

export interface FeedOptions {
  /** The session's terminal of now, a new one after a restart; undefined once there is no such session. */
  readonly current: () => Promise<Live | undefined>;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly scrolled: number;
  readonly maxFps: number;
}

/**
 * Frames of one session's screen: now, and after each change, never faster than `maxFps`; what a slow reader missed is skipped.
 * Goes on with the session's next run, and ends when the session is removed.
 */
export async function* screenFeed(
  {current, changes, clock, scrolled, maxFps}: FeedOptions,
  signal: AbortSignal,
): AsyncIterable<ScreenFrame> {
  let live = await current();
  if (!live) return;
  let drawn = false;
  let looked = true;
  let wake = () => {};
  const look = () => {
    looked = false;
    wake();
  };
  const redraw = () => {
    drawn = false;
    look();
  };
  let deaf = live.listen(redraw);
  const stopLooking = changes.listen(look);
  signal.addEventListener('abort', look, {once: true});
  try {
    while (!signal.aborted) {
      if (live.end !== undefined && !looked) {
        looked = true;
        // While the engine is away the last picture stays.
        const next: Live | undefined = await current().catch(() => live);
        if (!next) return;
        if (next !== live) {
          deaf();
          live = next;
          deaf = live.listen(redraw);
          drawn = false;
        }
      } else if (drawn) {
        looked = true;
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      } else {
        drawn = true;
        yield live.frame(scrolled);
        await elapsed(clock, 1000 / Math.max(1, maxFps), signal);
      }
    }
  } finally {
    deaf();
    stopLooking();
    signal.removeEventListener('abort', look);
  }
}

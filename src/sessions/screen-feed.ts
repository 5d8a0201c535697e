import {pause} from '../lib/clock.ts';
import type {Live} from './live.ts';
import type {ScreenFrame} from './port.ts';

/** Frames of one terminal: now, and after each change, never faster than `maxFps`; what a slow reader missed is skipped. */
export async function* screenFeed(
  live: Live,
  options: {readonly scrolled: number; readonly maxFps: number},
  signal: AbortSignal,
): AsyncIterable<ScreenFrame> {
  let changed = true;
  let wake = () => {};
  const note = () => {
    changed = true;
    wake();
  };
  const end = live.listen(note);
  signal.addEventListener('abort', note, {once: true});
  try {
    while (!signal.aborted) {
      if (!changed) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
        continue;
      }
      changed = false;
      yield live.frame(options.scrolled);
      await pause(1000 / options.maxFps, signal).catch(() => {});
    }
  } finally {
    end();
    signal.removeEventListener('abort', note);
  }
}

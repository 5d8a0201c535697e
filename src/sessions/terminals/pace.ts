import type {Clock} from '../../lib/clock.ts';
import type {TerminalStream} from '../../providers/provider.ts';

/** How long output waits in its record for viewers that are all behind. */
const patienceMs = 100;

/** How quickly a terminal's output is read. */
export interface Pace {
  /** Every viewer is behind: no more until one asks for it, or has taken nothing in for a while. */
  hold(): void;
  goOn(): void;
}

/** A flood is read no quicker than the quickest viewer takes it in; one that takes nothing in is not waited for long. */
export function createPace(
  clock: Clock,
  stream: Pick<TerminalStream, 'pause' | 'resume'>,
  isOpen: () => boolean,
): Pace {
  let cancel: (() => void) | undefined;
  const goOn = () => {
    if (!cancel) return;
    cancel();
    cancel = undefined;
    if (isOpen()) stream.resume();
  };
  return {
    hold() {
      if (cancel) return;
      stream.pause();
      cancel = clock.after(patienceMs, goOn);
    },
    goOn,
  };
}

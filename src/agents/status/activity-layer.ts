import type {Clock} from '../../lib/clock.ts';
import {type Evidence, evidence} from './evidence.ts';

/** Output that stops for this long counts as quiet. */
const quietAfterMs = 3000;

/** Whether it prints, which tells that it is active or quiet and never that it waits. */
export interface ActivityLayer {
  output(): void;
  /** There was output, at a time nobody knows. */
  rest(): void;
  readonly says: Evidence;
  /** When it last printed. */
  readonly lastOutput: number;
  /** A new run: nothing is printed yet. */
  forget(): void;
  dispose(): void;
}

export function createActivityLayer(clock: Clock, onChange: () => void): ActivityLayer {
  const silent = evidence('starting', 'none', 'nothing printed yet');
  const active = evidence('working', 'activity', 'it prints, and nothing else tells its status');
  const resting = evidence('unknown', 'activity', 'quiet: no output, and nothing tells its status');
  let says = silent;
  let lastOutput = 0;
  let cancel: (() => void) | undefined;

  const change = (next: Evidence) => {
    says = next;
    onChange();
  };
  // One timer a burst, not one a piece of output: it looks again when output went on meanwhile.
  const arm = (ms: number) => {
    cancel = clock.after(ms, () => {
      cancel = undefined;
      const left = lastOutput + quietAfterMs - clock.now();
      if (left > 0) arm(left);
      else change(resting);
    });
  };
  const disarm = () => {
    cancel?.();
    cancel = undefined;
  };
  return {
    output() {
      lastOutput = clock.now();
      if (cancel) return;
      arm(quietAfterMs);
      change(active);
    },
    rest: () => change(resting),
    get says() {
      return says;
    },
    get lastOutput() {
      return lastOutput;
    },
    forget() {
      disarm();
      says = silent;
    },
    dispose: disarm,
  };
}

import type {Clock} from '../../lib/clock.ts';

/** All who wait are asked so often: one timer for fifty agents, not one for each. */
const pulseMs = 50;

export interface Pulse {
  /** Asks at each beat until the answer is false. The returned function ends it. */
  ask(beat: () => boolean): () => void;
}

function createPulse(clock: Clock): Pulse {
  const waiting = new Set<() => boolean>();
  let beating = false;
  const beat = () => {
    beating = false;
    for (const one of [...waiting]) if (waiting.has(one) && !one()) waiting.delete(one);
    start();
  };
  const start = () => {
    if (beating || waiting.size === 0) return;
    beating = true;
    clock.after(pulseMs, beat);
  };
  return {
    ask(one) {
      waiting.add(one);
      start();
      return () => void waiting.delete(one);
    },
  };
}

const pulses = new WeakMap<Clock, Pulse>();

/** The one of this clock. */
export function pulseOf(clock: Clock): Pulse {
  const pulse = pulses.get(clock) ?? createPulse(clock);
  pulses.set(clock, pulse);
  return pulse;
}

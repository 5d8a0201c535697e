import {createStore, type StoreApi} from 'zustand/vanilla';
import type {Clock} from '../lib/clock.ts';
import type {State} from './state.ts';

export type Change = (state: State) => State;

/** At most 30 drawings a second: Ink lays out the whole screen at every change, whatever its own frame rate. */
const frameMs = 1000 / 30;
/** What happens meanwhile may take a fifth of the time to draw, so that a key mostly finds nobody drawing. */
const restFactor = 4;
const longestWaitMs = 250;

export interface DashboardStore {
  /** What is drawn: behind `current` by at most a frame. */
  readonly drawn: StoreApi<State>;
  readonly current: () => State;
  /** For what a person did: drawn at once. */
  now(change: Change): void;
  /** For what happened meanwhile: drawn with everything else of its frame. */
  soon(change: Change): void;
  /** Draws once, after the work. */
  together(work: () => void): void;
  /** Draws nothing until the returned function is called. */
  hold(): () => void;
}

export function createDashboardStore(first: State, clock: Clock): DashboardStore {
  const drawn = createStore<State>(() => first);
  let current = first;
  let nextAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let held = 0;

  const draw = () => {
    cancel?.();
    cancel = undefined;
    if (held > 0 || drawn.getState() === current) return;
    const began = clock.now();
    drawn.setState(current, true);
    const done = clock.now();
    nextAt = Math.max(began + frameMs, done + restFactor * (done - began));
  };
  const hold = () => {
    held++;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      held--;
      draw();
    };
  };

  return {
    drawn,
    current: () => current,
    now(change) {
      current = change(current);
      draw();
    },
    soon(change) {
      const before = current;
      current = change(current);
      if (current === before || cancel) return;
      const wait = Math.min(longestWaitMs, Math.max(0, nextAt - clock.now()));
      cancel = clock.after(wait, draw);
    },
    together(work) {
      const release = hold();
      try {
        work();
      } finally {
        release();
      }
    },
    hold,
  };
}

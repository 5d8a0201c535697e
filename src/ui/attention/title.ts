import type {StoreApi} from 'zustand/vanilla';
import {waits} from '../models/order.ts';
import type {State} from '../state.ts';

/** The name of the terminal's window, with how many wait. */
export const titleOf = ({sessions = []}: Pick<State, 'sessions'>): string => {
  const waiting = sessions.filter(waits).length;
  return waiting > 0 ? `(${waiting}) Trails` : 'Trails';
};

const push = '\x1b[22;0t';
const pop = '\x1b[23;0t';

export interface WindowTitle {
  /** Says it anew: somebody else has had the terminal. */
  again(): void;
  /** Gives the window its former title back. */
  close(): void;
}

/** Keeps the window's title as the dashboard has it. */
export function keepTitle(drawn: StoreApi<State>, write: (text: string) => void): WindowTitle {
  let shown = '';
  let closed = false;
  const show = (state: State) => {
    const title = titleOf(state);
    if (closed || state.lent || title === shown) return;
    shown = title;
    write(`\x1b]0;${title}\x07`);
  };
  write(push);
  show(drawn.getState());
  const stop = drawn.subscribe(show);
  return {
    again() {
      shown = '';
      show(drawn.getState());
    },
    close() {
      if (closed) return;
      closed = true;
      stop();
      write(pop);
    },
  };
}

import type {SessionView} from '../sessions/port.ts';
import {layoutOf} from './layout.ts';
import {visibleSessions, waits} from './models/order.ts';
import type {State} from './state.ts';

export const places = ['dashboard', 'filter', 'form', 'creating', 'confirm', 'help'] as const;
/** Where keys go. */
export type Place = (typeof places)[number];

/** What decides which keys apply. */
export interface Focus {
  readonly place: Place;
  readonly session: SessionView | undefined;
  /** The marked sessions, or else the selected one. */
  readonly targets: readonly SessionView[];
  readonly shown: number;
  readonly someWait: boolean;
  readonly creating: boolean;
  readonly narrow: boolean;
  readonly paneOpen: boolean;
}

export const selectedSession = (state: State): SessionView | undefined =>
  state.sessions?.find(session => session.id === state.selected);

export const targetsOf = (state: State): readonly SessionView[] => {
  const marked = visibleSessions({sessions: state.sessions, filter: state.filter}).filter(({id}) =>
    state.marked.has(id),
  );
  if (marked.length > 0) return marked;
  const session = selectedSession(state);
  return session ? [session] : [];
};

export const focusOf = (state: State): Focus => {
  const visible = visibleSessions(state);
  return {
    place: state.overlay.kind === 'none' ? 'dashboard' : state.overlay.kind,
    session: selectedSession(state),
    targets: targetsOf(state),
    shown: visible.length,
    someWait: visible.some(waits),
    creating: state.creation !== undefined,
    narrow: layoutOf(state.size).kind === 'one',
    paneOpen: state.paneOpen,
  };
};

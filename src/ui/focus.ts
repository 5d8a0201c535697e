import type {SessionView} from '../sessions/port.ts';
import {inView, selectedSession} from './in-view.ts';
import {layoutOf} from './layout.ts';
import {applyProblem} from './models/apply.ts';
import {type DiffEnds, endsOf} from './models/diff-place.ts';
import {type NetworkFocus, networkFocus} from './models/network-focus.ts';
import {calls, visibleSessions} from './models/order.ts';
import type {State} from './state.ts';

export const places = [
  'dashboard',
  'diff',
  'network',
  'filter',
  'form',
  'prompt',
  'creating',
  'confirm',
  'apply',
  'help',
] as const;
/** Where keys go. */
export type Place = (typeof places)[number];

/** What decides which keys apply. */
export interface Focus {
  readonly place: Place;
  readonly session: SessionView | undefined;
  /** The marked sessions, or else the selected one. */
  readonly targets: readonly SessionView[];
  readonly shown: number;
  /** Some of those shown wait for a person, or have news for one. */
  readonly someCall: boolean;
  readonly creating: boolean;
  readonly narrow: boolean;
  readonly paneOpen: boolean;
  /** Of the diff in view; undefined while there is none. */
  readonly diff: DiffEnds | undefined;
  /** Of the network in view: what the keys are about; undefined while it is not told. */
  readonly network: NetworkFocus | undefined;
  /** Why what is asked for cannot be applied; undefined when it can. */
  readonly applyProblem: string | undefined;
  /** Both sides changed something of what is to be applied. */
  readonly conflicts: boolean;
}

export const targetsOf = (state: State): readonly SessionView[] => {
  const marked = visibleSessions({sessions: state.sessions, filter: state.filter}).filter(({id}) =>
    state.marked.has(id),
  );
  if (marked.length > 0) return marked;
  const session = selectedSession(state);
  return session ? [session] : [];
};

const placeOf = (state: State): Place => {
  if (state.overlay.kind !== 'none') return state.overlay.kind;
  if (inView(state, 'network')) return 'network';
  return inView(state, 'diff') ? 'diff' : 'dashboard';
};

export const focusOf = (state: State): Focus => {
  const visible = visibleSessions(state);
  const apply = state.overlay.kind === 'apply' ? state.overlay.apply : undefined;
  return {
    place: placeOf(state),
    session: selectedSession(state),
    targets: targetsOf(state),
    shown: visible.length,
    someCall: visible.some(calls),
    creating: state.creation !== undefined,
    narrow: layoutOf(state.size).kind === 'one',
    paneOpen: state.paneOpen,
    diff: state.diff && state.diff.id === state.selected ? endsOf(state.diff) : undefined,
    network: networkFocus(state),
    applyProblem: apply && applyProblem(apply),
    conflicts: (apply?.plan?.conflicts.length ?? 0) > 0,
  };
};

import type {NetworkAttempt, NetworkRule, NetworkView} from '../../sessions/port.ts';

/** Something in the network tab that can be decided on. */
export type NetworkItem =
  | {readonly kind: 'attempt'; readonly attempt: NetworkAttempt}
  | {readonly kind: 'rule'; readonly rule: NetworkRule};

/** What a session may reach and tried to, and where in it one is. */
export interface NetworkState {
  /** The session's. */
  readonly id: string;
  /** Undefined until it is told. */
  readonly view: NetworkView | undefined;
  /** The key of the item that is decided on; undefined: the first. */
  readonly chosen: string | undefined;
}

/** It was denied, and nobody has said anything about it: it is what a person is here for. */
export const isOpen = ({outcome, ruled}: NetworkAttempt): boolean => outcome === 'denied' && ruled === null;

/** Those first that are to be decided on; each group with the newest destination first, so that rows stay while counts rise. */
const inOrder = (attempts: readonly NetworkAttempt[]): readonly NetworkAttempt[] =>
  [...attempts].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.firstAt - a.firstAt);

export const itemsOf = ({attempts, rules}: NetworkView): readonly NetworkItem[] => [
  ...inOrder(attempts).map((attempt): NetworkItem => ({kind: 'attempt', attempt})),
  ...rules.map((rule): NetworkItem => ({kind: 'rule', rule})),
];

export const hostOf = (item: NetworkItem): string => (item.kind === 'attempt' ? item.attempt.host : item.rule.host);

const keyOf = (item: NetworkItem): string =>
  item.kind === 'attempt'
    ? `attempt ${item.attempt.host}:${item.attempt.port}`
    : `rule ${item.rule.decision} ${item.rule.from} ${item.rule.host}`;

/** Of the items in their order; -1 where none is chosen. */
export function chosenAt({view, chosen}: NetworkState): number {
  const items = view ? itemsOf(view) : [];
  return chosen === undefined ? Math.min(0, items.length - 1) : items.findIndex(item => keyOf(item) === chosen);
}

export const chosenItem = (state: NetworkState): NetworkItem | undefined =>
  state.view && itemsOf(state.view)[chosenAt(state)];

const choose = (state: NetworkState, at: number): NetworkState => {
  const item = state.view && itemsOf(state.view).at(at);
  return item ? {...state, chosen: keyOf(item)} : state;
};

/** The item so many further; at the ends it stays. */
export const moveNetwork = (state: NetworkState, by: number): NetworkState => {
  const last = (state.view ? itemsOf(state.view).length : 0) - 1;
  return choose(state, Math.max(0, Math.min(last, chosenAt(state) + by)));
};

/**
 * The chosen one stays chosen: an agent decides what it asks for and when, and must not move another host under a key that is about to be
 * pressed. When it is gone, and was one of the agent's, none is chosen until the person moves; of the rules, the one that took its row.
 */
export function withView(state: NetworkState, view: NetworkView): NetworkState {
  const before = chosenItem(state);
  const next = {...state, view, chosen: before ? keyOf(before) : state.chosen};
  if (next.chosen === undefined) return choose(next, 0);
  if (chosenAt(next) >= 0 || before?.kind !== 'rule') return next;
  return choose(next, Math.max(0, Math.min(itemsOf(view).length - 1, chosenAt(state))));
}

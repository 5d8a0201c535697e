import type {Context} from '../context.ts';
import type {Press} from '../keys.ts';
import * as go from '../models/navigate.ts';
import {emptyField} from '../models/text-field.ts';
import type {State} from '../state.ts';
import type {Change} from '../store.ts';

const none = {kind: 'none'} as const;
const overlay =
  (next: State['overlay']): Change =>
  state => ({...state, overlay: next});
const scrollHelp =
  (by: number): Change =>
  state =>
    state.overlay.kind === 'help'
      ? {...state, overlay: {kind: 'help', top: Math.max(0, state.overlay.top + by)}}
      : state;

/** What only changes what is looked at. */
const changes = {
  down: state => go.selectBy(state, 1),
  up: state => go.selectBy(state, -1),
  first: state => go.selectAt(state, 0),
  last: state => go.selectAt(state, -1),
  nextWaiting: go.selectNextCalling,
  mark: go.toggleMark,
  logs: state => go.toggleTab(state, 'logs'),
  diff: state => go.toggleTab(state, 'diff'),
  info: state => go.toggleTab(state, 'info'),
  network: state => go.toggleTab(state, 'network'),
  nextTab: state => go.turnTab(state, 1),
  previousTab: state => go.turnTab(state, -1),
  scrollUp: state => go.scrollBy(state, 1),
  scrollDown: state => go.scrollBy(state, -1),
  pageUp: state => go.pageBy(state, 1),
  pageDown: state => go.pageBy(state, -1),
  back: go.stepBack,
  filter: overlay({kind: 'filter'}),
  filterKeep: overlay(none),
  filterClear: state => ({...state, overlay: none, filter: emptyField}),
  help: overlay({kind: 'help', top: 0}),
  helpClose: overlay(none),
  helpUp: scrollHelp(-1),
  helpDown: scrollHelp(1),
} satisfies Record<string, Change>;

type Act = (press: Press) => void;

export function navigation({store, leave}: Context): Record<keyof typeof changes | 'jump' | 'leave' | 'leaveNow', Act> {
  const acts = Object.fromEntries(
    Object.entries(changes).map(([intent, change]): [string, Act] => [intent, () => store.now(change)]),
  ) as Record<keyof typeof changes, Act>;
  return {
    ...acts,
    jump: ({key}) => store.now(state => go.selectAt(state, Number(key) - 1)),
    leave,
    leaveNow: leave,
  };
}

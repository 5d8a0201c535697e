import {insideOf, layoutOf, showsPane} from '../layout.ts';
import {type State, type Tab, tabs} from '../state.ts';
import {diffFrame} from './diff-frame.ts';
import {type DiffState, pageDiff, scrollDiff} from './diff-place.ts';
import {endedHeight} from './ended.ts';
import {infoLines} from './info.ts';
import {moveNetwork} from './network-place.ts';
import {calls, visibleSessions} from './order.ts';
import {mostScroll} from './pane-window.ts';

export const select = (state: State, id: string | undefined): State =>
  id === undefined || id === state.selected ? state : {...state, selected: id, scroll: 0};

const position = (state: State): number => visibleSessions(state).findIndex(({id}) => id === state.selected);

/** The session so many rows further; at the ends it stays. */
export const selectBy = (state: State, by: number): State => {
  const visible = visibleSessions(state);
  const at = Math.max(0, Math.min(visible.length - 1, position(state) + by));
  return select(state, visible[at]?.id);
};

/** The session in this row, counted from 0; a negative row counts from the end. */
export const selectAt = (state: State, row: number): State => select(state, visibleSessions(state).at(row)?.id);

/** The next one below that calls for a person, from the top again after the last: in their order, those who wait come first. */
export const selectNextCalling = (state: State): State => {
  const visible = visibleSessions(state);
  const at = position(state) + 1;
  return select(state, [...visible.slice(at), ...visible.slice(0, at)].find(calls)?.id);
};

export const toggleMark = (state: State): State => {
  if (state.selected === undefined) return state;
  const marked = new Set(state.marked);
  if (!marked.delete(state.selected)) marked.add(state.selected);
  return selectBy({...state, marked}, 1);
};

const isOpen = (state: State) => showsPane(layoutOf(state.size), state.paneOpen);

/** Shows a tab; asked for while it is shown, it gives way to the screen. */
export const toggleTab = (state: State, tab: Tab): State => ({
  ...state,
  paneOpen: true,
  scroll: 0,
  tab: state.tab === tab && isOpen(state) ? 'screen' : tab,
});

export const turnTab = (state: State, by: 1 | -1): State => {
  if (!isOpen(state)) return {...state, paneOpen: true, scroll: 0};
  const tab = tabs[(tabs.indexOf(state.tab) + by + tabs.length) % tabs.length] ?? 'screen';
  return {...state, tab, scroll: 0};
};

const paneInside = (state: State) => {
  const layout = layoutOf(state.size);
  return layout.kind === 'tooSmall' ? {width: 0, height: 0} : insideOf(layout.pane);
};

/** How many lines of a file's diff the pane shows. */
export const diffHeight = (state: State): number => diffFrame(paneInside(state)).height;

/** The diff keeps its own place: it stays while one looks at something else. */
function mostOf(state: State): number {
  const {width, height} = paneInside(state);
  const session = state.sessions?.find(({id}) => id === state.selected);
  if (!session) return 0;
  const most: Record<Tab, () => number> = {
    screen: () => mostScroll(state.frames.get(session.id), height - endedHeight(session, {height})),
    logs: () => (state.logs?.id === session.id ? state.logs.value.length - height : 0),
    ...{diff: () => 0, network: () => 0},
    info: () => {
      const audit = state.audit?.id === session.id ? state.audit.value : [];
      return infoLines(session, {now: state.now, width, stats: undefined, audit}).length - height;
    },
  };
  return Math.max(0, most[state.tab]());
}

const inDiff = (state: State, move: (diff: DiffState, height: number) => DiffState): State =>
  state.diff ? {...state, diff: move(state.diff, diffHeight(state))} : state;

const inNetwork = (state: State, by: number): State =>
  state.network ? {...state, network: moveNetwork(state.network, by)} : state;

/** Positive is up. Screen and logs stand at their end, the info at its beginning. */
export const scrollBy = (state: State, up: number): State => {
  if (state.tab === 'diff') return inDiff(state, (diff, height) => scrollDiff(diff, -up, height));
  if (state.tab === 'network') return inNetwork(state, -up);
  const by = state.tab === 'info' ? -up : up;
  const scroll = Math.max(0, Math.min(mostOf(state), state.scroll + by));
  return scroll === state.scroll ? state : {...state, scroll};
};

/** A page up or down; one line of the page before stays. */
export const pageBy = (state: State, up: 1 | -1): State =>
  state.tab === 'diff'
    ? inDiff(state, (diff, height) => pageDiff(diff, -up * Math.max(1, height - 1), height))
    : scrollBy(state, up * Math.max(1, paneInside(state).height - 1));

/** One step back: what was opened or set last goes first. */
export const stepBack = (state: State): State => {
  const narrow = layoutOf(state.size).kind === 'one';
  if (state.scroll > 0) return {...state, scroll: 0};
  if (narrow && state.paneOpen) return {...state, paneOpen: false};
  if (state.notices.length > 0) return {...state, notices: []};
  if (state.filter.text !== '') return {...state, filter: {text: '', cursor: 0}};
  if (state.marked.size > 0) return {...state, marked: new Set()};
  return state.tab === 'screen' ? state : {...state, tab: 'screen'};
};

import type {SessionView} from '../sessions/port.ts';
import {layoutOf, showsPane} from './layout.ts';
import type {State, Tab} from './state.ts';

export const selectedSession = (state: State): SessionView | undefined =>
  state.sessions?.find(session => session.id === state.selected);

/** Its first setup step has begun: from then on it has a screen and a log. */
const setUp = ({setup}: SessionView): boolean => setup !== null && (setup.running || setup.done > 0);

/** The selected session while this tab of it is in view. */
export const inView = (state: State, tab: Tab): SessionView | undefined => {
  if (state.lent || state.tab !== tab || !showsPane(layoutOf(state.size), state.paneOpen)) return undefined;
  const session = selectedSession(state);
  return session?.phase === 'creating' && !setUp(session) ? undefined : session;
};

import type {SessionView} from '../../src/sessions/port.ts';
import {withSessions} from '../../src/ui/session-list.ts';
import {firstState, type State} from '../../src/ui/state.ts';
import {sampleNow} from './sample-session.ts';

/** A dashboard that has listed these sessions. */
export const stateWith = (sessions: readonly SessionView[] | undefined, over: Partial<State> = {}): State => {
  const first: State = {
    ...firstState({
      size: {columns: 120, rows: 40},
      now: sampleNow,
      dev: false,
      version: '0.1.0',
      cwd: '/home/ada/projects/api',
      detachKey: 'ctrl-q',
      present: new Set(),
    }),
    engine: {provider: 'podman', state: 'ready', detail: '', hint: ''},
  };
  return {...(sessions ? withSessions(first, sessions) : first), ...over};
};

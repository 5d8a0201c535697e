import fuzzysort from 'fuzzysort';
import type {Phase, SessionView, Status} from '../../sessions/port.ts';
import type {State} from '../state.ts';
import {isUnseen} from './look.ts';

/** Who needs a person comes first, then what is news. Few groups, so that rows do not jump while agents work. */
const statusRank: Record<Status, number> = {
  waiting: 0,
  error: 2,
  working: 3,
  thinking: 3,
  starting: 3,
  ready: 4,
  unknown: 4,
  exited: 5,
};
const unseenRank = 1;
const phaseRank: Partial<Record<Phase, number>> = {creating: 3, stopping: 4, stopped: 5, failed: 2, lost: 2};

function rankOf(session: SessionView): number {
  if (isUnseen(session)) return unseenRank;
  if (session.queued !== null) return statusRank.starting;
  if (session.asleep !== '') return statusRank.exited;
  return phaseRank[session.phase] ?? statusRank[session.status.status];
}

/** Within a group the oldest first, so that a row keeps its place. */
export const ordered = (sessions: readonly SessionView[]): readonly SessionView[] =>
  [...sessions].sort(
    (a, b) => rankOf(a) - rankOf(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );

const searched = [
  (session: SessionView) => session.name,
  (session: SessionView) => session.agent,
  (session: SessionView) => session.workspace.branch,
  (session: SessionView) => session.phase,
  (session: SessionView) => session.status.status,
];

/** The sessions that match, still in their order. */
export const matching = (sessions: readonly SessionView[], filter: string): readonly SessionView[] => {
  const text = filter.trim();
  if (text === '') return sessions;
  const found = new Set(fuzzysort.go(text, sessions, {keys: searched, limit: 0, threshold: 0.3}).map(({obj}) => obj));
  return sessions.filter(session => found.has(session));
};

export const visibleSessions = (state: Pick<State, 'sessions' | 'filter'>): readonly SessionView[] =>
  matching(ordered(state.sessions ?? []), state.filter.text);

export const waits = (session: SessionView): boolean =>
  session.phase === 'running' && session.status.status === 'waiting';

/** It waits for a person, or has news for one. */
export const calls = (session: SessionView): boolean => waits(session) || isUnseen(session);

import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {Change as SessionsChange, SessionsPort, SessionView} from '../sessions/port.ts';
import {age} from './models/age.ts';
import {sinceOf} from './models/look.ts';
import {noticeOf} from './models/notices.ts';
import {visibleSessions} from './models/order.ts';
import {clean} from './models/text.ts';
import type {State} from './state.ts';
import type {Change, DashboardStore} from './store.ts';

const retryMs = 1000;

const cleanOrNull = (text: string | null): string | null => (text === null ? null : clean(text));

/** Every text of a session is somebody else's: nothing of it reaches the screen uncleaned. Its id stays as it is. */
export const cleanSession = (session: SessionView): SessionView => ({
  ...session,
  name: clean(session.name),
  agent: clean(session.agent),
  command: session.command.map(clean),
  provider: clean(session.provider),
  image: clean(session.image),
  note: clean(session.note),
  setup: session.setup && {...session.setup, commands: session.setup.commands.map(clean)},
  title: clean(session.title),
  prompts: {
    ...session.prompts,
    last: session.prompts.last && {
      ...session.prompts.last,
      text: clean(session.prompts.last.text),
      detail: clean(session.prompts.last.detail),
    },
  },
  variables: session.variables.map(clean),
  missing: session.missing.map(clean),
  status: {...session.status, rule: clean(session.status.rule), detail: clean(session.status.detail)},
  workspace: {
    ...session.workspace,
    path: clean(session.workspace.path),
    source: clean(session.workspace.source),
    branch: cleanOrNull(session.workspace.branch),
    repo: cleanOrNull(session.workspace.repo),
  },
});

/** The selection stays with its session; when that is gone it goes to the one that took its row. */
export function withSessions(state: State, sessions: readonly SessionView[]): State {
  const ids = new Set(sessions.map(({id}) => id));
  const next = {...state, sessions};
  const visible = visibleSessions(next);
  const row = visibleSessions(state).findIndex(({id}) => id === state.selected);
  const kept = state.selected !== undefined && ids.has(state.selected);
  const selected = kept ? state.selected : visible[Math.max(0, Math.min(row, visible.length - 1))]?.id;
  return {
    ...next,
    selected,
    scroll: kept ? state.scroll : 0,
    paneOpen: selected === undefined ? false : state.paneOpen,
    marked: new Set([...state.marked].filter(id => ids.has(id))),
    frames: new Map([...state.frames].filter(([id]) => ids.has(id))),
    diffPlaces: new Map([...state.diffPlaces].filter(([id]) => ids.has(id))),
  };
}

export interface SessionList {
  /** Asks for everything anew; resolves when it is in. Never rejects: failures show in the header. */
  refresh(): Promise<void>;
  /** Resolves when the first list is in, or could not be had. */
  readonly first: Promise<void>;
}

/** Keeps the list as the port has it, for as long as the signal lasts. */
export function keepSessions(options: {
  readonly port: SessionsPort;
  readonly store: DashboardStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  /** Each time the port has told, with all there are. */
  readonly onListed: (sessions: readonly SessionView[]) => void;
}): SessionList {
  const {port, store, clock, signal, fail, onListed} = options;
  const known = new Map<string, SessionView>();
  let watching = new AbortController();

  const take = ({whole, sessions, removed, engine}: SessionsChange) => {
    if (whole) known.clear();
    for (const id of removed) known.delete(id);
    for (const session of sessions) known.set(session.id, cleanSession(session));
    const listed = [...known.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const before = store.current().engine;
    const now = engine ? {...engine, detail: clean(engine.detail), hint: clean(engine.hint)} : before;
    const change: Change = state => ({...withSessions(state, listed), now: clock.now(), engine: now});
    // The first list is what the first picture waits for.
    if (store.current().sessions === undefined) store.now(change);
    else store.soon(change);
    onListed(listed);
    if (now.state === 'unreachable' && before.state !== 'unreachable')
      fail(new AppError('ENGINE_UNREACHABLE', now.detail, {hint: now.hint}));
  };
  const broke = (error: unknown) => {
    const {text, hint} = noticeOf(error);
    const before = store.current().engine;
    store.soon(state => ({
      ...state,
      sessions: state.sessions ?? [],
      engine: {...state.engine, state: 'unreachable', detail: text, hint},
    }));
    if (before.state !== 'unreachable' || before.detail !== text) fail(error);
  };
  /** Until the signal; `onFirst` when the first change is in, or none could be had. */
  const watch = async (until: AbortSignal, onFirst: () => void) => {
    try {
      for await (const change of port.watch(until)) {
        if (until.aborted) break;
        take(change);
        onFirst();
      }
    } catch (error) {
      if (!until.aborted) broke(error);
    }
    onFirst();
    // Whatever ended it: the next watch begins with everything.
    if (!until.aborted) clock.after(retryMs, () => until.aborted || void watch(until, () => {}));
  };
  const refresh = (): Promise<void> => {
    // A list beside the watch could be older than what the watch has told: the watch itself begins anew.
    watching.abort();
    if (signal.aborted) return Promise.resolve();
    watching = new AbortController();
    const until = AbortSignal.any([watching.signal, signal]);
    return new Promise(resolve => {
      until.addEventListener('abort', () => resolve(), {once: true});
      void watch(until, resolve);
    });
  };
  return {refresh, first: refresh()};
}

const tickMs = 1000;
/** Ages of minutes and more may be late by so much: with many sessions some age is always about to change. */
const calmMs = 10_000;
const youngMs = 60_000;

/** Moves the time on where that changes something on the screen, and only there. */
export function keepTime(store: DashboardStore, clock: Clock, signal: AbortSignal): void {
  const tick = () => {
    if (signal.aborted) return;
    const now = clock.now();
    const {sessions = [], creation, now: before, lent, tab, network} = store.current();
    const older = (session: SessionView) => {
      const since = sinceOf(session);
      return age(since, now) !== age(since, before) && (now - since < youngMs || now - before >= calmMs);
    };
    const tried = (network?.view?.attempts ?? []).some(({lastAt}) => age(lastAt, now) !== age(lastAt, before));
    if (!lent && (creation !== undefined || sessions.some(older) || (tab === 'network' && tried)))
      store.soon(state => ({...state, now}));
    clock.after(tickMs, tick);
  };
  clock.after(tickMs, tick);
}

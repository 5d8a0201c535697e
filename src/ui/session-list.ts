import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {SessionsPort, SessionView} from '../sessions/port.ts';
import {age} from './models/age.ts';
import {sinceOf} from './models/look.ts';
import {noticeOf} from './models/notices.ts';
import {visibleSessions} from './models/order.ts';
import {clean} from './models/text.ts';
import type {State} from './state.ts';
import type {Change, DashboardStore} from './store.ts';

/** Changes that come together are listed once. */
const settleMs = 30;
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
  title: clean(session.title),
  status: {...session.status, rule: clean(session.status.rule), detail: clean(session.status.detail)},
  workspace: {
    ...session.workspace,
    path: clean(session.workspace.path),
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
  };
}

export interface SessionList {
  /** Lists again; resolves when a list that began after the call is in. Never rejects: failures show in the header. */
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
}): SessionList {
  const {port, store, clock, signal, fail} = options;
  let loading = false;
  let current = Promise.resolve();
  let next: Promise<void> | undefined;

  const load = async () => {
    try {
      const [listed, engine] = await Promise.all([port.list(), port.engine()]);
      if (signal.aborted) return;
      const sessions = listed.map(cleanSession);
      const cleaned = {...engine, detail: clean(engine.detail), hint: clean(engine.hint)};
      const before = store.current().engine.state;
      const change: Change = state => ({...withSessions(state, sessions), now: clock.now(), engine: cleaned});
      // The first list is what the first picture waits for.
      if (store.current().sessions === undefined) store.now(change);
      else store.soon(change);
      if (engine.state === 'unreachable' && before !== 'unreachable') {
        fail(new AppError('ENGINE_UNREACHABLE', cleaned.detail, {hint: cleaned.hint}));
      }
    } catch (error) {
      if (signal.aborted) return;
      const {text, hint} = noticeOf(error);
      const before = store.current().engine;
      store.soon(state => ({
        ...state,
        sessions: state.sessions ?? [],
        engine: {...state.engine, state: 'unreachable', detail: text, hint},
      }));
      if (before.state !== 'unreachable' || before.detail !== text) fail(error);
    }
  };
  const refresh = (): Promise<void> => {
    if (loading) {
      next ??= current.then(() => {
        next = undefined;
        return refresh();
      });
      return next;
    }
    loading = true;
    current = load().finally(() => {
      loading = false;
    });
    return current;
  };

  let due = false;
  const refreshSoon = () => {
    if (due) return;
    due = true;
    clock.after(settleMs, () => {
      due = false;
      void refresh();
    });
  };
  const watch = async () => {
    try {
      for await (const _ of port.watch(signal)) refreshSoon();
    } catch (error) {
      if (signal.aborted) return;
      fail(error);
    }
    if (signal.aborted) return;
    // Whatever ended the watch: changes may have gone unseen meanwhile.
    clock.after(retryMs, () => {
      if (signal.aborted) return;
      refreshSoon();
      void watch();
    });
  };
  void watch();
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
    const {sessions = [], creation, now: before, lent} = store.current();
    const older = (session: SessionView) => {
      const since = sinceOf(session);
      return age(since, now) !== age(since, before) && (now - since < youngMs || now - before >= calmMs);
    };
    if (!lent && (creation !== undefined || sessions.some(older))) store.soon(state => ({...state, now}));
    clock.after(tickMs, tick);
  };
  clock.after(tickMs, tick);
}

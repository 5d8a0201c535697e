import type {AuditRow} from '../sessions/port.ts';
import {seeing} from './attention/seen.ts';
import type {Context} from './context.ts';
import {diffFollowers} from './diff-followers.ts';
import {inView} from './in-view.ts';
import {noticeOf} from './models/notices.ts';
import {clean} from './models/text.ts';
import {networkFollowers} from './network-followers.ts';
import type {State} from './state.ts';

const previewFps = 20;
const statsMs = 2000;
/** What all take is shown beside them where there is room, and read no more often than this. */
const fleetMs = 5000;
const fleetFrom = 150;
const logTail = 1000;
const mostLogLines = 5000;
const auditRows = 20;

/** Something followed for as long as its key stays the same; undefined: not followed. */
export interface Follower {
  readonly key: (state: State) => string | undefined;
  readonly run: (id: string, state: State, signal: AbortSignal) => Promise<void>;
}

function followersOf(context: Context): readonly Follower[] {
  const {port, store, clock} = context;
  const screen: Follower = {
    key(state) {
      const session = inView(state, 'screen');
      return session && `${session.phase} ${state.scroll}`;
    },
    async run(id, {scroll}, signal) {
      for await (const frame of port.watchScreen(id, {scrolled: scroll, maxFps: previewFps}, signal)) {
        if (signal.aborted) return;
        store.soon(state => ({...state, frames: new Map(state.frames).set(id, frame)}));
      }
    },
  };
  const logs: Follower = {
    key: state => {
      const session = inView(state, 'logs');
      return session && `${session.phase} ${session.phaseSince}`;
    },
    async run(id, _state, signal) {
      let lines: string[] = [];
      let shown = false;
      const show = () => {
        shown = true;
        store.soon(state => ({...state, logs: {id, value: lines}}));
      };
      for await (const piece of port.logs(id, {tail: logTail, follow: true}, signal)) {
        if (signal.aborted) return;
        // A new list only when the last one was drawn: a flood of lines costs one copy a frame.
        if (store.drawn.getState().logs?.value === lines) lines = lines.slice(-mostLogLines);
        for (const line of piece.lines) lines.push(clean(line));
        show();
      }
      if (!shown && !signal.aborted) show();
    },
  };
  const audit: Follower = {
    key(state) {
      const session = inView(state, 'info');
      return session && `${session.phase} ${session.phaseSince}`;
    },
    async run(id, _state, signal) {
      const rows: AuditRow[] = [];
      for await (const row of port.audit({ref: id, limit: auditRows}, signal))
        rows.unshift({...row, action: clean(row.action), detail: clean(row.detail), result: clean(row.result)});
      if (signal.aborted) return;
      store.soon(state => ({...state, audit: {id, value: rows}}));
    },
  };
  let statsAt = Number.NEGATIVE_INFINITY;
  const stats: Follower = {
    key(state) {
      if (inView(state, 'info')?.phase === 'running') return 'info';
      const some = state.size.columns >= fleetFrom && state.sessions?.some(({phase}) => phase === 'running');
      return some && !state.lent ? 'fleet' : undefined;
    },
    async run(_id, state, signal) {
      const everyMs = inView(state, 'info') ? statsMs : fleetMs;
      const rest = (ms: number) =>
        new Promise<void>(resolve => {
          const cancel = clock.after(ms, resolve);
          signal.addEventListener('abort', () => resolve(cancel()), {once: true});
        });
      // Going through the list asks no more often than staying.
      if (everyMs === fleetMs) await rest(Math.max(0, statsAt + everyMs - clock.now()));
      while (!signal.aborted) {
        statsAt = clock.now();
        const found = await port.stats(signal);
        if (signal.aborted) return;
        store.soon(state => ({...state, stats: new Map(found.map(one => [one.id, one]))}));
        await rest(everyMs);
      }
    },
  };
  return [screen, logs, ...diffFollowers(context), ...networkFollowers(context), audit, stats, seeing(context)];
}

/** Follows what the pane shows of the selected session, and nothing else. */
export function followSelected(context: Context): void {
  const {store, lifetime} = context;
  const one = (follower: Follower) => {
    let followed: string | undefined;
    let controller = new AbortController();
    return (state: State) => {
      const key = follower.key(state);
      const id = state.selected;
      const next = key === undefined || id === undefined ? undefined : `${id} ${key}`;
      if (next === followed) return;
      followed = next;
      controller.abort();
      if (next === undefined || id === undefined) return;
      controller = new AbortController();
      const {signal} = controller;
      const fresh = (problem: string | undefined) => {
        if (signal.aborted) return;
        store.soon(now =>
          now.paneProblem === undefined && problem === undefined
            ? now
            : {...now, paneProblem: problem === undefined ? undefined : {id, value: problem}},
        );
      };
      fresh(undefined);
      follower.run(id, state, signal).catch(error => fresh(noticeOf(error).text));
    };
  };
  const all = followersOf(context).map(one);
  const stop = store.drawn.subscribe(state => {
    if (!lifetime.aborted) for (const look of all) look(state);
  });
  lifetime.addEventListener('abort', () => {
    stop();
    const last = {...store.current(), lent: true};
    for (const look of all) look(last);
  });
}

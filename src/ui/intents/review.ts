import type {Context} from '../context.ts';
import {selectedSession} from '../in-view.ts';
import {layoutOf} from '../layout.ts';
import {type ApplyState, appliedText, newApply, withPlan} from '../models/apply.ts';
import {applyHeight} from '../models/apply-lines.ts';
import {type DiffState, moveFile, moveHunk} from '../models/diff-place.ts';
import {diffHeight} from '../models/navigate.ts';
import {noticeOf} from '../models/notices.ts';
import {withPending} from '../models/pending.ts';
import type {State} from '../state.ts';
import type {Change} from '../store.ts';

const inDiff =
  (move: (diff: DiffState, height: number) => DiffState): Change =>
  state =>
    state.diff ? {...state, diff: move(state.diff, diffHeight(state))} : state;

const withApply = (state: State, change: (apply: ApplyState) => ApplyState): State =>
  state.overlay.kind === 'apply' ? {...state, overlay: {kind: 'apply', apply: change(state.overlay.apply)}} : state;

const scrolled =
  (by: (page: number) => number): Change =>
  state =>
    withApply(state, apply => {
      const layout = layoutOf(state.size);
      const page = layout.kind === 'tooSmall' ? 1 : Math.max(1, layout.body.height - 8);
      return {...apply, top: Math.max(0, Math.min(apply.top + by(page), applyHeight(apply) - page))};
    });

/** Going through what an agent changed, and bringing it to the user's files. */
export function review(context: Context) {
  const {port, store, background, inform, fail, refresh} = context;
  let plans: AbortController | undefined;

  const open = (): ApplyState | undefined => {
    const {overlay} = store.current();
    return overlay.kind === 'apply' ? overlay.apply : undefined;
  };
  const close = () => {
    plans?.abort();
    store.now(state => ({...state, overlay: {kind: 'none'}}));
  };

  /** The newest question wins. */
  const plan = ({session, theirs}: ApplyState) => {
    plans?.abort();
    const controller = new AbortController();
    plans = controller;
    const {signal} = controller;
    background(async () => {
      try {
        const found = await port.planApply(session.id, theirs ? {theirs} : {}, signal);
        if (!signal.aborted) store.soon(state => withApply(state, apply => withPlan(apply, found)));
      } catch (error) {
        if (!signal.aborted) store.soon(state => withApply(state, apply => ({...apply, problem: noticeOf(error)})));
      }
    });
  };

  const carryOut = ({session, plan: shown, theirs}: ApplyState) => {
    store.now(withPending(session.id, 'applying…'));
    background(async () => {
      try {
        const request = {...(theirs ? {theirs} : {}), ...(shown ? {version: shown.version} : {})};
        const {text, hint} = appliedText(await port.apply(session.id, request), theirs);
        inform(`${session.name}: ${text}`, hint);
      } catch (error) {
        fail(error);
      }
      await refresh();
      store.soon(withPending(session.id, undefined));
    });
  };

  return {
    nextHunk: () => store.now(inDiff((diff, height) => moveHunk(diff, 1, height))),
    previousHunk: () => store.now(inDiff((diff, height) => moveHunk(diff, -1, height))),
    nextFile: () => store.now(inDiff((diff, height) => moveFile(diff, 1, height))),
    previousFile: () => store.now(inDiff((diff, height) => moveFile(diff, -1, height))),
    apply() {
      const state = store.current();
      const session = selectedSession(state);
      if (!session || state.pending.has(session.id)) return;
      const apply = newApply({id: session.id, name: session.name});
      store.now(now => ({...now, overlay: {kind: 'apply', apply}}));
      plan(apply);
    },
    applyYes() {
      const apply = open();
      if (!apply) return;
      close();
      carryOut(apply);
    },
    applyNo: close,
    applyTheirs() {
      store.now(state =>
        withApply(state, apply => ({...apply, theirs: !apply.theirs, planning: true, problem: undefined})),
      );
      const apply = open();
      if (apply) plan(apply);
    },
    applyUp: () => store.now(scrolled(() => -1)),
    applyDown: () => store.now(scrolled(() => 1)),
    applyPageUp: () => store.now(scrolled(page => -page)),
    applyPageDown: () => store.now(scrolled(page => page)),
  };
}

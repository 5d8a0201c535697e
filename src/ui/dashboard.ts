import type {StoreApi} from 'zustand/vanilla';
import type {Clock} from '../lib/clock.ts';
import type {AttachmentEnd, SessionsPort, Size} from '../sessions/port.ts';
import type {Attachable} from '../terminal/attach.ts';
import {createAttention} from './attention/attention.ts';
import {type Context, createNoticeBoard, type LendTerminal} from './context.ts';
import {focusOf} from './focus.ts';
import {followSelected} from './followers.ts';
import {navigation} from './intents/navigation.ts';
import {networkActs} from './intents/network.ts';
import {newSession} from './intents/new-session.ts';
import {prompting} from './intents/prompting.ts';
import {review} from './intents/review.ts';
import {sessionActs} from './intents/session-acts.ts';
import {terminalActs} from './intents/terminal-acts.ts';
import type {Intent} from './keymap/binding.ts';
import {bindingFor} from './keymap/keymap.ts';
import type {Press} from './keys.ts';
import {type Environment, namesIn} from './models/brought.ts';
import {pasteInForm, typeInForm} from './models/form.ts';
import {selectAt} from './models/navigate.ts';
import {visibleSessions} from './models/order.ts';
import {editArea} from './models/text-area.ts';
import {edit, insert, type TextField} from './models/text-field.ts';
import {keepSessions, keepTime} from './session-list.ts';
import {firstState, type State} from './state.ts';
import {type Change, createDashboardStore} from './store.ts';

export interface DashboardStart {
  readonly port: SessionsPort;
  readonly clock: Clock;
  readonly size: Size;
  readonly dev: boolean;
  readonly version: string;
  readonly cwd: string;
  readonly detachKey: string;
  /** Of this process. */
  readonly env: Environment;
  /** Gives the terminal away and takes it back. */
  readonly lend: LendTerminal;
  /** Calls a person who looks elsewhere. */
  readonly ring: (text: string) => void;
}

/** Everything the dashboard does, without a terminal: keys in, state out. */
export interface Dashboard {
  readonly drawn: StoreApi<State>;
  press(presses: readonly Press[]): void;
  paste(text: string): void;
  resize(size: Size): void;
  /** Resolves when the first list is in, or could not be had. */
  readonly listed: Promise<void>;
  /** Resolves when the user leaves. */
  readonly left: Promise<void>;
  /** Lets go of the port's streams; resolves when what was begun is done. */
  close(): Promise<void>;
}

/** The selection follows the filter: it stays on a session that is shown. */
const withFilter =
  (change: (filter: TextField) => TextField): Change =>
  state => {
    const next = {...state, filter: change(state.filter)};
    if (next.filter.text === state.filter.text) return next;
    return visibleSessions(next).some(({id}) => id === state.selected) ? next : selectAt(next, 0);
  };

export function createDashboard(start: DashboardStart): Dashboard {
  const {port, clock, lend} = start;
  const lifetime = new AbortController();
  const store = createDashboardStore(firstState({...start, now: clock.now(), present: namesIn(start.env)}), clock);
  const board = createNoticeBoard(store, clock);
  const {promise: left, resolve: leave} = Promise.withResolvers<void>();
  const under = new Set<Promise<void>>();
  const background = (work: () => Promise<void>) => {
    const task = work()
      .catch(board.fail)
      .finally(() => under.delete(task));
    under.add(task);
  };
  const attention = createAttention({clock, ring: start.ring});
  let watched: string | undefined;
  const list = keepSessions({
    ...{port, store, clock, signal: lifetime.signal, fail: board.fail},
    onListed: sessions => attention.look(sessions, watched),
  });
  keepTime(store, clock, lifetime.signal);

  /** While a session has the terminal, nothing is drawn and nothing but the list is followed. */
  const lendQuietly = async (attachment: Attachable<AttachmentEnd>, id?: string): Promise<AttachmentEnd> => {
    watched = id;
    store.now(state => ({...state, lent: true}));
    const release = store.hold();
    // From the moment the keyboard is ours again its keys count: they may come before the first picture is finished.
    const back = () => store.soon(state => (state.lent ? {...state, lent: false, now: clock.now()} : state));
    try {
      return await lend(attachment, back);
    } finally {
      watched = undefined;
      back();
      release();
    }
  };
  const context: Context = {
    port,
    clock,
    store,
    lifetime: lifetime.signal,
    lend: lendQuietly,
    refresh: list.refresh,
    env: start.env,
    leave,
    ...board,
    background,
  };
  followSelected(context);
  const {edit: editForm, ...formActs} = newSession(context);
  const {editPrompt, pastePrompt, ...promptActs} = prompting(context);
  const acts: Record<Intent, (press: Press) => void> = {
    ...navigation(context),
    ...sessionActs(context),
    ...review(context),
    ...networkActs(context),
    ...terminalActs(context),
    ...formActs,
    ...promptActs,
  };

  const typed = (press: Press) => {
    const {overlay} = store.current();
    if (overlay.kind === 'filter') store.now(withFilter(filter => edit(filter, press)));
    if (overlay.kind === 'form') editForm(form => typeInForm(form, press));
    if (overlay.kind === 'prompt') editPrompt(area => editArea(area, press));
  };
  const one = (press: Press) => {
    const focus = focusOf(store.current());
    const binding = bindingFor(press.key, focus.place);
    if (!binding) return typed(press);
    const why = binding.whyNot(focus);
    if (why === undefined) acts[binding.intent](press);
    else board.inform(why);
  };

  return {
    drawn: store.drawn,
    press: presses => {
      // Keys that come while a session has the terminal are the session's.
      if (!store.current().lent) store.together(() => presses.forEach(one));
    },
    paste(text) {
      const {overlay} = store.current();
      if (overlay.kind === 'filter') store.now(withFilter(filter => insert(filter, text)));
      if (overlay.kind === 'form') editForm(form => pasteInForm(form, text));
      if (overlay.kind === 'prompt') pastePrompt(text);
    },
    resize: size =>
      store.now(state =>
        state.size.columns === size.columns && state.size.rows === size.rows ? state : {...state, size},
      ),
    listed: list.first,
    left,
    async close() {
      leave();
      const {creation} = store.current();
      if (creation) formActs.creationCancel();
      lifetime.abort();
      attention.close();
      while (under.size > 0) await Promise.all(under);
    },
  };
}

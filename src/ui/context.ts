import type {Clock} from '../lib/clock.ts';
import type {AttachmentEnd, SessionsPort} from '../sessions/port.ts';
import type {Attachable} from '../terminal/attach.ts';
import type {Environment} from './models/brought.ts';
import {noticeOf} from './models/notices.ts';
import type {Notice} from './state.ts';
import type {DashboardStore} from './store.ts';

/** Gives the real terminal away; `back` is called as soon as the keyboard is the dashboard's again. */
export type LendTerminal = (attachment: Attachable<AttachmentEnd>, back: () => void) => Promise<AttachmentEnd>;
/** Gives the terminal to a session until it is detached or ends. `watched`: the id of the one whose agent is on the screen. */
export type Lend = (attachment: Attachable<AttachmentEnd>, watched?: string) => Promise<AttachmentEnd>;

/** What everything that acts in the dashboard works with. */
export interface Context {
  readonly port: SessionsPort;
  readonly clock: Clock;
  readonly store: DashboardStore;
  /** Ends with the dashboard. */
  readonly lifetime: AbortSignal;
  readonly lend: Lend;
  /** Lists again; resolves when a list that began after the call is in. */
  readonly refresh: () => Promise<void>;
  /** This process's variables. They hold keys: never for the state, never to be shown. */
  readonly env: Environment;
  readonly leave: () => void;
  readonly inform: (text: string, hint?: string) => void;
  /** Tells a person what failed. */
  readonly fail: (error: unknown) => void;
  /** Runs work that nobody waits for; its failure becomes a notice, and leaving waits for it. */
  readonly background: (work: () => Promise<void>) => void;
}

const shownMs: Record<Notice['level'], number> = {info: 5000, error: 30_000};
const mostNotices = 5;

/** Notices that leave by themselves. */
export function createNoticeBoard(store: DashboardStore, clock: Clock): Pick<Context, 'inform' | 'fail'> {
  let last = 0;
  const post = (level: Notice['level'], text: string, hint: string) => {
    const id = ++last;
    store.now(state => ({
      ...state,
      notices: [...state.notices.filter(one => one.text !== text), {id, level, text, hint}].slice(-mostNotices),
    }));
    clock.after(shownMs[level], () =>
      store.soon(state =>
        state.notices.some(one => one.id === id)
          ? {...state, notices: state.notices.filter(one => one.id !== id)}
          : state,
      ),
    );
  };
  return {
    inform: (text, hint = '') => post('info', text, hint),
    fail: error => {
      const {text, hint} = noticeOf(error);
      post('error', text, hint);
    },
  };
}

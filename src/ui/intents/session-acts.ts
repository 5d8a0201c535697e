import type {SessionView, StartWay, TeardownSummary} from '../../sessions/port.ts';
import type {Context} from '../context.ts';
import {targetsOf} from '../focus.ts';
import {resumable, runnable, sleepers, startable, stoppable, wakeful} from '../keymap/why-not.ts';
import type {ConfirmState} from '../models/confirm.ts';
import {noticeOf} from '../models/notices.ts';
import {withPending} from '../models/pending.ts';
import {clean} from '../models/text.ts';
import {startOptions} from './start-options.ts';

type Act = ConfirmState['act'] | 'start' | 'sleep' | 'wake';
type Target = Pick<SessionView, 'id' | 'name' | 'agent' | 'phase'>;

const notes: Record<Act, string> = {
  stop: 'stopping…',
  start: 'starting…',
  restart: 'restarting…',
  resume: 'resuming…',
  tearDown: 'tearing down…',
  sleep: 'going to sleep…',
  wake: 'waking…',
};

const cleanSummary = ({work, saves, removes, keeps}: TeardownSummary): TeardownSummary => ({
  work: work.map(clean),
  saves: saves.map(clean),
  removes: removes.map(clean),
  keeps: keeps.map(clean),
});

/** What is asked of sessions: stop, start, restart, tear down, with the question before it. */
export function sessionActs(context: Context) {
  const {port, store, background, fail, refresh} = context;

  /** A running one is stopped before. */
  const run = async ({id, agent, phase}: Target, how: StartWay) => {
    const options = await startOptions(context, agent, how);
    const {size} = store.current();
    return phase === 'running' ? port.restart(id, size, options) : port.start(id, size, options);
  };
  const ask: Record<Act, (target: Target) => Promise<unknown>> = {
    stop: ({id}) => port.stop(id),
    start: target => run(target, 'again'),
    restart: target => run(target, 'again'),
    resume: target => run(target, 'resume'),
    tearDown: ({id}) => port.remove(id, {force: true}),
    sleep: ({id}) => port.hibernate(id),
    wake: ({id}) => port.wake(id, store.current().size),
  };

  /** Each session by itself: one that fails does not hold up the others. */
  const act = (what: Act, targets: readonly Target[]) => {
    const free = targets.filter(({id}) => !store.current().pending.has(id));
    for (const target of free) {
      store.now(withPending(target.id, notes[what]));
      background(async () => {
        try {
          await ask[what](target);
        } catch (error) {
          fail(error);
        }
        // The note goes when the list says the same, not before.
        await refresh();
        store.soon(withPending(target.id, undefined));
      });
    }
    store.now(state => (state.marked.size === 0 ? state : {...state, marked: new Set()}));
  };

  const question = (what: ConfirmState['act'], sessions: readonly Target[]) => {
    const confirm: ConfirmState = {act: what, sessions, summaries: new Map(), problem: '', yes: false};
    store.now(state => ({...state, overlay: {kind: 'confirm', confirm}}));
    if (what !== 'tearDown') return;
    const change = (next: (confirm: ConfirmState) => ConfirmState) =>
      store.soon(state =>
        state.overlay.kind === 'confirm' && state.overlay.confirm.sessions === sessions
          ? {...state, overlay: {kind: 'confirm', confirm: next(state.overlay.confirm)}}
          : state,
      );
    for (const {id} of sessions) {
      background(async () => {
        try {
          const summary = cleanSummary(await port.teardown(id));
          change(open => ({...open, summaries: new Map([...open.summaries, [id, summary]])}));
        } catch (error) {
          change(open => ({...open, problem: noticeOf(error).text}));
        }
      });
    }
  };

  /** One agent can be begun again at once; several are worth a question. */
  const runAgain = (what: 'restart' | 'resume', targets: readonly SessionView[]) =>
    targets.length > 1 ? question(what, targets) : act(what, targets);

  const closeAnd = (work: (confirm: ConfirmState) => void) => {
    const {overlay} = store.current();
    if (overlay.kind !== 'confirm') return;
    store.now(state => ({...state, overlay: {kind: 'none'}}));
    work(overlay.confirm);
  };
  const agree = () => closeAnd(({act: what, sessions}) => act(what, sessions));
  const decline = () => closeAnd(() => {});

  return {
    stopOrStart() {
      const targets = targetsOf(store.current());
      const toStop = stoppable(targets);
      if (toStop.length === 0) return act('start', startable(targets));
      // One agent can be started again at once; several at work are worth a question.
      return toStop.length > 1 ? question('stop', toStop) : act('stop', toStop);
    },
    sleepOrWake() {
      const targets = targetsOf(store.current());
      const toSleep = wakeful(targets);
      if (toSleep.length > 0) act('sleep', toSleep);
      else act('wake', sleepers(targets));
    },
    restart: () => runAgain('restart', runnable(targetsOf(store.current()))),
    resume: () => runAgain('resume', resumable(targetsOf(store.current()))),
    tearDown: () =>
      question(
        'tearDown',
        targetsOf(store.current()).filter(({phase}) => phase !== 'creating'),
      ),
    confirmYes: agree,
    confirmNo: decline,
    confirmEnter() {
      const {overlay} = store.current();
      if (overlay.kind === 'confirm' && overlay.confirm.yes) agree();
      else decline();
    },
    confirmToggle: () =>
      store.now(state =>
        state.overlay.kind === 'confirm'
          ? {...state, overlay: {kind: 'confirm', confirm: {...state.overlay.confirm, yes: !state.overlay.confirm.yes}}}
          : state,
      ),
  };
}

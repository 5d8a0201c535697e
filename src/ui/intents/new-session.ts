import {AppError} from '../../errors.ts';
import type {CreateRequest, ProjectView} from '../../sessions/port.ts';
import type {Context} from '../context.ts';
import {broughtBy} from '../models/brought.ts';
import {
  agentOf,
  type FormState,
  moveInForm,
  newForm,
  refused,
  requestOf,
  withProblems,
  withSuggestedName,
} from '../models/form.ts';
import {noticeOf} from '../models/notices.ts';
import {clean} from '../models/text.ts';
import type {Creation, State} from '../state.ts';

/** A pause in typing after which what is written is checked. */
const checkMs = 120;

const withForm = (state: State, change: (form: FormState) => FormState): State =>
  state.overlay.kind === 'form' ? {...state, overlay: {kind: 'form', form: change(state.overlay.form)}} : state;

/** The form of a new session, and its creation. */
export function newSession(context: Context) {
  const {port, clock, store, background, inform, fail, refresh, env} = context;
  let checks = 0;
  let callOff = () => {};
  let submitting = false;
  let abort: AbortController | undefined;

  const form = (): FormState | undefined => {
    const {overlay} = store.current();
    return overlay.kind === 'form' ? overlay.form : undefined;
  };

  /** None of a file that cannot be read: what is wrong with it is found by the check of the request. */
  const projectOf = async (request: CreateRequest): Promise<ProjectView | null> => {
    try {
      return (await port.resolve(request)).project;
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  };

  /** The newest check wins; an older answer that comes late is dropped. */
  const check = async (): Promise<FormState | undefined> => {
    callOff();
    const number = ++checks;
    const asked = form();
    if (!asked) return undefined;
    const {request, problems} = requestOf(asked, store.current().size);
    const [found, project] = await Promise.all([port.validate(request), projectOf(request)]);
    if (number === checks)
      store.soon(state => withForm(state, open => ({...withProblems(open, found, problems), project})));
    return withProblems(asked, found, problems);
  };
  const checkSoon = () => {
    callOff();
    callOff = clock.after(checkMs, () => background(async () => void (await check())));
  };

  const edit = (change: (form: FormState) => FormState) => {
    const before = form();
    store.now(state => withForm(state, change));
    const after = form();
    if (before && after && (before.fields !== after.fields || before.chosen !== after.chosen)) checkSoon();
  };

  const withCreation = (change: (creation: Creation) => Creation) =>
    store.soon(state => (state.creation ? {...state, creation: change(state.creation)} : state));

  const over = (state: State): State => ({
    ...state,
    creation: undefined,
    overlay: state.overlay.kind === 'creating' ? {kind: 'none'} : state.overlay,
  });

  const create = async (request: CreateRequest, filled: FormState) => {
    const controller = new AbortController();
    abort = controller;
    const name = request.name ?? '';
    const startedAt = clock.now();
    const creation = {name, step: '', index: 0, total: 0, fraction: 0, startedAt, cancelling: false};
    store.now(state => ({...state, now: startedAt, creation, overlay: {kind: 'creating'}}));
    try {
      const made = await port.create(
        {...request, here: broughtBy(agentOf(filled), env)},
        ({step, index, total, fraction = 0}) =>
          withCreation(now => ({...now, step: clean(step), index, total, fraction})),
        controller.signal,
      );
      await refresh();
      store.now(state => ({...over(state), selected: made.id, scroll: 0}));
      inform(`${made.name} is ready`, 'enter attaches');
    } catch (error) {
      const watched = store.current().overlay.kind === 'creating';
      store.now(over);
      if (controller.signal.aborted || (error instanceof AppError && error.code === 'CANCELLED')) {
        inform(`${name} was not created`, 'Nothing is left over.');
      } else if (watched) {
        // What was filled in is kept: one thing is put right and tried again.
        const big = error instanceof AppError && error.code === 'TOO_BIG';
        const failure = {
          ...noticeOf(error),
          ...(big ? {hint: 'enter copies all of it; .trailsignore leaves files out'} : {}),
        };
        store.now(state => ({...state, overlay: {kind: 'form', form: {...filled, big, failure}}}));
      } else fail(error);
      await refresh();
    } finally {
      abort = undefined;
    }
  };

  const submit = async () => {
    if (submitting || !form()) return;
    submitting = true;
    try {
      const checked = await check();
      // Closed, or written in, while it was checked.
      if (!checked || form()?.fields !== checked.fields) return;
      const bad = Object.keys(checked.problems).length > 0;
      if (bad) return store.now(state => withForm(state, () => refused(checked)));
      const {request} = requestOf(checked, store.current().size);
      background(() => create(request, checked));
    } finally {
      submitting = false;
    }
  };

  const open = () => {
    const {cwd, agents, present} = store.current();
    store.now(state => ({...state, overlay: {kind: 'form', form: newForm(cwd, agents, present)}}));
    background(async () => {
      const [name, known] = await Promise.all([port.suggestName(), port.agents()]);
      store.soon(state => withForm({...state, agents: known}, now => withSuggestedName({...now, agents: known}, name)));
      await check();
    });
  };

  return {
    edit,
    create: () => (store.current().creation ? store.now(state => ({...state, overlay: {kind: 'creating'}})) : open()),
    formNext: () => edit(now => moveInForm(now, 1)),
    formPrevious: () => edit(now => moveInForm(now, -1)),
    formSubmit: () => background(submit),
    formCancel() {
      callOff();
      checks++;
      store.now(state => ({...state, overlay: {kind: 'none'}}));
    },
    creationCancel() {
      abort?.abort(new AppError('CANCELLED', 'The creation was cancelled'));
      withCreation(now => ({...now, cancelling: true}));
    },
    creationHide: () => store.now(state => ({...state, overlay: {kind: 'none'}})),
  };
}

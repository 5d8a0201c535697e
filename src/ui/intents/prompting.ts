import type {Context} from '../context.ts';
import {targetsOf} from '../focus.ts';
import {draftKey, newSheet, type PromptSheet} from '../models/prompt-sheet.ts';
import {clean} from '../models/text.ts';
import {insertText, type TextArea} from '../models/text-area.ts';
import type {State} from '../state.ts';

const withSheet = (state: State, change: (sheet: PromptSheet) => PromptSheet): State =>
  state.overlay.kind === 'prompt' ? {...state, overlay: {kind: 'prompt', sheet: change(state.overlay.sheet)}} : state;

const withDraft = (state: State, key: string, text: string): State => {
  const drafts = new Map(state.drafts);
  if (text.trim() === '') drafts.delete(key);
  else drafts.set(key, text);
  return {...state, drafts};
};

/** Writing to agents without attaching. */
export function prompting({port, store, background, inform, fail}: Context) {
  const open = (): PromptSheet | undefined => {
    const {overlay} = store.current();
    return overlay.kind === 'prompt' ? overlay.sheet : undefined;
  };
  const editPrompt = (change: (area: TextArea) => TextArea) =>
    store.now(state => withSheet(state, sheet => ({...sheet, area: change(sheet.area)})));

  /** Those that refuse it do not hold up the others, and the text is not lost with them. */
  const sendAll = async ({targets, area}: PromptSheet) => {
    const results = await Promise.allSettled(targets.map(({id}) => port.send(id, area.text)));
    const queued: string[] = [];
    const refused: (typeof targets)[number][] = [];
    for (const [index, result] of results.entries()) {
      const target = targets[index]!;
      if (result.status === 'rejected') {
        refused.push(target);
        fail(result.reason);
      } else if (result.value.state === 'queued' && result.value.detail !== '')
        queued.push(`${target.name}: ${clean(result.value.detail)}`);
    }
    if (refused.length > 0) store.soon(state => withDraft(state, draftKey(refused), area.text));
    if (queued.length === 1) inform(`It waits for ${queued[0]}`, 'It is typed as soon as the agent can take it.');
    else if (queued.length > 1)
      inform(`${queued.length} of ${targets.length} wait for their agents`, queued.join(' · '));
  };

  return {
    editPrompt,
    pastePrompt: (text: string) => editPrompt(area => insertText(area, text)),
    prompt() {
      const state = store.current();
      const targets = targetsOf(state)
        .filter(({phase}) => phase !== 'lost')
        .map(({id, name}) => ({id, name}));
      if (targets.length === 0) return;
      const sheet = newSheet(targets, state.drafts.get(draftKey(targets)));
      store.now(now => ({...now, overlay: {kind: 'prompt', sheet}}));
      for (const {id} of targets)
        background(async () => {
          const sent = (await port.prompts(id)).map(one => ({
            ...one,
            text: clean(one.text),
            detail: clean(one.detail),
          }));
          store.soon(now => withSheet(now, shown => ({...shown, sent: new Map([...shown.sent, [id, sent]])})));
        });
    },
    promptNewline: () => editPrompt(area => insertText(area, '\n')),
    promptSend() {
      const sheet = open();
      if (!sheet) return;
      if (sheet.area.text.trim() === '') return inform('There is nothing written to send');
      store.now(state =>
        withDraft({...state, overlay: {kind: 'none'}, marked: new Set()}, draftKey(sheet.targets), ''),
      );
      background(() => sendAll(sheet));
    },
    promptCancel() {
      const sheet = open();
      if (!sheet) return;
      store.now(state => withDraft({...state, overlay: {kind: 'none'}}, draftKey(sheet.targets), sheet.area.text));
    },
  };
}

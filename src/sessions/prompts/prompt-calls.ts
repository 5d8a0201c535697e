import {AppError} from '../../errors.ts';
import {audited, type Context} from '../context.ts';
import type {PromptView, SessionsPort} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {lengthOf, promptText} from './prompt-text.ts';
import type {Prompts} from './prompts.ts';

type PromptCalls = Pick<SessionsPort, 'send' | 'prompts' | 'awaitPrompt' | 'takeBackPrompt'>;

export function promptCalls({
  context,
  prompts,
  find,
  settled,
  until,
}: {
  readonly context: Context;
  readonly prompts: Prompts;
  readonly find: (ref: string) => SessionRecord;
  readonly settled: () => Promise<unknown>;
  readonly until: (signal: AbortSignal) => AbortSignal;
}): PromptCalls {
  const {store, changes, clock} = context;
  const known = ({id: session, name}: SessionRecord, id: string): PromptView => {
    const found = prompts.of(session).find(one => one.id === id);
    if (found) return found;
    throw new AppError('PROMPT_UNKNOWN', `${name} has no prompt "${id.replace(/\p{Cc}/gu, '?').slice(0, 40)}"`);
  };
  return {
    async send(ref, given) {
      const text = promptText(given);
      await settled();
      const record = find(ref);
      const detail = `prompt, ${lengthOf(text)} characters`;
      return audited(context, record, 'send', detail, () => prompts.send(record, text));
    },
    async prompts(ref) {
      await settled();
      return prompts.of(find(ref).id);
    },
    async awaitPrompt(ref, id, {timeoutMs}, signal) {
      await settled();
      const record = find(ref);
      const late = new AbortController();
      const cancel = timeoutMs === undefined ? () => {} : clock.after(timeoutMs, () => late.abort());
      const ends = until(signal);
      try {
        let last = known(record, id);
        for await (const _ of changes.looks(AbortSignal.any([ends, late.signal]))) {
          last = known(record, id);
          if (last.state === 'delivered' || last.state === 'failed') return last;
        }
        ends.throwIfAborted();
        throw new AppError('TIMEOUT', `The prompt for ${record.name} is ${last.state}: ${last.detail}`);
      } finally {
        cancel();
      }
    },
    async takeBackPrompt(ref, id) {
      await settled();
      const record = find(ref);
      const {state} = known(record, id);
      await audited(context, record, 'take back', `prompt ${id}`, async () => {
        if (state === 'sending' || state === 'delivered')
          throw new AppError('PROMPT_UNKNOWN', `That prompt is ${state === 'sending' ? 'on its way' : state} already`);
        store.prompts.remove(id);
        changes.tell();
      });
    },
  };
}

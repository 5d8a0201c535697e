import type {PromptView, SessionsPort, SessionView} from '../../src/sessions/port.ts';
import type {Method} from './fake-port.ts';
import {sampleNow} from './sample-session.ts';

type PromptCalls = Pick<SessionsPort, 'send' | 'prompts' | 'awaitPrompt' | 'takeBackPrompt' | 'seen'>;

export const samplePrompt = (over: Partial<PromptView> = {}): PromptView => ({
  id: 'p1',
  text: 'fix the tests',
  length: 13,
  state: 'queued',
  detail: 'the agent works',
  createdAt: sampleNow - 5000,
  since: sampleNow - 5000,
  ...over,
});

/** Prompts that are written down and never delivered. */
export function fakePrompts(
  called: (method: Method, detail?: string) => void,
  find: (ref: string) => SessionView,
): PromptCalls {
  return {
    async send(ref, text) {
      called('send', `${ref} ${text}`);
      find(ref);
      return samplePrompt({text: text.slice(0, 80), length: text.length});
    },
    async prompts(ref) {
      called('prompts', ref);
      const {last} = find(ref).prompts;
      return last ? [last] : [];
    },
    async awaitPrompt(ref, id) {
      called('awaitPrompt', `${ref} ${id}`);
      return samplePrompt({state: 'delivered', detail: 'the agent said so'});
    },
    async takeBackPrompt(ref, id) {
      called('takeBackPrompt', `${ref} ${id}`);
    },
    async seen(ref) {
      called('seen', ref);
    },
  };
}

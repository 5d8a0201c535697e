import {AppError} from '../../errors.ts';
import type {Context} from '../context.ts';
import type {SessionsPort} from '../port.ts';
import type {SessionRecord} from '../record.ts';

type PromptCalls = Pick<SessionsPort, 'send' | 'prompts' | 'awaitPrompt' | 'takeBackPrompt'>;

const later = () => {
  throw new AppError('UNSUPPORTED', 'Prompts are not there yet');
};

export const promptCalls = (_: {
  readonly context: Context;
  readonly find: (ref: string) => SessionRecord;
}): PromptCalls => ({
  send: async () => later(),
  prompts: async () => [],
  awaitPrompt: async () => later(),
  takeBackPrompt: async () => later(),
});

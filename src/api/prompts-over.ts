import {durationFromMs} from '@bufbuild/protobuf/wkt';
import {systemClock} from '../lib/clock.ts';
import type {SessionsPort} from '../sessions/port.ts';
import {promptView} from './agent-message.ts';
import type {Line} from './line.ts';
import {set} from './set.ts';

type PromptCalls = Pick<SessionsPort, 'send' | 'prompts' | 'awaitPrompt' | 'takeBackPrompt' | 'seen'>;

/** What is said to agents, over the line. */
export const promptsOver = (line: Line): PromptCalls => ({
  send: async (session, text) =>
    promptView(set((await line.call(({sessions}) => sessions.send({session, text}), false)).prompt, 'a prompt')),
  prompts: async session =>
    (await line.call(({sessions}) => sessions.listPrompts({session}), true)).prompts.map(promptView),
  async awaitPrompt(session, prompt, {timeoutMs}, signal) {
    const until = timeoutMs === undefined ? undefined : systemClock.now() + timeoutMs;
    // Should the daemon die, the next one is asked for the rest of the time.
    const rest = () =>
      until === undefined ? {} : {timeout: durationFromMs(Math.max(0, Math.round(until - systemClock.now())))};
    const answer = await line.call(
      ({sessions}) => sessions.awaitPrompt({session, prompt, ...rest()}, {signal}),
      true,
      signal,
    );
    return promptView(set(answer.prompt, 'a prompt'));
  },
  async takeBackPrompt(session, prompt) {
    await line.call(({sessions}) => sessions.takeBackPrompt({session, prompt}), false);
  },
  async seen(session) {
    await line.call(({sessions}) => sessions.markSeen({session}), true);
  },
});

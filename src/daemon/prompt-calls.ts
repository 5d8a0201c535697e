import {durationMs} from '@bufbuild/protobuf/wkt';
import type {ServiceImpl} from '@connectrpc/connect';
import {promptMessage} from '../api/agent-message.ts';
import type {SessionService} from '../api/gen/trails/v1/session_service_pb.js';
import type {Handlers} from './handlers.ts';

type Calls = Pick<
  ServiceImpl<typeof SessionService>,
  'send' | 'listPrompts' | 'awaitPrompt' | 'takeBackPrompt' | 'markSeen'
>;

/** What is said to agents, as the wire has it. */
export const promptCalls = ({call}: Handlers): Calls => ({
  send: call(async (port, {session, text}) => ({prompt: promptMessage(await port.send(session, text))})),
  listPrompts: call(async (port, {session}) => ({prompts: (await port.prompts(session)).map(promptMessage)})),
  awaitPrompt: call(async (port, {session, prompt, timeout}, signal) => {
    const options = timeout ? {timeoutMs: durationMs(timeout)} : {};
    return {prompt: promptMessage(await port.awaitPrompt(session, prompt, options, signal))};
  }),
  takeBackPrompt: call(async (port, {session, prompt}) => {
    await port.takeBackPrompt(session, prompt);
    return {};
  }),
  markSeen: call(async (port, {session}) => {
    await port.seen(session);
    return {};
  }),
});

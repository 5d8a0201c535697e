import type {MessageInitShape} from '@bufbuild/protobuf';
import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {AgentInfo, PromptView, StartOptions} from '../sessions/port.ts';
import {modeWords, promptWords, startWords} from './enums.ts';
import type {Prompt, PromptSchema, StartWay} from './gen/trails/v1/session_pb.js';
import type {ListAgentsResponse_Agent, ListAgentsResponse_AgentSchema} from './gen/trails/v1/session_service_pb.js';
import {momentOf} from './moment.ts';

export const agentMessage = (agent: AgentInfo): MessageInitShape<typeof ListAgentsResponse_AgentSchema> => ({
  ...agent,
  command: [...agent.command],
  modes: agent.modes.map(modeWords.wire),
  variables: [...agent.variables],
  credentials: [...agent.credentials],
});

export const agentInfo = (message: ListAgentsResponse_Agent): AgentInfo => ({
  name: message.name,
  title: message.title,
  command: message.command,
  modes: message.modes.flatMap(mode => modeWords.word(mode, undefined) ?? []),
  resumes: message.resumes,
  variables: message.variables,
  credentials: message.credentials,
  image: message.image,
  builds: message.builds,
  install: message.install,
  from: message.from,
});

export const promptMessage = ({createdAt, ...prompt}: PromptView): MessageInitShape<typeof PromptSchema> => ({
  ...prompt,
  state: promptWords.wire(prompt.state),
  createTime: timestampFromMs(createdAt),
  since: timestampFromMs(prompt.since),
});

export const promptView = (message: Prompt): PromptView => ({
  id: message.id,
  text: message.text,
  length: message.length,
  state: promptWords.word(message.state, 'queued'),
  detail: message.detail,
  createdAt: momentOf(message.createTime),
  since: momentOf(message.since),
});

export const startMessage = ({how = 'again', env = {}, here = {}}: StartOptions) => ({
  how: startWords.wire(how),
  env: {...env},
  here: {...here},
});

export const startOptions = (message: {
  readonly how: StartWay;
  readonly env: Readonly<Record<string, string>>;
  readonly here: Readonly<Record<string, string>>;
}): StartOptions => ({how: startWords.word(message.how, 'again'), env: message.env, here: message.here});

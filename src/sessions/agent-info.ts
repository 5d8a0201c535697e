import {type Agent, modes} from '../agents/agent.ts';
import {imageOf} from '../agents/image.ts';
import type {ImageNames} from '../lib/image-names.ts';
import type {AgentInfo} from './port.ts';

/** Of the asker's environment, for every agent: where its tools are, its time, its editor, its name in commits. */
export const commonVariables = [
  ...['PATH', 'TZ', 'EDITOR', 'VISUAL'],
  ...['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'],
] as const;

/** What clients see of an agent. */
export const agentInfo = (agent: Agent, names?: Partial<ImageNames>): AgentInfo => ({
  name: agent.name,
  title: agent.title,
  command: agent.command,
  modes: modes.filter(mode => agent.modes?.[mode] !== undefined),
  resumes: agent.resume !== undefined,
  variables: [...commonVariables, ...agent.credentials, ...agent.baseUrls],
  credentials: agent.credentials,
  image: imageOf(agent, names),
  builds: agent.reference === undefined,
  install: agent.install,
  from: agent.from ?? '',
});

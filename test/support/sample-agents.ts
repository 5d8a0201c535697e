import type {AgentInfo} from '../../src/sessions/port.ts';

/** Agents as a port tells of them. */
export const sampleAgent = (over: Partial<AgentInfo> = {}): AgentInfo => ({
  name: 'shell',
  title: 'a shell, or any command of yours',
  command: ['bash', '-l'],
  modes: [],
  resumes: false,
  variables: [],
  credentials: [],
  image: 'localhost/trails/base:latest',
  builds: true,
  install: 'it is part of every image',
  from: '',
  ...over,
});

import type {Agent} from '../agent.ts';
import {copilotStatus} from './status/copilot.ts';

export const copilot: Agent = {
  name: 'copilot',
  title: 'GitHub Copilot CLI',
  command: ['copilot'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'copilot',
  install: 'npm install -g @github/copilot',

  status: copilotStatus,
};

import type {Agent} from '../agent.ts';
import {aiderStatus} from './status/aider.ts';

export const aider: Agent = {
  name: 'aider',
  title: 'Aider',
  command: ['aider'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'aider',
  install: 'pipx install aider-chat',

  status: aiderStatus,
};

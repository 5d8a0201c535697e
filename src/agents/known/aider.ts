import type {Agent} from '../agent.ts';
import {noRules} from '../status/rules.ts';

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

  status: noRules,
};

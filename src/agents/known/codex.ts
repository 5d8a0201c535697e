import type {Agent} from '../agent.ts';
import {noRules} from '../status/rules.ts';

export const codex: Agent = {
  name: 'codex',
  title: 'Codex',
  command: ['codex', '--no-daemon'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'codex',
  install: 'npm install -g @openai/codex',

  status: noRules,
};

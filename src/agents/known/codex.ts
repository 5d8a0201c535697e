import type {Agent} from '../agent.ts';
import {codexStatus} from './status/codex.ts';

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

  status: codexStatus,
};

import type {Agent} from '../agent.ts';
import {claudeStatus} from './status/claude.ts';

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  command: ['claude'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',

  status: claudeStatus,
};

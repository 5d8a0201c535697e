import type {Agent} from '../agent.ts';
import {cursorAgentStatus} from './status/cursor-agent.ts';

export const cursorAgent: Agent = {
  name: 'cursor-agent',
  title: 'Cursor Agent',
  command: ['cursor-agent'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'cursor-agent',
  install: 'see https://cursor.com/cli',

  status: cursorAgentStatus,
};

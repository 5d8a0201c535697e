import type {Agent} from '../agent.ts';
import {cursorAgentStatus} from './status/cursor-agent.ts';

export const cursorAgent: Agent = {
  name: 'cursor-agent',
  title: 'Cursor Agent',
  command: ['cursor-agent'],
  args: 'append',
  prompt: ['--', '{prompt}'],
  resume: {last: ['resume'], one: ['--resume', '{id}']},
  modes: {ask: {}, all: {args: ['--force']}},
  home: [
    {path: '.config/cursor'},
    {path: '.cursor', without: ['extensions', '/projects', '/chats', 'logs', '*.log', '*.sock']},
  ],
  credentials: ['CURSOR_API_KEY'],
  baseUrls: [],
  hosts: ['.cursor.sh', 'cursor.com'],
  env: {},
  seeds: [],
  managed: [],
  image: 'cursor-agent',
  install: 'see https://cursor.com/cli',

  status: cursorAgentStatus,
};

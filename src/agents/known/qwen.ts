import type {Agent} from '../agent.ts';
import {qwenStatus} from './status/qwen.ts';

export const qwen: Agent = {
  name: 'qwen',
  title: 'Qwen Code',
  command: ['qwen'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'qwen',
  install: 'npm install -g @qwen-code/qwen-code',

  status: qwenStatus,
};

import type {Agent} from '../agent.ts';
import {opencodeStatus} from './status/opencode.ts';

export const opencode: Agent = {
  name: 'opencode',
  title: 'opencode',
  command: ['opencode'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'opencode',
  install: 'npm install -g opencode-ai',

  status: opencodeStatus,
};

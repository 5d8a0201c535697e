import type {Agent} from '../agent.ts';
import {auggieStatus} from './status/auggie.ts';

export const auggie: Agent = {
  name: 'auggie',
  title: 'Auggie',
  command: ['auggie'],
  args: 'append',
  prompt: ['--', '{prompt}'],
  resume: {last: ['--continue'], one: ['--resume', '{id}']},
  home: [{path: '.augment', without: ['logs', '/sessions', 'cache', '*.log']}],
  credentials: ['AUGMENT_SESSION_AUTH', 'AUGMENT_API_TOKEN'],
  baseUrls: ['AUGMENT_API_URL'],
  hosts: ['.augmentcode.com'],
  env: {AUGMENT_DISABLE_AUTO_UPDATE: '1'},
  seeds: [],
  managed: [],
  image: 'auggie',
  install: 'npm install -g @augmentcode/auggie',

  status: auggieStatus,
};

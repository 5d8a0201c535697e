import type {Agent} from '../agent.ts';
import {auggieStatus} from './status/auggie.ts';

export const auggie: Agent = {
  name: 'auggie',
  title: 'Auggie',
  command: ['auggie'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'auggie',
  install: 'npm install -g @augmentcode/auggie',

  status: auggieStatus,
};

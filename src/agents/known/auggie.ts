import type {Agent} from '../agent.ts';
import {noRules} from '../status/rules.ts';

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

  status: noRules,
};

import type {Agent} from '../agent.ts';
import {crushStatus} from './status/crush.ts';

export const crush: Agent = {
  name: 'crush',
  title: 'Crush',
  command: ['crush'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'crush',
  install: 'npm install -g @charmland/crush',

  status: crushStatus,
};

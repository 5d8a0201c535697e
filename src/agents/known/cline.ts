import type {Agent} from '../agent.ts';
import {clineStatus} from './status/cline.ts';

export const cline: Agent = {
  name: 'cline',
  title: 'Cline',
  command: ['cline'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'cline',
  install: 'npm install -g cline',

  status: clineStatus,
};

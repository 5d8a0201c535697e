import type {Agent} from '../agent.ts';
import {modelHosts, modelKeys, modelPlaces} from './model-variables.ts';
import {clineStatus} from './status/cline.ts';

export const cline: Agent = {
  name: 'cline',
  title: 'Cline',
  command: ['cline'],
  args: 'append',
  prompt: ['--', '{prompt}'],
  resume: {last: ['--continue']},
  home: [{path: '.cline', without: ['logs', 'cache', 'tmp', '*.log', '*.lock', '*.sock']}],
  credentials: ['CLINE_API_KEY', ...modelKeys],
  baseUrls: modelPlaces,
  hosts: ['api.cline.bot', 'app.cline.bot', ...modelHosts],
  env: {CLINE_NO_AUTO_UPDATE: '1'},
  seeds: [],
  managed: [],
  image: 'cline',
  install: 'npm install -g cline',

  status: clineStatus,
};

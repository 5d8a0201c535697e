import type {Agent} from '../agent.ts';
import {modelHosts, modelKeys, modelPlaces} from './model-variables.ts';
import {crushStatus} from './status/crush.ts';

export const crush: Agent = {
  name: 'crush',
  title: 'Crush',
  command: ['crush'],
  args: 'append',
  resume: {last: ['--continue'], one: ['--session', '{id}']},
  modes: {ask: {}, all: {args: ['--yolo']}},
  home: [{path: '.config/crush'}, {path: '.local/share/crush', without: ['logs', '*.log', '*.sock', '*.db*']}],
  credentials: modelKeys,
  baseUrls: modelPlaces,
  hosts: modelHosts,
  env: {CRUSH_DISABLE_PROVIDER_AUTO_UPDATE: '1', CRUSH_DISABLE_METRICS: '1'},
  seeds: [],
  managed: [],
  image: 'crush',
  install: 'npm install -g @charmland/crush',

  status: crushStatus,
};

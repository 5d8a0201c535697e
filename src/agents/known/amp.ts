import type {Agent} from '../agent.ts';
import {ampStatus} from './status/amp.ts';

export const amp: Agent = {
  name: 'amp',
  title: 'Amp',
  command: ['amp'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'amp',
  install: 'npm install -g @sourcegraph/amp',

  status: ampStatus,
};

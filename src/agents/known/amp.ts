import type {Agent} from '../agent.ts';
import {ampStatus} from './status/amp.ts';

export const amp: Agent = {
  name: 'amp',
  title: 'Amp',
  command: ['amp'],
  args: 'append',
  resume: {last: ['threads', 'continue', '--last'], one: ['threads', 'continue', '{id}']},
  modes: {ask: {}, all: {args: ['--dangerously-allow-all']}},
  home: [{path: '.config/amp'}, {path: '.local/share/amp', without: ['logs', '/threads', '*.log']}],
  credentials: ['AMP_API_KEY'],
  baseUrls: ['AMP_URL'],
  hosts: ['ampcode.com', '.ampcode.com'],
  env: {AMP_SKIP_UPDATE_CHECK: '1'},
  seeds: [],
  managed: [],
  image: 'amp',
  install: 'npm install -g @sourcegraph/amp',

  status: ampStatus,
};

import type {Agent} from '../agent.ts';
import {gooseStatus} from './status/goose.ts';

export const goose: Agent = {
  name: 'goose',
  title: 'goose',
  command: ['goose', 'session'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'goose',
  install: 'see https://goose-docs.ai/docs/getting-started/installation',

  status: gooseStatus,
};

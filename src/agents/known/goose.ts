import type {Agent} from '../agent.ts';
import {modelHosts, modelKeys, modelPlaces} from './model-variables.ts';
import {gooseStatus} from './status/goose.ts';

export const goose: Agent = {
  name: 'goose',
  title: 'goose',
  command: ['goose', 'session'],
  args: 'append',
  resume: {last: ['--resume'], one: ['--resume', '--session-id', '{id}']},
  modes: {
    ask: {env: {GOOSE_MODE: 'approve'}},
    all: {env: {GOOSE_MODE: 'auto'}},
  },
  home: [{path: '.config/goose'}, {path: '.local/share/goose', without: ['logs', '/sessions', '*.log']}],
  credentials: modelKeys,
  baseUrls: [...modelPlaces, 'GOOSE_PROVIDER', 'GOOSE_MODEL', 'OPENAI_HOST', 'ANTHROPIC_HOST', 'OLLAMA_HOST'],
  hosts: modelHosts,
  // A keyring is not to be had inside.
  env: {GOOSE_DISABLE_KEYRING: '1'},
  seeds: [],
  managed: [],
  image: 'goose',
  install: 'see https://goose-docs.ai/docs/getting-started/installation',

  status: gooseStatus,
};

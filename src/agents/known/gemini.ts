import type {Agent} from '../agent.ts';
import {geminiStatus} from './status/gemini.ts';

export const gemini: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  command: ['gemini'],
  args: 'append',
  home: [],
  credentials: [],
  baseUrls: [],
  env: {},
  seeds: [],
  managed: [],
  image: 'gemini',
  install: 'npm install -g @google/gemini-cli',

  status: geminiStatus,
};

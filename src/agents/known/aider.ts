import type {Agent} from '../agent.ts';
import {hookCommand} from '../launch/hook-program.ts';
import {modelHosts, modelKeys, modelPlaces} from './model-variables.ts';
import {aiderStatus} from './status/aider.ts';

export const aider: Agent = {
  name: 'aider',
  title: 'Aider',
  command: ['aider'],
  args: 'append',
  resume: {last: ['--restore-chat-history']},
  // It edits as it likes, and asks before it runs a command or takes a file in.
  modes: {edits: {}, all: {args: ['--yes-always']}},
  home: [
    {path: '.aider*', without: ['caches', 'analytics.json', '*.log', '.aider.chat.history*', '.aider.input.history*']},
  ],
  credentials: modelKeys,
  baseUrls: [...modelPlaces, 'AIDER_MODEL', 'AIDER_OPENAI_API_BASE'],
  hosts: modelHosts,
  env: {
    AIDER_CHECK_UPDATE: 'false',
    AIDER_SHOW_RELEASE_NOTES: 'false',
    AIDER_GITIGNORE: 'false',
    AIDER_ANALYTICS: 'false',
    AIDER_NOTIFICATIONS: 'true',
    AIDER_NOTIFICATIONS_COMMAND: `${hookCommand('notification')} </dev/null`,
  },
  seeds: [],
  managed: [],
  image: 'aider',
  install: 'pipx install aider-chat',

  status: aiderStatus,
};

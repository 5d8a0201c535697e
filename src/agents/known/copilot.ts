import type {Agent} from '../agent.ts';
import {copilotHooks} from '../launch/managed.ts';
import {copilotStatus} from './status/copilot.ts';

export const copilot: Agent = {
  name: 'copilot',
  title: 'GitHub Copilot CLI',
  command: ['copilot'],
  args: 'append',
  prompt: ['--interactive={prompt}'],
  resume: {last: ['--continue'], one: ['--resume={id}']},
  modes: {ask: {}, edits: {args: ['--allow-tool=write']}, all: {args: ['--allow-all-tools']}},
  home: [
    {path: '.copilot', without: ['logs', 'pkg', '/session-state', '/history-session-state', 'ide', '*.lock', '*.sock']},
  ],
  credentials: ['COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN', 'COPILOT_PROVIDER_API_KEY'],
  baseUrls: ['COPILOT_PROVIDER_BASE_URL', 'COPILOT_PROVIDER_TYPE', 'COPILOT_MODEL', 'COPILOT_OFFLINE', 'GH_HOST'],
  hosts: ['.githubcopilot.com', 'api.github.com', 'github.com'],
  env: {COPILOT_AUTO_UPDATE: 'false'},
  seeds: [{path: '.copilot/config.json', format: 'json', content: {trusted_folders: ['/workspace']}}],
  managed: [
    copilotHooks('/home/agent/.copilot/hooks/trails.json', [
      ...['sessionStart', 'userPromptSubmitted', 'preToolUse', 'permissionRequest', 'notification', 'postToolUse'],
      ...['agentStop', 'errorOccurred', 'sessionEnd'],
    ]),
  ],
  image: 'copilot',
  install: 'npm install -g @github/copilot',

  status: copilotStatus,
};

import type {Agent} from '../agent.ts';
import {managedJson, opencodePlugin} from '../launch/managed.ts';
import {modelHosts, modelKeys, modelPlaces} from './model-variables.ts';
import {opencodeStatus} from './status/opencode.ts';

export const opencode: Agent = {
  name: 'opencode',
  title: 'opencode',
  command: ['opencode'],
  args: 'append',
  prompt: ['--prompt={prompt}'],
  resume: {last: ['--continue'], one: ['--session', '{id}']},
  modes: {
    ask: {env: {OPENCODE_PERMISSION: '{"edit":"ask","bash":"ask","webfetch":"ask"}'}},
    edits: {env: {OPENCODE_PERMISSION: '{"edit":"allow","bash":"ask","webfetch":"ask"}'}},
    all: {args: ['--auto']},
  },
  home: [
    {path: '.config/opencode', without: ['node_modules']},
    {path: '.local/share/opencode/auth.json'},
    {path: '.local/share/opencode/mcp-auth.json'},
    {path: '.config/opencode/node_modules'},
    {path: '.local/state/opencode', without: ['*.lock', 'locks']},
  ],
  credentials: ['OPENCODE_API_KEY', ...modelKeys],
  baseUrls: modelPlaces,
  hosts: ['models.dev', 'opencode.ai', ...modelHosts],
  env: {OPENCODE_DISABLE_AUTOUPDATE: '1'},
  seeds: [
    // Where one of these is missing it waits a minute for a package that it cannot fetch.
    {path: '.config/opencode/node_modules/.trails', format: 'text', content: ''},
    {
      path: '.config/opencode/package-lock.json',
      format: 'json',
      content: {packages: {'': {dependencies: {'@opencode-ai/plugin': '*'}}}},
    },
  ],
  managed: [
    managedJson('/etc/opencode/opencode.json', {autoupdate: false, plugin: ['file:///run/trails/opencode.js']}),
    opencodePlugin('/run/trails/opencode.js', [
      ...['session.status', 'session.error', 'session.idle'],
      ...['permission.asked', 'permission.replied', 'question.asked', 'question.replied', 'question.rejected'],
    ]),
  ],
  image: 'opencode',
  install: 'npm install -g opencode-ai',

  status: opencodeStatus,
};

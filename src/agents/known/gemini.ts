import type {Agent} from '../agent.ts';
import {hookSettings} from '../launch/managed.ts';
import {geminiKeys} from './brokered.ts';
import {geminiStatus} from './status/gemini.ts';

const events = [
  'SessionStart',
  'BeforeAgent',
  'BeforeTool',
  'Notification',
  'AfterTool',
  'AfterAgent',
  'SessionEnd',
].map(event => ({event}));

export const gemini: Agent = {
  name: 'gemini',
  title: 'Gemini CLI',
  command: ['gemini'],
  args: 'append',
  prompt: ['--prompt-interactive={prompt}'],
  resume: {last: ['--resume', 'latest'], one: ['--resume', '{id}']},
  modes: {
    ask: {args: ['--approval-mode', 'default']},
    edits: {args: ['--approval-mode', 'auto_edit']},
    all: {args: ['--approval-mode', 'yolo']},
  },
  home: [{path: '.gemini', without: ['/tmp', '/history', 'antigravity*', '*.tmp', '*.log', '*.sock']}],
  credentials: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_CLOUD_ACCESS_TOKEN'],
  baseUrls: [
    ...['GOOGLE_GEMINI_BASE_URL', 'GOOGLE_VERTEX_BASE_URL', 'GOOGLE_CLOUD_PROJECT', 'GOOGLE_CLOUD_LOCATION'],
    ...['GOOGLE_GENAI_USE_VERTEXAI', 'GEMINI_MODEL'],
  ],
  broker: geminiKeys,
  hosts: [
    ...['generativelanguage.googleapis.com', 'aiplatform.googleapis.com', 'cloudcode-pa.googleapis.com'],
    ...['accounts.google.com', 'oauth2.googleapis.com', 'www.googleapis.com'],
  ],
  env: {GEMINI_CLI_TRUST_WORKSPACE: 'true'},
  seeds: [
    {
      path: '.gemini/settings.json',
      format: 'json',
      when: 'GEMINI_API_KEY',
      content: {security: {auth: {selectedType: 'gemini-api-key'}}},
    },
    {
      // Settings of the system it takes from root alone, and nobody inside is root: ours stand in the user's.
      path: '.gemini/settings.json',
      format: 'json',
      content: {
        general: {enableAutoUpdate: false, enableAutoUpdateNotification: false},
        security: {folderTrust: {enabled: false}},
        // It writes on its screen which one runs: a name is shorter than a command.
        hooks: hookSettings(events, 'ms', {name: 'trails'}),
      },
    },
  ],
  managed: [],
  image: 'gemini',
  install: 'npm install -g @google/gemini-cli',

  status: geminiStatus,
};

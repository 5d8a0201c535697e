import type {Agent} from '../agent.ts';
import {codexConfig, codexRequirements} from '../launch/managed.ts';
import {openaiKeys} from './brokered.ts';
import {codexStatus} from './status/codex.ts';

export const codex: Agent = {
  name: 'codex',
  title: 'Codex',
  command: ['codex', '--no-daemon'],
  args: 'append',
  prompt: ['--', '{prompt}'],
  resume: {last: ['resume', '--last'], one: ['resume', '{id}']},
  modes: {
    ask: {args: ['--sandbox', 'read-only', '--ask-for-approval', 'on-request']},
    edits: {args: ['--sandbox', 'workspace-write', '--ask-for-approval', 'on-request']},
    all: {args: ['--dangerously-bypass-approvals-and-sandbox']},
  },
  home: [
    {
      path: '.codex',
      without: [
        '/sessions',
        '/history.jsonl',
        '/session_index.jsonl',
        '/archived_sessions',
        'log',
        'logs',
        'tmp',
        'packages',
        'cache',
        '*.sock',
        '*.lock',
        '*.log',
      ],
    },
  ],
  credentials: ['OPENAI_API_KEY', 'CODEX_API_KEY'],
  baseUrls: ['OPENAI_BASE_URL', 'OPENAI_ORGANIZATION', 'OPENAI_PROJECT'],
  broker: openaiKeys,
  hosts: ['api.openai.com', 'chatgpt.com', 'auth.openai.com'],
  env: {},
  seeds: [
    {
      // It offers nothing but a login where it finds a key in a variable, unless a provider says that it is there.
      path: '.codex/config.toml',
      format: 'text',
      when: 'OPENAI_API_KEY',
      unless: '.codex/auth.json',
      content: [
        'model_provider = "key"\n',
        '[model_providers.key]',
        'name = "OpenAI"',
        'base_url = "{value:OPENAI_BASE_URL|https://api.openai.com/v1}"',
        'env_key = "OPENAI_API_KEY"',
        'wire_api = "responses"\n',
      ].join('\n'),
    },
  ],
  managed: [
    codexConfig('/etc/codex/config.toml'),
    codexRequirements('/etc/codex/requirements.toml', [
      ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'PostToolUse', 'Stop'],
      ...['Interrupt', 'SessionEnd'],
    ]),
  ],
  image: 'codex',
  install: 'npm install -g @openai/codex',

  status: codexStatus,
};

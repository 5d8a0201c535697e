import type {Agent} from '../agent.ts';
import {settingsWithHooks} from '../launch/managed.ts';
import {qwenStatus} from './status/qwen.ts';

export const qwen: Agent = {
  name: 'qwen',
  title: 'Qwen Code',
  command: ['qwen'],
  args: 'append',
  prompt: ['--prompt-interactive={prompt}'],
  resume: {last: ['--continue'], one: ['--resume', '{id}']},
  modes: {
    ask: {args: ['--approval-mode', 'default']},
    edits: {args: ['--approval-mode', 'auto-edit']},
    all: {args: ['--approval-mode', 'yolo']},
  },
  home: [
    {path: '.qwen', without: ['tmp', 'projects', 'debug', 'logs', '*.log', '*.sock', '*.lock']},
    {path: '.qwen/projects'},
  ],
  credentials: ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY', 'BAILIAN_CODING_PLAN_API_KEY'],
  baseUrls: ['OPENAI_BASE_URL', 'OPENAI_MODEL', 'QWEN_MODEL'],
  env: {QWEN_CODE_SYSTEM_SETTINGS_PATH: '/run/trails/qwen.json'},
  seeds: [
    {
      path: '.qwen/settings.json',
      format: 'json',
      when: 'OPENAI_API_KEY',
      content: {security: {auth: {selectedType: 'openai'}}},
    },
  ],
  managed: [
    settingsWithHooks(
      '/run/trails/qwen.json',
      [
        {event: 'SessionStart', matcher: 'startup|resume|clear'},
        ...[
          ...['UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'Notification', 'PostToolUse'],
          ...['Stop', 'StopFailure', 'SessionEnd'],
        ].map(event => ({event})),
      ],
      {
        unit: 'ms',
        general: {enableAutoUpdate: false, disableAutoUpdate: true, disableUpdateNag: true},
        security: {folderTrust: {enabled: false}},
      },
    ),
  ],
  image: 'qwen',
  install: 'npm install -g @qwen-code/qwen-code',

  status: qwenStatus,
};

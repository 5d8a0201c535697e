import type {Agent} from '../agent.ts';
import {hookSettings, managedJson} from '../launch/managed.ts';
import {openaiKeys} from './brokered.ts';
import {qwenStatus} from './status/qwen.ts';

const events = [
  // A compaction begins a session, too, in the middle of its work.
  {event: 'SessionStart', matcher: 'startup|resume|clear'},
  ...[
    ...['UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'Notification', 'PostToolUse'],
    ...['Stop', 'StopFailure', 'SessionEnd'],
  ].map(event => ({event})),
];

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
  home: [{path: '.qwen', without: ['/tmp', '/projects', '/debug', 'logs', '*.log', '*.sock', '*.lock']}],
  credentials: ['OPENAI_API_KEY', 'DASHSCOPE_API_KEY', 'BAILIAN_CODING_PLAN_API_KEY'],
  baseUrls: ['OPENAI_BASE_URL', 'OPENAI_MODEL', 'QWEN_MODEL'],
  broker: openaiKeys,
  hosts: [
    ...['api.openai.com', 'dashscope.aliyuncs.com', 'dashscope-intl.aliyuncs.com', '.dashscope.aliyuncs.com'],
    ...['portal.qwen.ai', 'chat.qwen.ai'],
  ],
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
    managedJson('/run/trails/qwen.json', {
      general: {enableAutoUpdate: false, disableAutoUpdate: true, disableUpdateNag: true},
      security: {folderTrust: {enabled: false}},
      hooks: hookSettings(events, 'ms'),
    }),
  ],
  image: 'qwen',
  install: 'npm install -g @qwen-code/qwen-code',

  status: qwenStatus,
};

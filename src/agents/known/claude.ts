import type {Agent} from '../agent.ts';
import {hookSettings, managedJson} from '../launch/managed.ts';
import {anthropicKeys} from './brokered.ts';
import {claudeStatus} from './status/claude.ts';

/** Conversations about other work are none of this session's business. */
const past = ['/projects', '/history.jsonl', '/todos', '/tasks', '/plans', '/transcripts'];

/** Caches, logs, and what belongs to one process. */
const left = [
  ...['cache', 'debug', 'logs', 'telemetry', 'statsig', 'shell-snapshots', 'session-env', 'sessions', 'ide', 'local'],
  ...['file-history', 'paste-cache', 'image-cache', 'backups', 'downloads', 'chrome', '*.lock', '*.log', '*.sock'],
];
const cloudPlaces = [
  ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'ANTHROPIC_VERTEX_PROJECT_ID', 'CLOUD_ML_REGION'],
  ...['AWS_REGION', 'ANTHROPIC_DEFAULT_OPUS_MODEL', 'ANTHROPIC_DEFAULT_SONNET_MODEL', 'ANTHROPIC_DEFAULT_HAIKU_MODEL'],
];

const events = [
  // A compaction begins a session, too, in the middle of its work.
  {event: 'SessionStart', matcher: 'startup|resume|clear'},
  ...[
    ...['UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'Notification', 'PostToolUse'],
    ...['PostToolUseFailure', 'Stop', 'StopFailure', 'SessionEnd'],
  ].map(event => ({event})),
];

export const claude: Agent = {
  name: 'claude',
  title: 'Claude Code',
  command: ['claude'],
  args: 'append',
  prompt: ['--', '{prompt}'],
  resume: {last: ['--continue'], one: ['--resume', '{id}']},
  modes: {
    // Its own default lets a model decide: asking has to be said.
    ask: {args: ['--permission-mode', 'manual']},
    edits: {args: ['--permission-mode', 'acceptEdits']},
    all: {args: ['--dangerously-skip-permissions']},
  },
  home: [{path: '.claude.json'}, {path: '.claude', without: [...past, ...left]}],
  credentials: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN', 'AWS_BEARER_TOKEN_BEDROCK'],
  baseUrls: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_MODEL', 'ANTHROPIC_SMALL_FAST_MODEL', ...cloudPlaces],
  broker: anthropicKeys,
  hosts: ['api.anthropic.com', 'claude.ai', 'platform.claude.com', 'console.anthropic.com'],
  env: {DISABLE_AUTOUPDATER: '1'},
  seeds: [
    {
      path: '.claude.json',
      format: 'json',
      content: {
        hasCompletedOnboarding: true,
        projects: {'/workspace': {hasTrustDialogAccepted: true}},
        customApiKeyResponses: {approved: ['{tail:ANTHROPIC_API_KEY:20}']},
      },
    },
    {path: '.claude/settings.json', format: 'json', content: {skipDangerousModePermissionPrompt: true}},
  ],
  managed: [managedJson('/etc/claude-code/managed-settings.json', {hooks: hookSettings(events, 's')})],
  image: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',

  status: claudeStatus,
};

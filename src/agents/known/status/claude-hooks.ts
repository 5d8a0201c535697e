import type {HookRule} from '../../status/rules.ts';

/** What Claude Code's hooks mean, and those of agents that took them over. `asks`: the tool by which a person is asked something. */
export const claudeHooks = (asks: string): readonly HookRule[] => [
  {event: 'SessionStart', status: 'ready', begins: 'always'},
  {event: 'UserPromptSubmit', status: 'thinking', begins: 'idle'},
  {event: 'PreToolUse', status: 'working'},
  {event: 'PermissionRequest', tool: asks, status: 'waiting', kind: 'question'},
  {event: 'PermissionRequest', status: 'waiting', kind: 'permission'},
  {event: 'Notification', of: 'permission_prompt', status: 'waiting', kind: 'permission', unless: 'waiting'},
  {event: 'PostToolUse', status: 'thinking'},
  {event: 'PostToolUseFailure', status: 'thinking'},
  {event: 'Stop', status: 'ready'},
  {event: 'StopFailure', status: 'error'},
];

import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {explainScreen} from '../../../src/sessions/explain/explain.ts';

// Agents of which nothing is captured: screens put together from the texts and layouts that their sources and shipped programs hold.

const screens: readonly (readonly [agent: string, what: string, expected: string, rows: readonly string[]])[] = [
  ['aider', 'its prompt', 'ready', ['Aider v0.86.1', '', '─'.repeat(40), '> ']],
  ['aider', 'a prompt of another mode', 'ready', ['─'.repeat(40), 'architect multi> add a test']],
  ['aider', 'waiting for its model', 'thinking', ['> add a test', '', '░█        Waiting for openai/gpt-4o']],
  [
    ...(['aider', 'a question', 'waiting permission'] as const),
    ['npm test', '', "Run shell command? (Y)es/(N)o/(D)on't ask again [Yes]: "],
  ],
  ['aider', 'an answered question', 'ready', ['Run shell command? (Y)es/(N)o [Yes]: y', '', '─'.repeat(40), '> ']],
  [
    ...(['aider', 'a retry', 'working retry'] as const),
    [
      'litellm.RateLimitError: too many requests',
      'The API provider has rate limited you.',
      'Retrying in 0.2 seconds...',
    ],
  ],
  ['aider', 'an error', 'error', ['> hi', 'litellm.AuthenticationError: no key', '', '─'.repeat(40), '> ']],
  [
    'crush',
    'its editor',
    'ready',
    ['  Hello.', '', '  > Ready for instructions', '  :::', '  :::', '', ' tab focus chat  ctrl+p commands'],
  ],
  [
    ...(['crush', 'at work', 'working'] as const),
    ['  ~ Bash ls', '', '  > Working...', '  :::', '  :::', '', ' esc cancel  tab focus chat  ctrl+p commands'],
  ],
  [
    ...(['crush', 'a permission', 'waiting permission'] as const),
    [
      ...[
        '  Hello.',
        '╭──────────────────────────────────────────╮',
        '│ Permission Required ╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱╱ │',
        '│                                          │',
      ],
      ...[
        '│ Tool bash                                │',
        '│ Path ~/work                              │',
        '│ rm -rf build                             │',
      ],
      ...[
        '│   Allow    Allow for Session    Deny     │',
        '│ ←/→ choose • enter confirm • esc close   │',
        '╰──────────────────────────────────────────╯',
      ],
      ...['  > Working...', '  :::', '  :::', ' esc cancel'],
    ],
  ],
  ['goose', 'its prompt', 'ready', ['goose is running! Enter your instructions', '', '( O)> ']],
  ['goose', 'at work', 'working', ['( O)> hi', '◐  Pondering the depths… (Ctrl+C to interrupt)']],
  [
    ...(['goose', 'a permission', 'waiting permission'] as const),
    [
      ...['─── shell | developer ───', 'command: ls', '', '◆  Goose would like to call the above tool, do you allow?'],
      ...['│  ● Allow (Allow the tool call once)', '│  ○ Always Allow', '│  ○ Deny', '└'],
    ],
  ],
  [
    'goose',
    'an answered permission',
    'ready',
    ['◇  Goose would like to call the above tool, do you allow?', '│  Allow', '│', 'Done.', '', '( O)> '],
  ],
  [
    'cursor-agent',
    'its input box',
    'ready',
    [' ┌──────────┐', ' │ → Plan, search, build anything │', ' └──────────┘', ' / commands · @ files'],
  ],
  [
    ...(['cursor-agent', 'at work', 'working'] as const),
    [' ⬢ Generating… 3s', ' ┌──────────┐', ' │ → Add a follow-up        ctrl+c to stop │', ' └──────────┘'],
  ],
  [
    ...(['cursor-agent', 'a permission', 'waiting permission'] as const),
    [
      ' $ rm -rf build',
      '',
      ' Run this command?',
      ' Not in allowlist: rm',
      '  → Run (once) (y)',
      '    Add to allowlist? (tab)',
      '    Skip (esc or n)',
    ],
  ],
  ['cline', 'at work', 'thinking', [' ⠋ Thinking... (esc to cancel)', ' ╭────────╮', ' │ > │', ' ╰────────╯']],
  [
    'cline',
    'a permission',
    'waiting permission',
    [' Approve tool call?', ' ❯ Approve', '   Reject', ' Enter to select, Esc to cancel'],
  ],
  ['cline', 'a question', 'waiting question', [' Cline is asking a question', ' Which database?', ' 1. SQLite']],
];

test.each(screens)('%s: %s is %s', async (agent, _, expected, rows) => {
  const size = {columns: 80, rows: 24};
  const told = await explainScreen(builtIn.named(agent).status, {text: rows.join('\n'), title: '', size});
  expect([told.status, ...(told.kind ? [told.kind] : [])].join(' ')).toBe(expected);
});

import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {explainScreen} from '../../../src/sessions/explain/explain.ts';

// What the agent says, or a file it shows, may hold every word and mark of a dialog: only where and how it is drawn counts.

const dialogs = [
  'Do you want to proceed?',
  '❯ 1. Yes',
  '  2. No, and tell Claude what to do differently (esc)',
  '',
  'Esc to cancel · Tab to amend',
  'Would you like to run the following command?',
  '› 1. Yes, proceed (y)',
  'Press enter to confirm or esc to cancel',
  '△ Permission required',
  'Allow once   Allow always   Reject',
  "Allow execution of: 'touch'?",
  '● 1. Allow once',
  '  3. No, suggest changes (esc)',
  '✻ 401 broken · retrying in 3s · attempt 4/10',
  '✽ Thinking… (3s · esc to interrupt)',
  '• Working (3s • esc to interrupt)',
  '⠏ Thinking... (esc to cancel, 3s)',
  '■ an error',
  '● API Error: 500',
  '✕ [API Error: 500]',
  'Do you trust the files in this folder?',
  'Waiting for user confirmation...',
  'esc interrupt',
  'Sign in with ChatGPT',
  'Enter to confirm · Esc to cancel',
];

interface Look {
  readonly agent: string;
  /** What it says, as it draws that. */
  readonly said: (lines: readonly string[]) => readonly string[];
  /** Its input box and footer, with this typed into it. */
  readonly box: (typed: string, columns: number) => readonly string[];
}

const looks: readonly Look[] = [
  {
    agent: 'claude',
    said: lines => [
      `● ${lines[0]}`,
      ...lines.slice(1).map(line => `  ${line}`),
      '',
      '✻ Baked for 3s · done 1:22 AM',
      '',
    ],
    box: (typed, columns) => ['─'.repeat(columns), `❯ ${typed}`, '─'.repeat(columns), '  ⏸ manual mode on'],
  },
  {
    agent: 'codex',
    said: lines => [`• ${lines[0]}`, ...lines.slice(1).map(line => `  ${line}`), '', '  Worked for 3s • 01:38', '', ''],
    box: typed => [`› ${typed}`, '', '  stub-model default · /workspace', '  ← for agents · ? for shortcuts'],
  },
  {
    agent: 'gemini',
    said: lines => [`✦ ${lines[0]}`, ...lines.slice(1).map(line => `  ${line}`), '', ''],
    box: (typed, columns) => [
      ...[`${' '.repeat(columns - 16)}? for shortcuts`, '─'.repeat(columns), ' Shift+Tab to accept edits'],
      ...[
        '▄'.repeat(columns),
        ` >   ${typed}`,
        '▀'.repeat(columns),
        ' workspace   sandbox   /model',
        ' /workspace   no sandbox',
      ],
    ],
  },
  {
    agent: 'opencode',
    said: lines => [...lines.map(line => `     ${line}`), '', '     ▣  Build · Stub · 3.1s', ''],
    box: (typed, columns) => [
      ...['  ┃', `  ┃  ${typed}`, '  ┃', '  ┃  Build · Stub Stub', `  ╹${'▀'.repeat(columns - 4)}`],
      '   /workspace                       15  ctrl+p commands',
    ],
  },
  {
    agent: 'qwen',
    said: lines => [`  ◆ ${lines[0]}`, ...lines.slice(1).map(line => `    ${line}`), ''],
    box: (typed, columns) => [
      ...[
        '─'.repeat(columns),
        `>   ${typed}`,
        '─'.repeat(columns),
        '  ➜ workspace · stub',
        '  plan mode (shift + tab to cycle)',
      ],
    ],
  },
  {
    agent: 'copilot',
    said: lines => [`● ${lines[0]}`, ...lines.slice(1).map(line => `  ${line}`), '', ''],
    box: (typed, columns) => [
      ...[' /workspace', '─'.repeat(columns), `❯ ${typed}`, '─'.repeat(columns)],
      ' ← open sidebar · / commands · ? help     stub-model',
    ],
  },
];

const sizes = [
  {columns: 60, rows: 20},
  {columns: 80, rows: 24},
  {columns: 200, rows: 60},
];
const cases = looks.flatMap(look =>
  sizes.map(size => ({...look, size, name: `${look.agent} ${size.columns}x${size.rows}`})),
);

const statusOf = async (agent: string, rows: readonly string[], size: (typeof sizes)[number]) =>
  explainScreen(builtIn.named(agent).status, {text: rows.slice(-size.rows).join('\n'), title: '', size});

test.each(cases)('$name: an answer that quotes dialogs is an answer', async ({agent, said, box, size}) => {
  for (let from = 0; from < dialogs.length; from++) {
    const quoted = [...dialogs.slice(from), ...dialogs.slice(0, from)];
    const rows = [...said(quoted), ...box('', size.columns)];
    expect([quoted.at(-1), (await statusOf(agent, rows, size)).status]).toEqual([quoted.at(-1), 'ready']);
  }
});

test.each(cases)('$name: what a person types is no dialog', async ({agent, said, box, size}) => {
  for (const typed of dialogs) {
    const rows = [...said(['Hello.']), ...box(typed, size.columns)];
    expect([typed, (await statusOf(agent, rows, size)).status]).toEqual([typed, 'ready']);
  }
});

const errors: Readonly<Record<string, readonly string[]>> = {
  claude: ['❯ now', '', '● API Error: 500 broken', '', '❯ again', ''],
  codex: ['› now', '', '■ unexpected status 500', '', '', '› again', ''],
  gemini: ['✕ [API Error: 500]', '▄'.repeat(60), ' > again', '▀'.repeat(60)],
  qwen: ['  > now', '  ✕ [API Error: 500]', '', '  > again'],
  copilot: ['❯ now', '✗ Authentication failed', '', '❯ again', ''],
};

test.each(cases.filter(({agent}) => errors[agent]))('$name: an old error above a new answer is over', async one => {
  const {agent, said, box, size} = one;
  const before = errors[agent] ?? [];
  const over = [...before, ...said(['All done.']), ...box('', size.columns)];
  expect((await statusOf(agent, over, size)).status).toBe('ready');
  const now = [...before.slice(0, -2), '', ...box('', size.columns)];
  if (agent !== 'gemini') expect((await statusOf(agent, now, size)).status).toBe('error');
});

test.each(looks)('$agent: an empty screen, or one of rubbish, tells nothing', async ({agent}) => {
  const size = {columns: 80, rows: 24};
  expect((await statusOf(agent, [], size)).status).toBe('unknown');
  expect((await statusOf(agent, dialogs.map(line => `| ${line} |`).slice(0, 9), size)).status).not.toBe('working');
});

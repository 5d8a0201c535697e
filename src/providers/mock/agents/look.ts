import type {LivePart} from './live-screen.ts';
import {blue, bold, cutTo, cyan, dim, green, magenta, red, yellow} from './style.ts';

/** What the agent tells of itself by title and, where it does, by OSC 7501. */
export type Mood = 'ready' | 'busy' | 'waiting';

/** How one kind of agent looks on its terminal, in the words by which people and rules know it. */
export interface Look {
  /** As it names itself in OSC 7501; undefined: it does not report. */
  readonly app: string | undefined;
  title(mood: Mood, frame: number): string;
  readonly banner: readonly string[];
  asked(prompt: string): readonly string[];
  said(text: string): readonly string[];
  /** A tool that has ended, with what it printed. */
  used(call: string, result: readonly string[]): readonly string[];
  /** A tool under way. */
  uses(call: string): readonly string[];
  thinks(verb: string, frame: number, seconds: number): readonly string[];
  retries(error: string, seconds: number, attempt: number): readonly string[];
  /** In place of the input box. */
  asks(command: string, why: string): readonly string[];
  answered(command: string, allowed: boolean): readonly string[];
  failed(error: string): readonly string[];
  readonly interrupted: readonly string[];
  finished(verb: string, seconds: number): readonly string[];
  /** Where a prompt is written. */
  input(text: string, columns: number, busy: boolean): LivePart;
}

const turning = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const turned = (frame: number): string => turning[frame % turning.length] ?? '⠋';
const rule = (columns: number): string => dim('─'.repeat(columns));
const length = (text: string): number => [...text].length;
/** The end of a long text: that is where it is being written. */
const tail = (text: string, columns: number): string =>
  [...text.replaceAll('\n', '↵')].slice(-Math.max(1, columns)).join('');

const results = (first: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `  ${index === 0 ? dim(first) : ' '.repeat(length(first))}  ${line}`);

const claude: Look = {
  app: 'claude-code',
  title: (mood, frame) => `${mood === 'busy' ? ['◐', '◑'][frame % 2] : '✳'} Claude Code`,
  banner: [
    ` ${yellow('▐▛███▛█')}   ${bold('Claude Code')} ${dim('· scripted, of the mock provider')}`,
    `${yellow('▝▜██████▀')}  ${dim('no model is asked')}`,
    ` ${yellow('▝▝   ▝▝')}   ${dim('/workspace')}`,
    '',
  ],
  asked: prompt => [`${dim('❯')} ${prompt}`, ''],
  said: text => [`● ${text}`, ''],
  used: (call, result) => [`${green('●')} ${call}`, ...results('⎿', result), ''],
  uses: call => [`${dim('●')} ${call}`, `  ${dim('⎿  Running…')}`, ''],
  thinks: (verb, frame, seconds) => [
    `${yellow(`${['✶', '✻', '✽', '✻'][frame % 4]} ${verb}…`)} ${dim(`(${seconds}s · ↓ ${12 + seconds * 31} tokens)`)}`,
    '',
  ],
  retries: (error, seconds, attempt) => [`${red('✻')} ${error} · retrying in ${seconds}s · attempt ${attempt}/10`, ''],
  asks: (command, why) => [
    `${green('●')} Bash(${command})`,
    `  ${dim('⎿  Waiting…')}`,
    '',
    ` ${bold('Bash command')}`,
    ` ${dim(why)}`,
    '',
    `   ${command}`,
    '',
    ' Do you want to proceed?',
    ` ${cyan('❯ 1. Yes')}`,
    '   2. Yes, and always allow this',
    '   3. No',
    '',
    ` ${dim('Esc to cancel · Tab to amend')}`,
  ],
  answered: (command, allowed) =>
    allowed ? [] : [`${red('●')} Bash(${command})`, `  ${dim('⎿')}  ${red('User rejected the command')}`, ''],
  failed: error => [`${red('●')} ${red(`API Error: ${error}`)}`, ''],
  interrupted: [`  ${dim('⎿')}  ${yellow('Interrupted · What should Claude do instead?')}`, ''],
  finished: (verb, seconds) => [dim(`✻ ${verb} for ${seconds}s · done`), ''],
  input(text, columns, busy) {
    const shown = tail(text, columns - 3);
    const state = busy ? 'manual mode on · esc to interrupt' : 'manual mode on';
    return {
      lines: [rule(columns), `❯ ${shown}`, rule(columns), `  ${magenta('⏸')} ${dim(state)}`],
      cursor: {row: 1, column: 2 + length(shown)},
    };
  },
};

const codex: Look = {
  app: 'codex',
  title: (mood, frame) =>
    mood === 'busy'
      ? `${turned(frame)} workspace`
      : mood === 'waiting'
        ? '[ ! ] Action Required | workspace'
        : 'workspace',
  banner: [
    '',
    `  ${cyan('>_')} ${bold('OpenAI Codex')} ${dim('(scripted, of the mock provider; no model is asked)')}`,
    `     ${dim('/workspace')}`,
    '',
  ],
  asked: prompt => [`${bold('›')} ${prompt}`, ''],
  said: text => [`• ${text}`, ''],
  used: (call, result) => [`${green('•')} Ran ${call}`, ...results('└', result), ''],
  uses: call => [`• Running ${call}`, ''],
  thinks: (_verb, _frame, seconds) => [`• ${bold('Working')} ${dim(`(${seconds}s • esc to interrupt)`)}`, ''],
  retries: (error, seconds, attempt) => [
    `• ${bold('Working')} ${dim(`(${seconds}s • esc to interrupt)`)}`,
    `  └ ${error} ${attempt}/5`,
    '',
  ],
  asks: (command, why) => [
    '  Would you like to run the following command?',
    '',
    `  Reason: ${why}`,
    '',
    `  ${cyan('$')} ${command}`,
    '',
    cyan('› 1. Yes, proceed (y)'),
    "  2. Yes, and don't ask again for this command (p)",
    '  3. No, and tell Codex what to do differently (esc)',
    '',
    `  ${dim('Press enter to confirm or esc to cancel')}`,
  ],
  answered: (command, allowed) =>
    allowed
      ? [`${green('✔')} You approved codex to run ${command} this time`, '']
      : [`${red('✗')} You canceled the request to run ${command}`, ''],
  failed: error => [red(`■ ${error}`), ''],
  interrupted: [red('■ Conversation interrupted - tell the model what to do differently'), ''],
  finished: (_verb, seconds) => [dim(`  Worked for ${seconds}s`), ''],
  input(text, columns) {
    const shown = tail(text, columns - 3);
    return {
      lines: [
        `${bold('›')} ${shown === '' ? dim('Ask Codex to do anything') : shown}`,
        '',
        `  ${dim('scripted default · /workspace')}`,
      ],
      cursor: {row: 0, column: 2 + length(shown)},
    };
  },
};

const titles: Readonly<Record<Mood, string>> = {
  ready: '◇  Ready (workspace)',
  busy: '✦  Working… (workspace)',
  waiting: '✋  Action Required (workspace)',
};

const boxed = (lines: readonly string[], width: number): readonly string[] => {
  const plain = (line: string) => length(line.replace(/\x1b\[[\d;]*m/g, ''));
  return [
    dim(`╭${'─'.repeat(width)}╮`),
    ...lines.map(
      line => `${dim('│')} ${cutTo(line, width - 2)}${' '.repeat(Math.max(0, width - 2 - plain(line)))} ${dim('│')}`,
    ),
    dim(`╰${'─'.repeat(width)}╯`),
  ];
};

/** Tells nothing by OSC 7501: its title is what there is. */
const gemini: Look = {
  app: undefined,
  title: mood => titles[mood],
  banner: [
    ` ${blue('▝▜▄')}     ${bold('Gemini CLI')} ${dim('(scripted, of the mock provider)')}`,
    `   ${magenta('▝▜▄')}`,
    `  ${magenta('▗▟▀')}    ${dim('no model is asked')}`,
    ` ${blue('▝▀')}`,
    '',
  ],
  asked: prompt => [`${dim(' >')} ${prompt}`, ''],
  said: text => [`${magenta('✦')} ${text}`, ''],
  used: (call, result) => [...boxed([`${green('✓')}  ${call}`, '', ...result], 64), ''],
  uses: call => [...boxed([`⊷  ${call}`, ''], 64), ''],
  thinks: (_verb, frame, seconds) => [` ${magenta(turned(frame))} Thinking... ${dim(`(esc to cancel, ${seconds}s)`)}`],
  retries: (error, _seconds, attempt) => [` ${magenta('⠼')} ${error} ${dim(`(attempt ${attempt})`)}`],
  asks: (command, why) =>
    boxed(
      [
        `${yellow('?')}  Shell  ${command}`,
        dim(why),
        '',
        'Allow execution of [Shell]?',
        '',
        `${green('●')} 1. Allow once`,
        '  2. Allow for this session',
        '  3. No, suggest changes (esc)',
      ],
      64,
    ),
  answered: (command, allowed) => (allowed ? [] : [`${yellow('ℹ')} ${command}: not allowed`, '']),
  failed: error => [red(`✕ [API Error: ${error}]`), ''],
  interrupted: [yellow('ℹ Request cancelled.'), ''],
  finished: () => [],
  input(text, columns) {
    const shown = tail(text, columns - 5);
    return {
      lines: [
        dim('▄'.repeat(columns)),
        ` >   ${shown === '' ? dim('Type your message or @path/to/file') : shown}`,
        dim('▀'.repeat(columns)),
        dim(' /workspace                    no sandbox'),
      ],
      cursor: {row: 1, column: 5 + length(shown)},
    };
  },
};

/** By the command that starts them. */
export const looks: Readonly<Record<string, Look>> = {claude, codex, gemini};

import type {StatusRules} from '../../status/rules.ts';
import {claudeHooks} from './claude-hooks.ts';

/** Its input box and footer, to the end of the screen. */
const box = String.raw`─{8,}[^\n]*\n[>*!](?: [^\n]*)?\n(?:(?: [^\n]*)?\n)*─{2}[^\n]*(?:\n [^\n]*){0,6}$(?!\n)`;
const inputBox = new RegExp(`^${box}`, 'm');
const spinner = '^ {1,3}[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ?\\S';
/** From the line above the input box down to its end. */
const toBox = String.raw`[^\n]*\n(?:(?! {1,3}[◆✕●>✓x?⊷] )[^\n]*\n)*?${box}`;
const option = /^ *[›●] \d+\. \S/m;

export const qwenStatus: StatusRules = {
  screen: [
    {
      id: 'its farewell',
      ...{status: 'exited', always: true, rows: 40},
      says: [
        /(?:To (?:resume|continue) this session,? (?:run:? )?qwen (?:--resume|-r) \S+|Agent powering down\. Goodbye!)$|Goodbye! Interaction Summary/,
      ],
      none: [inputBox],
    },
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 30},
      all: [option],
      says: [/Do you trust (?:the files in )?this (?:folder|workspace)\?/],
      none: [inputBox],
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:Connect a Provider|Get started|Select Authentication Method|How would you like to authenticate|Enter your API key|Waiting for (?:Qwen OAuth )?authentication)/i,
      ],
      none: [inputBox],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      all: [option],
      says: [
        /Allow execution of\b|Apply this change\?|Do you want to proceed\?|Would you like to proceed\?|Allow \S+ to\b/,
        /\b\d\. No\b/,
      ],
      none: [inputBox],
      detail: /^ {1,3}\? +([^\n]+?)(?: ←)?$/m,
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question', rows: 30},
      all: [/^ *(?:│ *)?[›●❯] \d+\. \S/m],
      none: [inputBox],
    },
    {
      id: 'it waits for an answer',
      ...{status: 'waiting', kind: 'permission'},
      says: [/Waiting for user confirmation\.\.\.$/],
      none: [inputBox],
    },
    {
      id: 'a failed call is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [
        new RegExp(
          String.raw`^ *(?:[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏↻⏳] ?|✕ )[^\n]*\b(?:[Rr]etrying|attempt \d+\/\d+)[^\n]*\n(?:(?! {1,3}[◆✕●>✓] )[^\n]*\n)*?(?:[^\n]*esc to cancel[^\n]*\n)?${box}`,
          'm',
        ),
      ],
      detail: /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏↻⏳✕] ([^()\n]+)/,
    },
    {
      id: 'spinner and no answer to the prompt yet',
      status: 'thinking',
      all: [new RegExp(String.raw`^ {1,3}> [^\n]*\n(?: {4}[^\n]*\n)*\n?${spinner.slice(1)}${toBox}`, 'm')],
      rows: 30,
    },
    {id: 'spinner', status: 'working', all: [new RegExp(`${spinner}${toBox}`, 'm')], rows: 30},
    {
      id: 'its last words are an error',
      status: 'error',
      all: [new RegExp(String.raw`^ {0,3}✕ [^\n]*\n(?:(?! {1,3}[◆●>✓x?⊷] )[^\n]*\n)*?${box}`, 'm')],
      rows: 30,
      detail: /[\s\S]*^ {0,3}✕ ([^\n]+(?:\n {4,}\S[^\n]*)*)/m,
    },
    {id: 'input box', status: 'ready', all: [inputBox]},
    {id: 'its banner and no input box yet', status: 'starting', all: [/>_ Qwen Code \(v\d/], rows: 40},
  ],
  titles: [
    {id: 'a spinner', status: 'working', title: /^[◐◓◑◒]\ufe0e? /},
    {id: '✳', status: 'waiting', title: /^✳/},
  ],
  hooks: claudeHooks('ask_user_question'),
};

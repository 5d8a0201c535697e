import type {StatusRules} from '../../status/rules.ts';

/** Its input box: between two lines, with one row of footer behind it. */
const box = String.raw`─{8,}[^\n]*\n❯(?: [^\n]*)?\n(?: [^\n]*\n)*─{8,}[^\n]*\n`;
const inputBox = new RegExp(`^${box}`, 'm');
/** "◉ Working", at the beginning of the footer: its mark pulses. */
const working = String.raw`${box} [◉◎○●◌◍•∙⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] (?:Working|Thinking|Cancelling|\w+ing)\b[^\n]*(?:\n [^\n]*)?$(?!\n)`;
/** Something else than the scrollbar ends the row. */
const row = String.raw`[^\n]*\n`;
const option = /^ ?[│┃|] +❯ \d+\. \S/m;
const frameEnd = /^ ?╰─{8,}╯?$(?!\n)/m;

export const copilotStatus: StatusRules = {
  screen: [
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 30},
      all: [option, frameEnd],
      says: [/Confirm folder trust|Do you trust the files in this folder\?/],
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:What account do you want to log into\?|Waiting for authorization|Enter one-time code|Please use \/login|Not logged in)[^❯]{0,200}$/,
      ],
      none: [inputBox],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      all: [option, frameEnd],
      says: [/Do you want to (?!switch)\w+\b|Allow \S+ to\b|Switch to auto mode\?/, /\b1\. Yes\b/],
      detail: /[\s\S]*\b(Do you want to [^?]{1,160}\?)/,
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question', rows: 30},
      all: [/^ ?[│┃|] +❯ (?:\d+\. )?\S/m, frameEnd],
      says: [/(?:to navigate|enter to (?:select|submit|confirm)|esc to cancel)/i],
    },
    {
      id: 'a failed call is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [new RegExp(String.raw`^ ?● [^\n]*\bRetrying\.\.\.[^\n]*\n(?:(?! ?[●❯✗$✓] )${row})*?${working}`, 'm')],
      rows: 30,
      detail: /[\s\S]*● ([^\n]*?)\.? Retrying\.\.\./,
    },
    {
      id: 'Working in its footer, and no answer to the prompt yet',
      status: 'thinking',
      all: [new RegExp(`^ ?❯ (?:(?! ?[●✗$✓✔○] )${row})*?${working}`, 'm')],
      rows: 30,
    },
    {id: 'Working in its footer', status: 'working', all: [new RegExp(`^${working}`, 'm')], rows: 30},
    {
      id: 'its last words are an error',
      status: 'error',
      all: [new RegExp(String.raw`^ ?✗ [^\n]*\n(?:(?! ?[●❯$✓] )${row})*?${box}`, 'm')],
      rows: 30,
      detail: /[\s\S]*^ ?✗ ([^\n]+(?:\n {2,}\S[^\n]*)*)/m,
    },
    {id: 'input box', status: 'ready', all: [inputBox]},
    {id: 'its tabs and no input box yet', status: 'starting', all: [/^ \[Current\] +Sessions\b/m], rows: 40},
  ],
  titles: [],
  hooks: [
    {event: 'sessionStart', status: 'ready', begins: 'always'},
    {event: 'userPromptSubmitted', status: 'thinking', begins: 'idle'},
    {event: 'preToolUse', status: 'working'},
    {event: 'permissionRequest', tool: 'ask_user', status: 'waiting', kind: 'question'},
    {event: 'permissionRequest', status: 'waiting', kind: 'permission'},
    {event: 'notification', of: 'permission_prompt', status: 'waiting', kind: 'permission', unless: 'waiting'},
    {event: 'postToolUse', status: 'thinking'},
    {event: 'errorOccurred', status: 'error'},
    {event: 'agentStop', status: 'ready', unless: 'error'},
  ],
};

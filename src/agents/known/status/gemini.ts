import type {StatusRules} from '../../status/rules.ts';

/** Its input box and footer, to the end of the screen. */
const box = String.raw`▄{8,}\n ?[>*!](?: [^\n]*)?\n(?:(?: [^\n]*)?\n)*▀{8,}(?:\n(?: [^\n]*)?){0,6}$(?!\n)`;
const inputBox = new RegExp(`^${box}`, 'm');
/** "⠏ Thinking... (esc to cancel, 3s)", in whatever words, in the line above the input box. */
const spinner = '^ ?[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ';
const toBox = String.raw`[^\n]*\n(?:(?![✦✕ℹ╭▄])[^\n]*\n)*${box}`;
const option = /^ ?[│┃|] +● \d+\. \S/m;
/** The end of a dialog: the last thing on the screen is its frame. */
const frameEnd = /^ ?╰─{8,}╯?$(?!\n)/m;

export const geminiStatus: StatusRules = {
  screen: [
    {
      id: 'its farewell',
      ...{status: 'exited', always: true, rows: 40},
      says: [
        /Agent powering down\. Goodbye!$|Goodbye! Interaction Summary|To resume this session: gemini --resume \S+$/,
      ],
      none: [inputBox],
    },
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 30},
      all: [option, frameEnd],
      says: [/Do you (?:trust the files in this folder|want to trust this (?:folder|workspace))/],
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:How would you like to authenticate for this project\?|Enter Gemini API Key|Waiting for (?:authentication|verification)\.\.\.|Paste your API key here)/,
      ],
      none: [inputBox],
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question', rows: 30},
      says: [/Enter to (?:select|submit|continue) · .{0,120}Esc to cancel$/],
      none: [inputBox],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      all: [option],
      says: [/Allow execution of|Apply this change\?|Do you want to proceed\?|Allow \S+ to\b/, /\b\d\. No\b/],
      none: [inputBox],
      detail: /^ ?[│┃|] \? +([^\n│┃]+)/m,
    },
    {
      id: 'list to choose from',
      ...{status: 'waiting', kind: 'question', rows: 30},
      all: [/^ ?[│┃|] +● (?:\d+\. )?\S/m],
      none: [inputBox],
    },
    {
      id: 'a failed call is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [new RegExp(String.raw`${spinner}[^\n]*\b[Aa]ttempt \d+\/\d+\b${toBox}`, 'm')],
      detail: /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ([^()\n]+) \(esc to cancel/,
    },
    {
      id: 'spinner and no answer to the prompt yet',
      status: 'thinking',
      all: [new RegExp(String.raw`^▄{8,}\n > [^\n]*\n(?: [^\n]*\n)*▀{8,}\n(?:\s*\n)*${spinner.slice(1)}${toBox}`, 'm')],
      rows: 30,
    },
    {id: 'spinner', status: 'working', all: [new RegExp(`${spinner}${toBox}`, 'm')], rows: 30},
    {
      id: 'its last words are an error',
      status: 'error',
      all: [
        new RegExp(
          String.raw`^✕ [^\n]*\n(?:(?![✦╭]|▄{8,}\n ?> [^\n]*\n(?: [^\n]*\n)*▀{8,}\n\n?\S)[^\n]*\n)*?${box}`,
          'm',
        ),
      ],
      rows: 30,
      detail: /[\s\S]*^✕ ([^\n]+(?:\n {2}\S[^\n]*)*)/m,
    },
    {id: 'input box', status: 'ready', all: [inputBox]},
    {id: 'its banner and no input box yet', status: 'starting', all: [/Gemini CLI v\d/], rows: 40},
  ],
  titles: [
    {id: 'Working', status: 'working', title: /^[✦⏲]/},
    {id: 'Action Required', status: 'waiting', title: /^✋/},
    {id: 'Ready', status: 'ready', title: /^◇/, weak: true},
  ],
  hooks: [
    {event: 'SessionStart', begins: 'always'},
    {event: 'BeforeAgent', status: 'thinking', begins: 'idle'},
    {event: 'BeforeTool', status: 'working'},
    {event: 'Notification', of: 'ToolPermission', tool: 'ask_user', status: 'waiting', kind: 'question'},
    {event: 'Notification', of: 'ToolPermission', status: 'waiting', kind: 'permission'},
    {event: 'AfterTool', status: 'thinking'},
    {event: 'AfterAgent', status: 'ready'},
  ],
};

import type {StatusRules} from '../../status/rules.ts';

/** Its input box and footer: behind them nothing begins in the first column. */
const toEnd = String.raw`(?:\n(?: [^\n]*)?)*$(?!\n)`;
const prompt = String.raw`^›(?: [^\n]*)?${toEnd}`;
const inputBoxWithFooter = new RegExp(prompt, 'm');
const option = /^› \d+\. \S/m;
/** "• Working (4s • esc to interrupt)", in whatever words, above the input box. */
const status = String.raw`^[•◦⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] [^\n]*\(\d[\dhms ]* • esc to interrupt\)`;
/** What belongs to one part of the conversation is indented. */
const rest = String.raw`[^\n]*\n(?:(?: [^\n]*)?\n)*`;
const menuEnd =
  /(?:[Pp]ress enter to \w+[^.]{0,60}|enter (?:continue|select|confirm|to \w+)[^.]{0,80}|esc (?:back|cancel|to (?:cancel|go back|skip|close)))$/;

export const codexStatus: StatusRules = {
  screen: [
    {
      id: 'its farewell',
      ...{status: 'exited', always: true},
      says: [/To continue this session, run: codex resume \S+$/],
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:Sign in with ChatGPT|Finish signing in via your browser|Paste or type your API key|Enter this one-time code)/,
        /(?:[Pp]ress enter to (?:continue|save)|[Pp]ress esc to (?:cancel|go back))[^.]{0,40}$/,
      ],
      none: [inputBoxWithFooter],
    },
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 30},
      all: [option],
      says: [/(?:Trust this folder\?|Do you trust the contents of this directory\?|hooks? needs? review)/i, menuEnd],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      all: [option],
      says: [
        /(?:Would you like to (?:run|make|grant|send)\b|Allow \S+ to\b|needs your approval)/,
        /\b1\. Yes\b/,
        /Press enter to confirm or esc to (?:cancel|go back)$/,
      ],
      detail: /Would you like to [^?]{0,200}\?[\s\S]*?^ {2}\$ ([^\n]+(?:\n {4,}\S[^\n]*)*)/m,
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question', rows: 30},
      says: [/Question \d+\/\d+\b/, /enter to submit (?:answer|all)\b[^?]{0,80}$/],
    },
    {
      id: 'list to choose from',
      ...{status: 'waiting', kind: 'question', rows: 30},
      all: [option],
      says: [menuEnd],
    },
    {
      id: 'the connection is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [
        new RegExp(
          String.raw`^[•◦⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] (?:Reconnecting|Retrying)[^\n]*\(\d[\dhms ]* • esc to interrupt\)${rest}›`,
          'm',
        ),
      ],
      detail: /^[•◦] ((?:Reconnecting|Retrying)[^\n(]*)/m,
    },
    {
      id: 'status line and no answer to the prompt yet',
      status: 'thinking',
      all: [new RegExp(`^› ${rest}${status.slice(1)}${rest}›`, 'm')],
      rows: 30,
    },
    {id: 'status line', status: 'working', all: [new RegExp(`${status}${rest}›`, 'm')], rows: 30},
    {
      id: 'its last words are an error',
      status: 'error',
      all: [
        new RegExp(
          String.raw`^■ (?!Conversation interrupted)[^\n]*\n(?:[^\s›•■✗✔][^\n]*\n)*(?:(?: [^\n]*)?\n)*${prompt.slice(1)}`,
          'm',
        ),
      ],
      rows: 30,
      detail: /[\s\S]*^■ ([^\n]+(?:\n[^\n]+)*)/m,
    },
    {
      id: 'input box and no model yet',
      status: 'starting',
      all: [/^ *>_ OpenAI Codex/m, /^›[^\n]*\n\n {2}\? for shortcuts$(?!\n)/m],
      none: [/^[•■✔✗]/m],
      rows: 40,
    },
    {id: 'input box', status: 'ready', all: [inputBoxWithFooter]},
  ],
  titles: [
    {id: 'a spinner', status: 'working', title: /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /},
    {id: 'Action Required', status: 'waiting', title: /^\[ [.!] \] Action Required/},
  ],
  hooks: [
    {event: 'SessionStart', begins: 'always'},
    {event: 'UserPromptSubmit', status: 'thinking', begins: 'idle'},
    {event: 'PreToolUse', status: 'working'},
    {event: 'PermissionRequest', status: 'waiting', kind: 'permission'},
    {event: 'PostToolUse', status: 'thinking'},
    {event: 'Interrupt', status: 'ready'},
    {event: 'Stop', status: 'ready'},
  ],
};

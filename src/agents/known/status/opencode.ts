import type {StatusRules} from '../../status/rules.ts';

/** The lower end of its input box; behind it stands the footer. */
const boxEnd = /^ *╹▀{8,}/m;
const interrupt = /^ *╹▀{8,}[^\n]*\n(?:[^\n]*\n){0,2}?[^\n]*\besc (?:again to )?interrupt\b/m;
/** A part of the conversation with a bar at its left, all in one colour. */
const bar = String.raw`^(\S+) +┃[^\n]*\n(?:\1 +┃[^\n]*\n)*`;
const end = String.raw`\S+ +┃[^\n]*\n(?:\S+ +┃[^\n]*\n)*\S+ +╹▀`;

export const opencodeStatus: StatusRules = {
  screen: [
    {
      id: 'its farewell',
      ...{status: 'exited', always: true},
      says: [/Continue opencode (?:-s|--session) ses_\w+$/],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      all: [/^ *┃ +△ (?:Permission required|Always allow|Reject permission)/m, /^ *┃[^\n]*$(?!\n)/m],
      none: [boxEnd],
      detail: /△ [^\n]*\n *┃ +(?:# )?([\s\S]{1,300}?)\n(?: *┃[^\S\n]*\n)* *┃ +(?:Allow once|Confirm)/,
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question', rows: 30},
      all: [/^ *┃[^\n]*$(?!\n)/m],
      says: [/(?:↑↓ select|⇆ tab|enter \w+)\b.{0,80}\besc dismiss(?: • OpenCode \S+)?$/],
      none: [boxEnd],
    },
    {
      id: 'a failed call is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [/\[retrying\b/, /^ *╹▀{8,}[^\n]*\n(?:[^\n]*\n){0,2}?[^\n]*\[retrying\b[^\]]*attempt\s+#\d+\]/m],
      detail: /[⬝■] +(\S[^⬝■]{0,200}?)\s+\[retrying/,
    },
    {
      id: 'esc interrupt below the input box, and no answer to the prompt yet',
      status: 'thinking',
      all: [interrupt],
      coloured: [new RegExp(String.raw`${bar}\n(?:\1 +▣[^\n]*\n\n?)?\1 +┃[^\n]*\n(?:\1 +┃[^\n]*\n)*\1? *╹▀`, 'm')],
      rows: 40,
    },
    {id: 'esc interrupt below the input box', status: 'working', all: [interrupt]},
    {
      id: 'its last words are an error',
      status: 'error',
      all: [boxEnd],
      none: [/▣[^\n▣]*\binterrupted\b(?![\s\S]*▣)/],
      // A prompt's bar has the colour of its agent, as the mark behind it; a tool's has none.
      coloured: [
        new RegExp(String.raw`${bar.replace('┃[', '┃(?! +[$#→←✱⚙%])[')}\n(?!\1 )\S+ +▣ [^\n]*(?<!\d)\n\n?${end}`, 'm'),
      ],
      rows: 40,
      detail: /[\s\S]*\n\n((?: *┃[^\n]*\n)+)\n *▣/,
    },
    {id: 'input box', status: 'ready', all: [boxEnd]},
    {id: 'its banner and no input box yet', status: 'starting', all: [/█▀▀█ █▀▀█ █▀▀█/], none: [boxEnd], rows: 40},
  ],
  titles: [],
  hooks: [
    {event: 'session.status', of: 'busy', status: 'working', begins: 'idle'},
    {event: 'session.status', of: 'retry', status: 'working', kind: 'retry'},
    {event: 'session.status', of: 'idle', status: 'ready', unless: 'error'},
    {event: 'session.idle', status: 'ready', unless: 'error'},
    {event: 'permission.asked', status: 'waiting', kind: 'permission'},
    {event: 'permission.updated', status: 'waiting', kind: 'permission'},
    {event: 'permission.replied', status: 'working'},
    {event: 'question.asked', status: 'waiting', kind: 'question'},
    {event: 'question.replied', status: 'working'},
    {event: 'question.rejected', status: 'working'},
    {event: 'session.error', of: 'MessageAbortedError', status: 'ready'},
    {event: 'session.error', status: 'error'},
  ],
};

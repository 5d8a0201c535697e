import type {StatusRules} from '../../status/rules.ts';

/** Its editor: "  > " before the first row, ":::" before the others. */
const editor = /^ {0,4}(?:>|!) [^\n]*\n(?: {0,4}:::[^\n]*\n)+/m;

export const crushStatus: StatusRules = {
  screen: [
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 40},
      all: [/[│┃|] +Permission Required\b/, /[│┃|][^\n]*\bAllow\b[^\n]*\bAllow for Session\b[^\n]*\bDeny\b/],
      detail: /[│┃|] +Tool +([^\n│┃|]{1,160})/,
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 40},
      says: [/(?:Enter your .{1,60} (?:API )?[Kk]ey|To start, let’s choose a provider and model|Find your fave)/],
    },
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 40},
      says: [/Would you like to initialize this project\?/],
    },
    {
      id: 'esc cancel, below its editor, and no answer to the prompt yet',
      status: 'thinking',
      all: [
        editor,
        /^ *(?:>|!) +Thinking\.\.\./m,
        /\besc (?:cancel|press again to cancel)\b[^\n]*(?:\n[^\n]*)?$(?!\n)/m,
      ],
    },
    {
      id: 'esc cancel, below its editor',
      status: 'working',
      all: [editor, /\besc (?:cancel|press again to cancel)\b[^\n]*(?:\n[^\n]*)?$(?!\n)/m],
    },
    {
      id: 'working placeholder in its editor',
      status: 'working',
      all: [
        /^ {0,4}(?:>|!) +(?:Working[!.]|Brrrrr\.\.\.|Prrrrrrrr\.\.\.|Processing\.\.\.|Thinking\.\.\.)[^\n]*\n {0,4}:::/m,
      ],
    },
    {id: 'its editor', status: 'ready', all: [editor]},
  ],
  titles: [],
  hooks: [],
};

import type {StatusRules} from '../../status/rules.ts';

/** Its input box: "→" before what is typed, in a frame or not. */
const composer = String.raw`^ *[│┃|]? *→ [^\n]*`;

export const cursorAgentStatus: StatusRules = {
  screen: [
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 30},
      says: [
        /Workspace Trust Required|Do you want to mark this directory as trusted|Do you trust the contents of this directory/,
        /\[a\] Trust this workspace\b/,
      ],
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:Press any key to (?:log|sign) in|Waiting for (?:login|authentication)|Open this (?:link|URL) to (?:log|sign) in)\b.{0,200}$/i,
      ],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      says: [
        /(?:Run this (?:command|MCP tool)|Run this command outside the sandbox|(?:Delete|Write to|Read) this file|Allow this web (?:search|fetch)|Proceed with this edit|Approve mode switch)\b|Waiting for decision \(y\/n\/p\)/,
        /(?:\(y\)|\(enter\)|\(esc(?: or [a-z])?\)|\(y\/n\/p\)).{0,200}$/,
      ],
      none: [/\bctrl\+c to stop\b/],
      detail: /[\s\S]*^ *[│┃|]? *\$ ([^\n│┃|]{1,160})/m,
    },
    {
      id: 'ctrl+c to stop, in its input box, and no answer to the prompt yet',
      status: 'thinking',
      all: [/^ *[⬡⬢⠀-⣿] +(?:Thinking|Planning)\b/m, /\bctrl\+c to stop\b/, new RegExp(composer, 'm')],
    },
    {
      id: 'ctrl+c to stop, in its input box',
      status: 'working',
      all: [new RegExp(String.raw`${composer}\bctrl\+c to stop\b`, 'm')],
    },
    {id: 'its spinner', status: 'working', all: [/^ *[⬡⬢⠀-⣿]+ +\w+ing\b/m, new RegExp(composer, 'm')]},
    {id: 'input box', status: 'ready', all: [new RegExp(composer, 'm')]},
  ],
  titles: [],
  hooks: [],
};

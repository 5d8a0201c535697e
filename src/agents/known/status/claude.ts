import type {StatusRules} from '../../status/rules.ts';
import {claudeHooks} from './claude-hooks.ts';

const spinner = '[·✢✳✶✻✽∗*]';
/** Its input box, with whatever is typed into it. */
const box = String.raw`─{8,}[^\n]*\n[❯>!#&](?: |\n)`;
const inputBox = new RegExp(String.raw`^${box}(?:(?!─{8})[^\n]*\n)*─{8,}`, 'm');
/** From a spinner down to the input box nothing begins in the first column. */
const upToBox = String.raw`[^\n]*\n(?:(?: [^\n]*)?\n)*${box}`;
const option = /^[ │]*❯ \d+\. /m;
const dialogEnd = /(?:Enter to confirm · Esc to (?:cancel|exit)|\(esc\))(?: · [^?]{0,80})?$/;

export const claudeStatus: StatusRules = {
  screen: [
    {
      id: 'its farewell',
      ...{status: 'exited', always: true},
      says: [/Resume this session with: claude (?:--resume|-r) \S+$/],
    },
    {
      id: 'trust dialog',
      ...{status: 'waiting', kind: 'trust', always: true, rows: 30},
      says: [/(?:one you trust\?|Do you trust the files in this folder\?|New MCP servers? found)/, dialogEnd],
      none: [inputBox],
    },
    {
      id: 'API key dialog',
      ...{status: 'waiting', kind: 'key', always: true},
      says: [/Do you want to use this API key\?/, dialogEnd],
      none: [inputBox],
    },
    {
      id: 'dialog about the permission mode',
      ...{status: 'waiting', kind: 'mode', always: true, rows: 30},
      says: [/running in Bypass Permissions mode|Enable auto mode\?|switch to auto mode\?/, dialogEnd],
      none: [inputBox],
    },
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:Select login method:|Use the url below to sign in|Paste code here if prompted|Login successful\. Press Enter|OAuth error: .{0,200} Press Enter to retry)/,
      ],
      none: [inputBox],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      all: [option],
      says: [
        /(?:Do you want to|Would you like to)\b[^?]{0,200}\?/,
        /\b1\. Yes\b/,
        /(?:Esc to cancel(?: · [^?]{0,80})?|\(esc\)|ctrl[-+]g to edit [^?]{0,80})$/,
      ],
      none: [inputBox],
      detail: /[\s\S]*\b((?:Do you want to|Would you like to)\b[^?]{0,200}\?)/,
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question', rows: 30},
      says: [
        /(?:Enter to select · .{0,120}Esc to cancel(?: · [^?]{0,80})?|Ready to submit your answers\?.{0,80}2\. Cancel)$/,
      ],
      none: [inputBox],
    },
    {
      id: 'list to choose from',
      ...{status: 'waiting', kind: 'question', rows: 30},
      all: [/^ *❯ \S/m],
      says: [/(?:Enter to (?!interrupt)\w+|Esc to (?:cancel|exit|close|go back))(?: · [^?]{0,80})?$/],
      none: [inputBox],
    },
    {
      id: 'Press Enter to continue',
      ...{status: 'waiting', kind: 'question'},
      says: [/Press Enter to continue…?$/],
      none: [inputBox],
    },
    {
      id: 'a failed call is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [new RegExp(String.raw`^${spinner} [^\n]*(?:\n {1,4}\S[^\n]*){0,3}?\s·\s+[Rr]etrying\b${upToBox}`, 'm')],
      detail: /^[·✢✳✶✻✽∗*] ([^\n]*(?:\n {1,4}\S[^\n]*){0,2}?)\s·\s+[Rr]etrying\b/m,
    },
    {
      id: 'spinner and no answer to the prompt yet',
      status: 'thinking',
      all: [
        new RegExp(
          String.raw`^❯ [^\n]*\n(?:(?! *⎿ +Running)(?: [^\n]*)?\n)*${spinner} (?![^\n]*↓)[^\n]*…${upToBox}`,
          'm',
        ),
      ],
      rows: 30,
    },
    {id: 'spinner', status: 'working', all: [new RegExp(String.raw`^${spinner} [^\n]*…${upToBox}`, 'm')], rows: 30},
    {
      id: 'esc to interrupt, below the input box',
      status: 'working',
      all: [/^─{8,}[^\n]*\n(?: [^\n]*\n){0,4} [^\n]*\besc to interrupt\b[^\n]*(?:\n [^\n]*){0,3}$(?!\n)/m],
    },
    {
      id: 'its last words are an API error',
      status: 'error',
      all: [
        new RegExp(
          String.raw`^● (?:[^\n]* · )?(?:API Error\b|Please run /login|Credit balance|Invalid API key|Claude usage limit)[^\n]*\n(?:(?: [^\n]*)?\n)*${box}`,
          'm',
        ),
      ],
      rows: 30,
      detail: /[\s\S]*^● ([^\n]+(?:\n [^\n]+)*)/m,
    },
    {id: 'input box', status: 'ready', all: [inputBox]},
    {id: 'its banner and no input box yet', status: 'starting', all: [/ Claude Code v\d/]},
  ],
  titles: [{id: 'a spinner', status: 'working', title: /^[◐◓◑◒⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏⠂⠐] /}],
  hooks: claudeHooks('AskUserQuestion'),
};

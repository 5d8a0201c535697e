import type {StatusRules} from '../../status/rules.ts';

/** "> ", "ask> ", "architect multi> ": the last row, where it is typed. */
const prompt = String.raw`^(?:[a-z-]{1,20}(?: [a-z-]{1,20}){0,2} ?)?> ?[^\n]*$(?!\n)`;

export const aiderStatus: StatusRules = {
  screen: [
    {
      id: 'login question',
      ...{status: 'waiting', kind: 'login', always: true},
      says: [/(?:Login to OpenRouter|create a free account)[^?]{0,80}\? \(Y\)es\/\(N\)o.{0,60}\[[^\]]{1,10}\]:$/],
    },
    {
      id: 'question for yes or no',
      ...{status: 'waiting', kind: 'permission'},
      all: [/^[^\n]*\(Y\)es\/\(N\)o[^\n]*(?:\n[^\n]+)?\[[^\]\n]{1,10}\]: ?\S{0,10}$(?!\n)/m],
      detail: /[\s\S]*^([^\n?]{1,200}\?) \(Y\)es\/\(N\)o/m,
    },
    {
      id: 'a failed call is tried again',
      ...{status: 'working', kind: 'retry', always: true},
      all: [/^Retrying in [\d.]+ seconds\.\.\.$(?!\n)/m],
      detail: /[\s\S]*^(litellm\.\w+: [^\n]{1,200})/m,
    },
    {id: 'Waiting for its model', status: 'thinking', all: [/^\S*\s*Waiting for [\w./:@-]+ *$(?!\n)/m]},
    {
      id: 'its last words are an error',
      status: 'error',
      all: [
        new RegExp(
          String.raw`^(?:litellm\.\w*(?:Error|Exception)\b|The API provider\b)[^\n]*\n(?:(?!(?:[a-z-]{1,20} )?> )[^\n]*\n)*?(?:─{8,}\n)?${prompt.slice(1)}`,
          'm',
        ),
      ],
      detail: /[\s\S]*^(litellm\.\w+: [^\n]{1,200})/m,
    },
    {id: 'its prompt', status: 'ready', all: [new RegExp(prompt, 'm')]},
  ],
  titles: [],
  hooks: [],
};

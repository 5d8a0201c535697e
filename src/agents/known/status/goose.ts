import type {StatusRules} from '../../status/rules.ts';

export const gooseStatus: StatusRules = {
  screen: [
    {
      id: 'permission question',
      ...{status: 'waiting', kind: 'permission'},
      all: [
        /^◆ +(?:Goose would like to call the above tool|Do you allow this tool call)[^\n]*\n(?:│[^\n]*\n)*│ +[●○] [^\n]*\n(?:│[^\n]*\n)*└[^\n]*$(?!\n)/m,
      ],
      detail: /[\s\S]*^─── ([^\n─]{1,160}?) ─/m,
    },
    {
      id: 'question with choices',
      ...{status: 'waiting', kind: 'question'},
      all: [/^◆ +[^\n]+\n(?:│[^\n]*\n)*└[^\n]*$(?!\n)/m],
      detail: /[\s\S]*^◆ +([^\n]{1,200})/m,
    },
    {
      id: 'its thinking message',
      status: 'working',
      all: [/^[^\n]*\(Ctrl\+C to interrupt\)$(?!\n)|^[◒◐◓◑] +[^\n]+$(?!\n)/m],
    },
    {
      id: 'its last words are an error',
      status: 'error',
      all: [
        /^(?:Ran into this error|Error): [^\n]*\n(?:(?!\( O\)>|>)[^\n]*\n)*?(?:\( ?[O0o]\)|🪿|goose)? ?> ?[^\n]*$(?!\n)/m,
      ],
      detail: /[\s\S]*^(?:Ran into this error|Error): ([^\n]{1,200})/m,
    },
    {
      id: 'its prompt',
      status: 'ready',
      all: [/^(?:\( ?[O0o]\)|🪿|goose)? ?> ?[^\n]*(?:\n[^\n]*Enter to send[^\n]*)?$(?!\n)/m],
    },
  ],
  titles: [],
  hooks: [],
};

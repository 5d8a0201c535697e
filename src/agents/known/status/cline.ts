import type {StatusRules} from '../../status/rules.ts';

export const clineStatus: StatusRules = {
  screen: [
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 40},
      says: [
        /Connect a model provider|Sign in with Cline|Bring your own provider/,
        /Enter to select, (?:Esc to go back, )?Ctrl\+C to exit$/,
      ],
    },
    {
      id: 'permission dialog',
      ...{status: 'waiting', kind: 'permission', rows: 30},
      says: [/(?:Cline needs permission|Approve tool call\?).{0,600}$/, /(?:Enter|y\/n|\(y\)|Approve|Esc).{0,120}$/],
      none: [/\(esc to cancel\)/],
    },
    {
      id: 'question',
      ...{status: 'waiting', kind: 'question', rows: 30},
      says: [/Cline is asking a question.{0,600}$/],
      none: [/\(esc to cancel\)/],
    },
    {
      id: 'Thinking, above its input box',
      status: 'thinking',
      all: [/^ *[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] +Thinking\.\.\. \(esc to cancel\)/m],
    },
    {id: 'spinner above its input box', status: 'working', all: [/^ *[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] +[^\n]*\(esc to cancel\)/m]},
  ],
  titles: [],
  hooks: [],
};

import type {StatusRules} from '../../status/rules.ts';

export const clineStatus: StatusRules = {
  screen: [
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true, rows: 30},
      says: [
        /(?:Connect a model provider|Sign in with Cline|Bring your own provider).*(?:↑\/↓ navigate, )?Enter to select, (?:Esc to go back, )?Ctrl\+C to exit$/,
      ],
    },
  ],
  titles: [],
  hooks: [],
};

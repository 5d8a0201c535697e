import type {StatusRules} from '../../status/rules.ts';

export const auggieStatus: StatusRules = {
  screen: [
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true},
      all: [/^ +→ Login to continue\b/m],
      says: [/Press return to (?:open your browser|continue)\b.{0,40}$/],
    },
    {
      id: 'login dialog, for a code',
      ...{status: 'waiting', kind: 'login', always: true},
      says: [/Paste (?:your )?(?:code|token|authentication response) here:?.{0,40}$/i],
    },
  ],
  titles: [],
  hooks: [],
};

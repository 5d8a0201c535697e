import type {StatusRules} from '../../status/rules.ts';

export const ampStatus: StatusRules = {
  screen: [
    {
      id: 'login dialog',
      ...{status: 'waiting', kind: 'login', always: true},
      says: [
        /(?:log in to Amp\? \[\(y\)es, \(n\)o\]:?.{0,20}|(?:Paste|Enter) your (?:Amp )?(?:API key|access token|code) here:?.{0,20}|If your browser does not open automatically, visit:.*)$/,
      ],
    },
  ],
  titles: [],
  hooks: [],
};

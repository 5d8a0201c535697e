import type {Refused} from '../port.ts';

/** For who looks at files that are not the newest ones: it is told with what could not be looked at. */
export const staleNote = (stale: string | undefined): readonly Refused[] =>
  stale === undefined ? [] : [{path: '/workspace', why: `as of ${stale}`}];

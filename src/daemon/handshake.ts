import {AppError} from '../errors.ts';

/** The versions of the API a program speaks, and its own. */
export interface Speaker {
  readonly version: string;
  readonly protocolMin: number;
  readonly protocolMax: number;
}

/** What this program speaks, as client and as daemon. A change that older ones would misread raises both. */
export const protocol = {protocolMin: 1, protocolMax: 1} as const;

/** What the daemon says of itself that matters to whether a client can work with it. */
export interface RunningSpeaker extends Speaker {
  readonly liveSessions: number;
}

/** `restart`: the daemon is older and holds nothing; a client may end it and start its own. Never the other way round. */
export type Verdict = 'works' | 'restart' | AppError;

export function compare(ours: Speaker, theirs: RunningSpeaker): Verdict {
  if (ours.protocolMin <= theirs.protocolMax && theirs.protocolMin <= ours.protocolMax) return 'works';
  if (ours.protocolMax < theirs.protocolMin) {
    return new AppError(
      'DAEMON_VERSION',
      `This trails (${ours.version}) is older than its daemon (${theirs.version})`,
      {
        hint: `Update this trails, or use the one of version ${theirs.version}.`,
      },
    );
  }
  if (theirs.liveSessions === 0) return 'restart';
  const sessions = theirs.liveSessions === 1 ? '1 live session' : `${theirs.liveSessions} live sessions`;
  return new AppError(
    'DAEMON_VERSION',
    `The daemon (${theirs.version}) is older than this trails (${ours.version}), and has ${sessions}`,
    {hint: 'Run `trails daemon stop`: sessions run on, and the next command starts a daemon of this version.'},
  );
}

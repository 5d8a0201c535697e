import type {Agent} from './agents.ts';

/** What the run knows of one session from the answers it got. */
export interface Tracked {
  readonly name: string;
  readonly agent: Agent;
  /** Known once the creation was acknowledged or the session was seen. */
  id?: string;
  /** The creation was acknowledged. */
  made: boolean;
  /** `maybe`: it was asked for, and the answer did not come. */
  removed: 'no' | 'maybe' | 'yes';
  /** The phase that the last acknowledged operation left; `any` while one is under way or its answer did not come. */
  phase: 'running' | 'stopped' | 'any';
  /** Operations that end a viewer, asked for so far. */
  endings: number;
  /** Daemons that had died when it was made: a mock session lives in its daemon. */
  readonly deaths: number;
  /** An operation is under way: the next one waits for its turn. */
  busy: boolean;
  readonly typed: {readonly acknowledged: string[]; readonly all: string[]};
}

/** An operation that somebody was told has come to pass. */
export interface Acknowledged {
  readonly action: string;
  readonly id: string;
}

export interface Model {
  readonly sessions: Map<string, Tracked>;
  readonly acknowledged: Acknowledged[];
  /** Daemons that were killed. */
  deaths: number;
  track(name: string, agent: Agent): Tracked;
  /** Those with which something can be done now. */
  usable(wish?: (session: Tracked) => boolean): readonly Tracked[];
  /** A mock session whose daemon has died. */
  mayBeLost(session: Tracked): boolean;
}

export function createModel(): Model {
  const sessions = new Map<string, Tracked>();
  const model: Model = {
    sessions,
    acknowledged: [],
    deaths: 0,
    track(name, agent) {
      const session: Tracked = {
        ...{name, agent, made: false, removed: 'no', phase: 'any', endings: 0, deaths: model.deaths, busy: false},
        typed: {acknowledged: [], all: []},
      };
      sessions.set(name, session);
      return session;
    },
    usable: (wish = () => true) =>
      [...sessions.values()].filter(session => session.made && session.removed === 'no' && wish(session)),
    mayBeLost: ({agent, deaths}) => agent.provider === 'mock' && deaths !== model.deaths,
  };
  return model;
}

/** A session of the world that `--dev` shows. */
export interface Inhabitant {
  readonly name: string;
  /** The scripted program and its arguments. */
  readonly command: readonly [string, ...string[]];
}

const scenes: readonly Inhabitant[] = [
  {name: 'token-refresh', command: ['busy']},
  {name: 'sessions-migration', command: ['asks']},
  {name: 'api-docs', command: ['rests']},
  {name: 'nightly-deploy', command: ['fails']},
  {name: 'access-log', command: ['floods']},
  {name: 'release-1-4', command: ['ends']},
  {name: 'scratch', command: ['shell']},
];

/** So many sessions, each different from its neighbours; beyond the named scenes they rest, as most of a real fleet does. */
export const world = (count: number): readonly Inhabitant[] =>
  Array.from({length: count}, (_, index) => scenes[index] ?? {name: `resting-${index + 1}`, command: ['rests']});

export const usualCount = scenes.length;

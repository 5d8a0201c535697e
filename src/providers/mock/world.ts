/** A session of the world that `--dev` shows. */
export interface Inhabitant {
  readonly name: string;
  readonly agent: string;
  /** The scripted program and its arguments. */
  readonly command: readonly [string, ...string[]];
}

const scene = (name: string, agent: string, which: string): Inhabitant => ({
  ...{name, agent},
  command: [agent, '--scene', which],
});

const scenes: readonly Inhabitant[] = [
  scene('token-refresh', 'claude', 'tokens'),
  scene('sessions-migration', 'codex', 'migration'),
  scene('api-docs', 'claude', 'docs'),
  scene('nightly-deploy', 'codex', 'deploy'),
  scene('access-log', 'gemini', 'logging'),
  scene('fuzzy-search', 'claude', 'search'),
  scene('release-1-4', 'claude', 'release'),
  {name: 'scratch', agent: 'shell', command: ['shell']},
];

/** So many sessions, each different from its neighbours; beyond the named scenes they rest, as most of a real fleet does. */
export const world = (count: number): readonly Inhabitant[] =>
  Array.from(
    {length: count},
    (_, index) => scenes[index] ?? {name: `resting-${index + 1}`, agent: 'shell', command: ['rests']},
  );

export const usualCount = scenes.length;

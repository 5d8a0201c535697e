/** A session of the world that `--dev` shows. */
export interface Inhabitant {
  readonly name: string;
  readonly agent: string;
  /** For a shell the scripted program, for others which scene they play. */
  readonly args: readonly string[];
  /** Null for an agent that leaves no choice. */
  readonly mode: 'ask' | 'all' | null;
}

const scene = (name: string, agent: string, which: string, mode: Inhabitant['mode'] = 'ask'): Inhabitant => ({
  ...{name, agent, mode},
  args: ['--scene', which],
});
const script = (name: string, program: string): Inhabitant => ({name, agent: 'shell', mode: null, args: [program]});

const scenes: readonly Inhabitant[] = [
  scene('token-refresh', 'claude', 'tokens'),
  scene('sessions-migration', 'codex', 'migration'),
  scene('api-docs', 'claude', 'docs'),
  scene('nightly-deploy', 'codex', 'deploy'),
  scene('access-log', 'gemini', 'logging'),
  scene('fuzzy-search', 'claude', 'search', 'all'),
  scene('release-1-4', 'claude', 'release'),
  script('scratch', 'shell'),
];

/** So many sessions, each different from its neighbours; beyond the named scenes they rest, as most of a real fleet does. */
export const world = (count: number): readonly Inhabitant[] =>
  Array.from({length: count}, (_, index) => scenes[index] ?? script(`resting-${index + 1}`, 'rests'));

export const usualCount = scenes.length;

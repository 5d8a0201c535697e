/** Where sessions keep what their tools have downloaded. */
export const cachesInside = '/caches';

export interface ToolCache {
  /** Also the name of its directory. */
  readonly name: string;
  /** What makes the tool use it; `DIR` stands for the directory inside. */
  readonly variables: Readonly<Record<string, string>>;
  /** Settings for a tool that has no variable: a file outside of the home, `DIR` in it as above. */
  readonly file?: {readonly path: string; readonly content: string};
  /** Paths within it, as names joined by `/`, of what a tool that was killed leaves behind, and then waits for or stumbles over. */
  readonly left: RegExp;
}

export const toolCaches: readonly ToolCache[] = [
  {name: 'npm', variables: {npm_config_cache: 'DIR'}, left: /^_locks\/|^_cacache\/tmp\//},
  {name: 'pip', variables: {PIP_CACHE_DIR: 'DIR'}, left: /\.tmp$/},
  {
    name: 'cargo',
    variables: {CARGO_HOME: 'DIR'},
    left: /^\.package-cache(-mutate)?$|^git\/db\/[^/]+\/(index|HEAD|config)\.lock$/,
  },
  {
    name: 'go',
    variables: {GOMODCACHE: 'DIR/mod', GOCACHE: 'DIR/build'},
    left: /^mod\/cache\/download\/.*\.(lock|partial)$|^mod\/cache\/lock$/,
  },
  {name: 'maven', variables: {MAVEN_OPTS: '-Dmaven.repo.local=DIR'}, left: /\.(lastUpdated|part|part\.lock|lock)$/},
  {name: 'gradle', variables: {GRADLE_USER_HOME: 'DIR'}, left: /\.(lock|lck|part)$/},
  {
    name: 'bazel',
    variables: {BAZELISK_HOME: 'DIR/bazelisk'},
    file: {path: '/etc/bazel.bazelrc', content: 'common --repository_cache=DIR/repos\nbuild --disk_cache=DIR/disk\n'},
    left: /^disk\/tmp\//,
  },
];

const filled = (text: string, {name}: ToolCache): string => text.replaceAll('DIR', `${cachesInside}/${name}`);

/** What points every tool to its cache. */
export const cacheVariables: Readonly<Record<string, string>> = Object.fromEntries(
  toolCaches.flatMap(cache =>
    Object.entries(cache.variables).map(([name, value]) => [name, filled(value, cache)] as const),
  ),
);

/** Files that do the same for tools without variables. */
export const cacheFiles: readonly {readonly path: string; readonly content: string}[] = toolCaches.flatMap(cache =>
  cache.file ? [{path: cache.file.path, content: filled(cache.file.content, cache)}] : [],
);

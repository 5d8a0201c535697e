import path from 'node:path';

/** What git sets for its hooks, about one repository: a daemon that inherited it would look for every session's there. */
const ofOneRepository = [
  ...[
    'GIT_DIR',
    'GIT_WORK_TREE',
    'GIT_INDEX_FILE',
    'GIT_COMMON_DIR',
    'GIT_PREFIX',
    'GIT_NAMESPACE',
    'GIT_SHALLOW_FILE',
  ],
  ...[
    'GIT_OBJECT_DIRECTORY',
    'GIT_ALTERNATE_OBJECT_DIRECTORIES',
    'GIT_CONFIG',
    'GIT_CONFIG_PARAMETERS',
    'GIT_CONFIG_COUNT',
  ],
];

/** What has to be different for a daemon from what its first client was started with; undefined takes a variable away. */
export const daemonEnvironment = (
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> => ({
  ...Object.fromEntries(ofOneRepository.map(name => [name, undefined])),
  // It runs in another directory: a relative path would mean another one there.
  ...(env.TRAILS_HOME ? {TRAILS_HOME: path.resolve(env.TRAILS_HOME)} : {}),
});

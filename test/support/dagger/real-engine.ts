import {onPath} from '../../../src/lib/on-path.ts';

const {env} = process;

/** A real engine, with an image that has the tools of a session: `tar:/PATH` or a reference. */
export const realImage = env.TRAILS_TEST_DAGGER_IMAGE ?? '';

/** Why no test runs against a real engine here; undefined where one does. */
export const realMissing: string | undefined = (() => {
  if (env.TRAILS_TEST_DAGGER !== '1' && !env._EXPERIMENTAL_DAGGER_RUNNER_HOST) {
    return 'no Dagger engine is named: TRAILS_TEST_DAGGER=1, or _EXPERIMENTAL_DAGGER_RUNNER_HOST';
  }
  if (!onPath(env._EXPERIMENTAL_DAGGER_CLI_BIN || 'dagger', env.PATH)) return 'the Dagger CLI is not installed';
  return realImage === '' ? 'no image for it is named: TRAILS_TEST_DAGGER_IMAGE' : undefined;
})();

import type {Clock} from '../../lib/clock.ts';
import type {Log} from '../../lib/log.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Provider} from '../provider.ts';
import {findingsOf} from './checks.ts';
import type {Env} from './connection/cli.ts';
import {createDaggerEngine} from './connection/dagger-engine.ts';
import {createDaggerProvider} from './provider.ts';

/** The provider on the Dagger engine that the CLI leads to. Nothing is started or loaded before something is asked of it. */
export function createDagger({
  engine: address = 'auto',
  ...given
}: {
  readonly paths: Paths;
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** The setting `dagger.cli`. */
  readonly cli: string;
  /** The setting `dagger.engine`. */
  readonly engine?: string;
  /** The setting `image`. */
  readonly image?: string;
}): Provider {
  // The CLI knows it by this name alone.
  const env = address === 'auto' ? given.env : {...given.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: address};
  const options = {...given, env};
  const {paths, clock, log} = options;
  const engine = createDaggerEngine(options);
  return createDaggerProvider({
    ...{paths, clock, engine, log},
    check: signal => findingsOf(options, signal),
  });
}

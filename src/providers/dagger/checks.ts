import {rmSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {type Check, type Finding, missing, ok, type Seen, warning} from '../../lib/checkup/check.ts';
import {runChecks} from '../../lib/checkup/run-checks.ts';
import {cliVersion, findCli, requireNewEnough} from './connection/cli.ts';
import {createDaggerEngine, type DaggerEngineOptions, sessionDirectory} from './connection/dagger-engine.ts';
import {sessionFilesIn} from './connection/session-files.ts';
import {givenSession} from './connection/session-process.ts';
import {tools} from './recipe/tools.ts';

/** Dagger as its checks look at it. What it is asked throws as the engine's own calls do. */
export interface DaggerView {
  /** The CLI: where it is, and what it says it is. */
  cli(signal: AbortSignal): Promise<{readonly file: string; readonly version: string}>;
  /** Of the engine, by way of a session. */
  version(): Promise<string>;
  /** Whose session that is, in words. */
  session(): string;
  /** Where the engine is said to be; undefined: where the CLI starts one. */
  readonly runner: string | undefined;
  /** The image that new sessions take, where one is set. */
  readonly image: string | undefined;
  prepare(image: string, signal: AbortSignal): Promise<void>;
}

/** The first time, the CLI downloads its engine: that is no work for a look. */
const patienceMs = 20_000;

const programs = tools.map(({anyOf}) => anyOf.join(' or ')).join(', ');

/** What we throw ourselves says what is missing, and what mends it. */
async function orMissing(seen: Promise<Seen>): Promise<Seen> {
  try {
    return await seen;
  } catch (error) {
    if (error instanceof AppError) return missing(error.message, error.hint);
    throw error;
  }
}

interface Look extends Omit<Check<DaggerView>, 'look'> {
  look(view: DaggerView, signal: AbortSignal): Promise<Seen>;
}

const looks: readonly Look[] = [
  {
    id: 'dagger',
    title: 'Engine',
    why: 'every session is a service of this engine',
    fix: 'Check that the engine runs; _EXPERIMENTAL_DAGGER_RUNNER_HOST names another one.',
    async look({version, runner}) {
      const found = await version();
      return ok(`version ${found}, ${runner === undefined ? 'started by the CLI' : `at ${runner}`}`);
    },
  },
  {
    id: 'dagger.cli',
    title: 'CLI',
    why: 'it holds the session that all environments live in',
    fix: 'Install it: https://docs.dagger.io/install, or name it: trails config set dagger.cli /path/to/dagger',
    async look({cli}, signal) {
      const {file, version} = await cli(signal);
      requireNewEnough(`The Dagger CLI (${file})`, version);
      return ok(`${file}, ${version}`);
    },
  },
  {
    id: 'dagger.session',
    title: 'Session',
    why: 'with the session process every environment ends',
    fix: 'See session.log in the directory `dagger` of the state directory; DAGGER_LOG=1 makes it say more.',
    async look({version, session}) {
      const began = performance.now();
      await version();
      return ok(`${session()}, answered in ${Math.round(performance.now() - began)} ms`);
    },
  },
  {
    id: 'dagger.tools',
    title: 'Tools of the image',
    why: 'without them there is no terminal inside and no way in',
    fix: 'trails config set image auto, or add them to the image',
    async look({image, prepare}, signal) {
      if (image === undefined) return ok(`${programs}: images of ours have them, others are looked into at a start`);
      await prepare(image, signal);
      return ok(`${image} has ${programs}`);
    },
  },
  {
    id: 'dagger.limits',
    title: 'Limits',
    why: 'one session can take the memory, the cores or the processes of all others',
    fix: 'Limit the engine as a whole, or run sessions that need limits with Podman: --provider podman',
    look: async () => warning('not enforced: Dagger has no limits for a single session'),
  },
];

export const daggerChecks: readonly Check<DaggerView>[] = looks.map(check => ({
  ...check,
  look: (view, signal) => orMissing(check.look(view, signal)),
}));

export interface DaggerChecksOptions extends Omit<DaggerEngineOptions, 'directory' | 'patienceMs'> {
  /** The setting `image`. */
  readonly image?: string;
}

let asked = 0;

/** What doctor says of Dagger. Asks the session of this home while there is one, else one that ends with the look. Never throws for what is missing. */
export async function findingsOf(options: DaggerChecksOptions, signal?: AbortSignal): Promise<readonly Finding[]> {
  const {paths, env, cli, image} = options;
  const kept = sessionFilesIn(sessionDirectory(paths));
  const running = kept.worker() === undefined ? undefined : kept.session();
  asked += 1;
  const directory = path.join(sessionDirectory(paths), `look-${process.pid}-${asked}`);
  const engine = createDaggerEngine({
    ...{...options, directory, patienceMs},
    ...(running ? {env: {...env, DAGGER_SESSION_PORT: String(running.port), DAGGER_SESSION_TOKEN: running.token}} : {}),
  });
  const limit = AbortSignal.timeout(patienceMs);
  const patience = signal ? AbortSignal.any([signal, limit]) : limit;
  const view: DaggerView = {
    async cli(stop) {
      const file = findCli(env, cli);
      return {file, version: await cliVersion(file, env, stop)};
    },
    version: () => engine.version(patience),
    session: () =>
      running ? 'that of this home' : givenSession(env) ? 'given by DAGGER_SESSION_PORT' : 'started for this look',
    runner: env._EXPERIMENTAL_DAGGER_RUNNER_HOST || undefined,
    image: image === undefined || ['auto', 'host'].includes(image) ? undefined : image,
    prepare: (reference, stop) => engine.prepare(reference, () => {}, stop),
  };
  try {
    return await runChecks(daggerChecks, view, {patienceMs, signal});
  } finally {
    await engine.release();
    rmSync(directory, {recursive: true, force: true});
  }
}

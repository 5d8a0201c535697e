import {AppError} from '../../../errors.ts';
import {type Clock, pause} from '../../../lib/clock.ts';
import {startDetached} from '../../../lib/exec.ts';
import type {Log} from '../../../lib/log.ts';
import {isAlive, type Worker} from '../../../lib/worker.ts';
import {askVersion, type Session} from './ask.ts';
import {cliEnv, cliVersion, type Env, findCli, requireNewEnough} from './cli.ts';
import {lastLines} from './faults.ts';
import {requireRunner} from './runner.ts';
import {sessionFilesIn} from './session-files.ts';

export interface SessionProcessOptions {
  /** Of this process alone. */
  readonly directory: string;
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  /** The setting `dagger.cli`. */
  readonly cli?: string;
  /** How long a CLI may be silent: the first time it downloads the engine. */
  readonly patienceMs?: number;
}

/** One that runs: its process, where it is ours. */
export interface Running {
  readonly session: Session;
  readonly worker?: Worker;
}

const usualPatienceMs = 180_000;
const lookMs = 25;
/** How long one may take to say goodbye to its engine. */
const endMs = 10_000;
/** A session that was left behind answers at once, or never. */
const adoptMs = 10_000;

const hint = ({BUILDKIT_HOST, _EXPERIMENTAL_DAGGER_RUNNER_HOST: runner}: Env, logFile: string) => {
  if (BUILDKIT_HOST && !runner) {
    return 'BUILDKIT_HOST is nothing that Dagger looks at: name the engine by _EXPERIMENTAL_DAGGER_RUNNER_HOST=unix:///path or tcp://host:port.';
  }
  const engine = runner
    ? 'Check that the engine of _EXPERIMENTAL_DAGGER_RUNNER_HOST runs and can be reached'
    : 'It starts its engine with Docker or Podman: check that one of them runs, or name an engine by _EXPERIMENTAL_DAGGER_RUNNER_HOST';
  return `${engine}. What it said: ${logFile}; DAGGER_LOG=1 makes it say more.`;
};

/** A session that was given to us by DAGGER_SESSION_PORT and DAGGER_SESSION_TOKEN; undefined where none was. Throws ENGINE_UNREACHABLE. */
export function givenSession({DAGGER_SESSION_PORT: port, DAGGER_SESSION_TOKEN: token}: Env): Session | undefined {
  if (!port) return undefined;
  if (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536 && token) return {port: Number(port), token};
  const message = token
    ? 'DAGGER_SESSION_PORT is no port'
    : 'DAGGER_SESSION_PORT is set, and DAGGER_SESSION_TOKEN is not';
  throw new AppError('ENGINE_UNREACHABLE', message, {
    hint: 'Set both, of one session, or unset both: then Trails starts its own.',
  });
}

/** TERM, and KILL where that does not help. Resolves when it is gone. */
async function endSession(worker: Worker): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(worker)) return;
    process.kill(Number(worker.split(':')[0]), signal);
    for (let waited = 0; waited < endMs && isAlive(worker); waited += lookMs) await pause(lookMs);
  }
}

/** The session of an earlier daemon of this home, when it still answers. */
async function leftBehind(options: SessionProcessOptions): Promise<Running | undefined> {
  const {directory, log} = options;
  const files = sessionFilesIn(directory);
  const worker = files.worker();
  if (worker === undefined) return undefined;
  const session = files.session();
  try {
    if (!session) throw new Error('it had not said where it answers');
    await askVersion(session, AbortSignal.timeout(adoptMs));
    return {session, worker};
  } catch (error) {
    log.warn('the Dagger session that was left behind is of no use, and ends', {why: (error as Error).message});
    await endSession(worker);
    return undefined;
  }
}

async function startNew(options: SessionProcessOptions, signal: AbortSignal): Promise<Running> {
  const {directory, env, cli, patienceMs = usualPatienceMs} = options;
  const file = findCli(env, cli);
  requireNewEnough(`The Dagger CLI (${file})`, await cliVersion(file, env, signal));
  await requireRunner(env, signal);
  const files = sessionFilesIn(directory);
  const loud = env.DAGGER_LOG === '1';
  await files.prepare(loud);
  const {pid, failed, ended} = startDetached(file, [...(loud ? ['--progress', 'plain'] : ['--silent']), 'session'], {
    ...{logFile: files.log, outputFile: files.output, inputFifo: files.input, env: cliEnv(env)},
  });
  let over: string | undefined;
  void failed.then(error => {
    over = `could not be started: ${error.message}`;
  });
  void ended.then(code => {
    over ??= `ended with code ${code}`;
  });
  if (pid !== undefined) files.begun(pid);
  const worker = files.worker();
  const broken = (what: string) => {
    const said = lastLines(files.said());
    return new AppError('ENGINE_UNREACHABLE', `\`dagger session\` ${what}: ${said || 'it said nothing'}`, {
      hint: hint(env, files.log),
    });
  };
  try {
    for (let waited = 0; ; waited += lookMs) {
      const session = files.session();
      if (session && worker !== undefined) return {session, worker};
      signal.throwIfAborted();
      // Its death may be seen before its end is told.
      if (worker === undefined || !isAlive(worker)) {
        await Promise.race([failed, ended]);
        throw broken(over ?? 'ended');
      }
      if (waited >= patienceMs) throw broken(`said nothing for ${Math.round(patienceMs / 1000)} s`);
      await pause(lookMs, signal);
    }
  } catch (error) {
    if (worker !== undefined) await endSession(worker);
    files.forget();
    throw error;
  }
}

/** Throws ENGINE_UNREACHABLE for an engine that is too old, or that is none; one of ours ends then. */
async function checked(options: SessionProcessOptions, running: Running, signal: AbortSignal): Promise<Running> {
  try {
    requireNewEnough('The Dagger engine', await askVersion(running.session, signal));
    return running;
  } catch (error) {
    await closeSession(options, running);
    throw error;
  }
}

/** The session given to us, or the one that an earlier daemon left behind; undefined where there is none. Throws ENGINE_UNREACHABLE. */
export async function resumeSession(options: SessionProcessOptions, signal: AbortSignal): Promise<Running | undefined> {
  const given = givenSession(options.env);
  const running = given ? {session: given} : await leftBehind(options);
  return running && checked(options, running, signal);
}

/** Throws ENGINE_UNREACHABLE with what is missing. */
export const startSession = async (options: SessionProcessOptions, signal: AbortSignal): Promise<Running> =>
  checked(options, await startNew(options, signal), signal);

/** Ends it where it is ours, with all that it has started; without one: that which was left behind. */
export async function closeSession(
  {directory}: SessionProcessOptions,
  {worker}: {readonly worker?: Worker | undefined} = {worker: sessionFilesIn(directory).worker()},
): Promise<void> {
  if (worker === undefined) return;
  await endSession(worker);
  sessionFilesIn(directory).forget();
}

import {AppError} from '../errors.ts';
import {type Clock, pause} from '../lib/clock.ts';
import {orAborted} from '../lib/or-aborted.ts';
import {daemonFiles, type Paths} from '../lib/paths.ts';
import {leadToDaemon} from './address.ts';
import {daemonEnvironment} from './environment.ts';
import {exitLost} from './exit-codes.ts';
import {lostConnection} from './lost-connection.ts';
import {checkRuntimeDirectory} from './runtime-directory.ts';
import {type Program, type Spawned, spawnDaemon} from './spawned.ts';

export interface EnsureOptions<T> {
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly program: Program;
  /** The first question. Rejects with what broke the connection, when it broke. */
  hello(signal: AbortSignal): Promise<T>;
  readonly patienceMs?: number;
  /** Nobody needs it any more. */
  readonly signal?: AbortSignal | undefined;
}

const usualPatienceMs = 10_000;
/** Between two looks: at first short, for a person waits; then longer, for others need the cores too. */
const pauseMs = {first: 5, growth: 1.3, longest: 50};
/** One that lost the race is not started anew at once: the winner has still to come up, or its predecessor to go. */
const restartMs = 250;

/** In order, killed, or not the one: the next look decides. Anything else will happen again. */
const mayRetry = (exitCode: number): boolean => [0, -1, exitLost].includes(exitCode);

/** It may be stopped, or hang: what says so must not send its reader to ask it once more. */
export const noAnswer = (paths: Paths, ms: number, cause: unknown): AppError => {
  const {socket, log} = daemonFiles(paths);
  return new AppError('DAEMON_UNREACHABLE', `The daemon did not answer on ${socket} in ${ms / 1000} s`, {
    hint: `The last lines of ${log} have its pid: \`kill -9\` ends one that hangs, sessions run on, and the next command starts another.`,
    cause,
  });
};

/** An answer of the daemon, which is started if there is none. Throws DAEMON_UNREACHABLE, STATE_UNUSABLE, NOT_ALLOWED, and the signal's reason. */
export async function ensureDaemon<T>(options: EnsureOptions<T>): Promise<T> {
  const {paths, env, clock, program, hello, patienceMs = usualPatienceMs, signal} = options;
  const {output} = daemonFiles(paths);
  const late = new AbortController();
  const cancel = clock.after(patienceMs, () => late.abort(new Error('the daemon took too long')));
  const limit = signal ? AbortSignal.any([late.signal, signal]) : late.signal;
  let child: Spawned | undefined;
  let restartAt = 0;

  const tend = () => {
    const exitCode = child?.exitCode();
    if (child && exitCode === undefined) return;
    if (child && exitCode !== undefined) {
      if (!mayRetry(exitCode)) throw child.failure();
      if (exitCode === exitLost) leadToDaemon(paths);
      child = undefined;
      restartAt = clock.now() + restartMs;
    }
    if (clock.now() >= restartAt) child = spawnDaemon(program, output, daemonEnvironment(env));
  };

  let last: unknown;
  try {
    for (let wait = pauseMs.first; !limit.aborted; wait = Math.min(wait * pauseMs.growth, pauseMs.longest)) {
      checkRuntimeDirectory(paths.runtime);
      try {
        // A daemon that is there and says nothing must not hold its client.
        return await orAborted(hello(limit), limit);
      } catch (error) {
        if (limit.aborted) break;
        const lost = lostConnection(error);
        if (!lost) throw error;
        last = error;
        if (lost === 'absent') tend();
      }
      await pause(wait);
    }
  } finally {
    cancel();
  }
  signal?.throwIfAborted();
  throw noAnswer(paths, patienceMs, last);
}

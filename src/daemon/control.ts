import {AppError} from '../errors.ts';
import {type Clock, pause} from '../lib/clock.ts';
import {daemonFiles, type Paths} from '../lib/paths.ts';
import {isAlive, workerOf} from '../lib/worker.ts';
import {leadToDaemon} from './address.ts';
import {type Ask, askOver, type DaemonInfo} from './ask.ts';
import {compare, type Speaker} from './handshake.ts';
import {lostConnection} from './lost-connection.ts';
import type {Program} from './spawned.ts';
import {ensureDaemon, noAnswer} from './start.ts';

export interface ControlOptions {
  readonly paths: Paths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Starts this program as a daemon. */
  readonly program: Program;
  readonly ours: Speaker;
  /** The usual one asks over the socket. */
  readonly ask?: Ask;
}

export interface DaemonStatus extends DaemonInfo {
  readonly socket: string;
  readonly log: string;
}

/** What a client may do about the daemon. */
export interface DaemonControl {
  /** A daemon this program can work with: started if there is none, replaced if it is older and holds nothing. Throws DAEMON_UNREACHABLE, DAEMON_VERSION. */
  ready(signal?: AbortSignal): Promise<DaemonStatus>;
  /** Ends it and waits until it has gone; sessions run on. False when none ran. */
  stop(): Promise<boolean>;
  /** Undefined when none runs. Starts nothing. */
  status(): Promise<DaemonStatus | undefined>;
}

const answerMs = 5000;
/** Longer than a daemon gives its own stopping. */
const goneMs = 10_000;
const restarts = 3;

export function daemonControl(options: ControlOptions): DaemonControl {
  const {paths, clock, ours} = options;
  const {socket, log, lock} = daemonFiles(paths);
  const ask = options.ask ?? askOver(socket);
  const within = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> => {
    const limit = new AbortController();
    const cancel = clock.after(answerMs, () => limit.abort());
    try {
      return await work(limit.signal);
    } catch (cause) {
      if (lostConnection(cause)) return undefined;
      if (!limit.signal.aborted) throw cause;
      throw noAnswer(paths, answerMs, cause);
    } finally {
      cancel();
    }
  };
  const current = async (): Promise<DaemonStatus | undefined> => {
    // A socket that systemd holds would start one just to be asked.
    const {isLocked} = await import('./lock.ts');
    if (!isLocked(lock)) return undefined;
    let info = await within(signal => ask.info(signal));
    if (!info) {
      leadToDaemon(paths);
      info = await within(signal => ask.info(signal));
    }
    return info && {...info, socket, log};
  };
  const end = async ({pid}: DaemonInfo): Promise<void> => {
    const worker = workerOf(pid);
    // One that has gone in the meantime breaks the connection: just as well.
    await within(signal => ask.shutdown(pid, signal));
    const until = clock.now() + goneMs;
    while (isAlive(worker)) {
      if (clock.now() > until) {
        throw new AppError('DAEMON_UNREACHABLE', `The daemon (process ${pid}) was asked to stop, and still runs`, {
          hint: `Its log is ${log}; \`kill ${pid}\` ends it, and sessions run on.`,
        });
      }
      await pause(10);
    }
  };
  return {
    async ready(signal) {
      for (let attempt = 0; attempt < restarts; attempt += 1) {
        const info = await ensureDaemon({...options, hello: until => ask.info(until), signal});
        const verdict = compare(ours, info);
        if (verdict === 'works') return {...info, socket, log};
        if (verdict instanceof AppError) throw verdict;
        await end(info);
      }
      throw new AppError('DAEMON_VERSION', 'A daemon of another version is started again and again by something else', {
        hint: 'Find the older trails: `which -a trails`, `systemctl --user status trails.socket`.',
      });
    },
    async stop() {
      const info = await current();
      if (!info) return false;
      await end(info);
      return true;
    },
    status: current,
  };
}

import type {Clock} from '../lib/clock.ts';
import type {Log} from '../lib/log.ts';
import {daemonFiles, type Paths} from '../lib/paths.ts';
import {takeInherited} from './activation.ts';
import {noteAddress} from './address.ts';
import {exitLost, exitStuck} from './exit-codes.ts';
import {idleMs, watchIdle} from './idle.ts';
import {type Lock, takeLock} from './lock.ts';
import type {ApiServer} from './server.ts';
import {openSocket} from './socket.ts';
import {createWaitingRoom} from './waiting-room.ts';

/** The sessions and their API, open. */
export interface Opened {
  readonly server: ApiServer;
  /** Whether there are live sessions or operations. */
  busy(): boolean;
  onBusy(listener: () => void): void;
  close(): Promise<void>;
}

export interface DaemonOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Opens the sessions and their API. `stop` ends the daemon in order: the API's Shutdown calls it. */
  open(controls: {readonly stop: (why: string) => void}): Promise<Opened>;
}

/** A stop that gets stuck holds the lock, and with it every client: then it ends without being in order. */
const patienceMs = 8000;

/** Is the daemon until it is stopped, or nobody needs it. Resolves with the exit code: 0 stopped, 75 another one has the lock. */
export async function runDaemon(options: DaemonOptions): Promise<number> {
  const {paths, log} = options;
  // Nobody's directory is held in use by us.
  process.chdir('/');
  try {
    const inherited = takeInherited(options.env);
    const lock = takeLock(daemonFiles(paths).lock);
    if (!lock) {
      // At each race one line from each loser would be told otherwise.
      log.debug('another daemon has the lock');
      return exitLost;
    }
    let code: number | undefined;
    try {
      code = await serve(options, lock, inherited);
      return code;
    } finally {
      // What got stuck may still write: then the lock goes with the process, a moment later.
      if (code !== exitStuck) {
        lock.release();
        log.info('the lock is released');
      }
    }
  } catch (error) {
    log.error('the daemon ends with an error', {message: (error as Error).message, stack: (error as Error).stack});
    throw error;
  } finally {
    await log.flush();
  }
}

async function serve(options: DaemonOptions, lock: Lock, inherited: number | undefined): Promise<number> {
  const {paths, clock, log, env, version} = options;
  const files = daemonFiles(paths);
  log.info('the daemon begins', {
    ...{version, node: process.version, socket: files.socket, activated: inherited !== undefined},
  });
  const {promise: stopped, resolve} = Promise.withResolvers<string>();
  const stop = (why: string) => resolve(why);
  const signals = onSignals(stop);
  const room = createWaitingRoom();
  try {
    try {
      // Before it listens: what is written there else is the address of one that is no more.
      noteAddress(paths);
    } catch (error) {
      log.warn('where the daemon listens is not written down', {why: (error as Error).message});
    }
    const socket = await openSocket({
      ...{path: files.socket, clock, log, inherited},
      onConnection: connection => room.enter(connection),
      mayListen: () => lock.held(),
      onLost() {
        log.error('the lock is lost: its file was removed or replaced', {lock: files.lock});
        stop('the lock is lost');
      },
    });
    try {
      const opened = await options.open({stop});
      log.info('the daemon is ready');
      const idle = watchIdle({
        ...{clock, ms: idleMs(env)},
        isIdle: () => opened.server.clients === 0 && !opened.busy(),
        onExpired: () => stop('nobody needed it'),
      });
      opened.server.onClients(idle.changed);
      opened.onBusy(idle.changed);
      room.open(connection => opened.server.accept(connection));
      const why = await stopped;
      log.info('the daemon stops', {why});
      idle.close();
      socket.close();
      return await inTime(clock, log, async () => {
        await opened.server.close();
        await opened.close();
      });
    } finally {
      socket.close();
    }
  } finally {
    room.close();
    signals.close();
  }
}

/** A hang-up is not for us: we have no terminal, and the one who started us may close theirs. */
function onSignals(stop: (why: string) => void) {
  const ends = ['SIGTERM', 'SIGINT'] as const;
  const ignore = () => {};
  for (const signal of ends) process.on(signal, stop);
  process.on('SIGHUP', ignore);
  return {
    close() {
      for (const signal of ends) process.off(signal, stop);
      process.off('SIGHUP', ignore);
    },
  };
}

async function inTime(clock: Clock, log: Log, work: () => Promise<void>): Promise<number> {
  const {promise: late, resolve} = Promise.withResolvers<number>();
  const cancel = clock.after(patienceMs, () => {
    log.error('stopping got stuck', {ms: patienceMs});
    resolve(exitStuck);
  });
  try {
    return await Promise.race([work().then(() => 0), late]);
  } finally {
    cancel();
  }
}

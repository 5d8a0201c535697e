import {once} from 'node:events';
import {type FSWatcher, lstatSync, rmSync, watch} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {Log} from '../lib/log.ts';
import {makeRuntimeDirectory} from './runtime-directory.ts';

export interface SocketOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** A listening descriptor that was handed to us; it is never unlinked. */
  readonly inherited: number | undefined;
  onConnection(socket: net.Socket): void;
  /** Whether the path is still ours to use. False ends the watching, and `onLost` is called. */
  mayListen(): boolean;
  onLost(): void;
}

export interface DaemonSocket {
  /** No new connections; those that are open go on. The path is free afterwards. */
  close(): void;
}

/** Changes are heard of at once; this catches what a watcher cannot see: a directory that was not there to be watched. */
const lookMs = 5000;

const identity = (file: string): string | undefined => {
  const found = lstatSync(file, {throwIfNoEntry: false});
  return found && `${found.dev}:${found.ino}`;
};

/** Only for the holder of the lock: whatever is at the path belongs to a daemon that is no more, or to nobody. */
function clear(file: string): void {
  try {
    rmSync(file, {force: true});
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `${file} is in the way of the daemon's socket: ${(cause as Error).message}`, {
      hint: 'Remove it.',
      cause,
    });
  }
}

async function bind(file: string, onConnection: (socket: net.Socket) => void): Promise<net.Server> {
  makeRuntimeDirectory(path.dirname(file));
  clear(file);
  const server = net.createServer(onConnection);
  // The socket is made within this call. Not for longer: what we write into the user's own directories follows the user's.
  const before = process.umask(0o177);
  try {
    server.listen(file);
  } finally {
    process.umask(before);
  }
  await listening(server, file);
  return server;
}

async function listening(server: net.Server, what: string): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not listen on ${what}: ${(cause as Error).message}`, {cause});
  }
}

/** Listens, and listens anew when the socket or its directory vanishes or something else takes its place. */
export async function openSocket(options: SocketOptions): Promise<DaemonSocket> {
  const {path: file, clock, log, inherited, onConnection} = options;
  let own: net.Server | undefined;
  let handed: net.Server | undefined;
  let made: string | undefined;
  let watcher: FSWatcher | undefined;
  let later = () => {};
  let busy = false;
  let closed = false;
  let trouble = '';

  const follow = () => {
    watcher?.close();
    try {
      watcher = watch(path.dirname(file), {persistent: false}, () => void look());
      watcher.on('error', () => watcher?.close());
    } catch {
      watcher = undefined;
    }
  };
  const listen = async () => {
    // Closing unlinks by path, whatever is there by now: first this, then the new one.
    own?.close();
    own = undefined;
    own = await bind(file, onConnection);
    if (closed) own.close();
    made = identity(file);
    follow();
  };
  const look = async () => {
    if (closed || busy) return;
    if (!options.mayListen()) {
      close();
      options.onLost();
      return;
    }
    if (made !== undefined && identity(file) === made) return;
    busy = true;
    try {
      await listen();
      log.warn('the socket was gone or replaced: made anew', {socket: file});
      trouble = '';
    } catch (error) {
      const {message} = error as Error;
      if (message !== trouble) log.error('the socket is gone and cannot be made', {socket: file, message});
      trouble = message;
    } finally {
      busy = false;
    }
  };
  const lookAgain = () => {
    later = clock.after(lookMs, () => {
      void look();
      lookAgain();
    });
  };
  const close = () => {
    closed = true;
    later();
    watcher?.close();
    handed?.close();
    own?.close();
  };

  if (inherited === undefined) await listen();
  else {
    handed = net.createServer(onConnection).listen({fd: inherited});
    await listening(handed, `descriptor ${inherited}`);
    made = identity(file);
    follow();
  }
  lookAgain();
  return {close};
}

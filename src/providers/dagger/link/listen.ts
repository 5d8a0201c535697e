import {chmodSync, lstatSync, mkdirSync, rmSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import type {Clock} from '../../../lib/clock.ts';
import {privateDirectory} from '../../../lib/files.ts';
import type {Log} from '../../../lib/log.ts';
import {openChannel} from './channel.ts';
import {type Connection, connect} from './connection.ts';
import type {Link, LinkKeys} from './link.ts';

/** Who has not shown the right key yet: with more of them the next one is let go. */
const mostUnproved = 8;
/** Of a unix socket's path, which both ends need, by the kernel. */
const longestPath = process.platform === 'darwin' ? 103 : 107;

export interface LinkInput {
  /** In a directory that is ours alone; at most 107 bytes. */
  readonly socket: string;
  readonly keys: LinkKeys;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

function makePlace(socket: string): void {
  if (Buffer.byteLength(socket) > longestPath)
    throw new AppError('STATE_UNUSABLE', `${socket} is too long for a socket: ${longestPath} bytes at most`, {
      hint: 'Set TRAILS_HOME, or XDG_RUNTIME_DIR, to a shorter path.',
    });
  const directory = path.dirname(socket);
  mkdirSync(path.dirname(directory), {recursive: true});
  chmodSync(privateDirectory(directory), 0o700);
  const found = lstatSync(socket, {throwIfNoEntry: false});
  if (found && !found.isSocket()) throw new AppError('STATE_UNUSABLE', `${socket} is there and is no socket`);
  // Of a daemon that is no more.
  rmSync(socket, {force: true});
}

const listening = (server: net.Server, socket: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', cause =>
      reject(new AppError('STATE_UNUSABLE', `Could not listen on ${socket}: ${cause.message}`, {cause})),
    );
    server.listen(socket, () => {
      chmodSync(socket, 0o600);
      resolve();
    });
  });

/** Listens for the environment that has these keys. Throws STATE_UNUSABLE. */
export async function createLink({socket, keys, clock, log}: LinkInput): Promise<Link> {
  makePlace(socket);
  const listeners = new Set<() => void>();
  const unproved = new Set<Connection>();
  let current: Connection | undefined;
  let contactAt: number | undefined;
  let closed = false;
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const take = (accepted: net.Socket) => {
    if (closed || unproved.size >= mostUnproved) return void accepted.destroy();
    const connection = connect(accepted, keys, () => {
      if (connection === current) contactAt = clock.now();
    });
    unproved.add(connection);
    void connection.ready.then(ready => {
      unproved.delete(connection);
      if (!ready) return log.warn('refused what answered at a link', {socket, why: connection.why()});
      // The one before may be dead and not know it yet.
      const before = current;
      current = connection;
      contactAt = clock.now();
      before?.end();
      changed();
    });
    void connection.gone.then(() => {
      if (connection !== current) return;
      current = undefined;
      log.info('a link has broken', {socket, why: connection.why()});
      changed();
    });
  };
  const server = net.createServer(take);
  await listening(server, socket);
  server.on('error', error => log.warn('a link does not listen', {socket, why: error.message}));
  return {
    get connected() {
      return current !== undefined;
    },
    get contactAt() {
      return contactAt;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async run(commandLine, options = {}) {
      if (!current) throw new AppError('ENGINE_UNREACHABLE', 'The environment does not answer just now');
      return openChannel(current, commandLine, options);
    },
    async close() {
      if (closed) return;
      closed = true;
      const ended = new Promise(resolve => server.close(resolve));
      for (const connection of [...unproved, ...(current ? [current] : [])]) connection.end();
      await ended;
      rmSync(socket, {force: true});
    },
  };
}

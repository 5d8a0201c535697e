import {once} from 'node:events';
import {constants} from 'node:os';
import type {ClientChannel} from 'ssh2';
import {AppError} from '../../../errors.ts';
import type {Connection} from './connection.ts';
import type {Channel, RunOptions} from './link.ts';

const unreachable = () => new AppError('ENGINE_UNREACHABLE', 'The connection to the environment has broken');

const attempts = 5;

const refused = (cause: Error) =>
  new AppError('ENGINE_REFUSED', `The environment ran no command: ${cause.message}`, {cause});

const openedOnce = ({client, gone}: Connection, commandLine: string, {tty}: RunOptions): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    void gone.then(() => reject(unreachable()));
    const pty = tty ? {pty: {cols: tty.columns, rows: tty.rows, term: 'xterm-256color'}} : {};
    try {
      client.exec(commandLine, pty, (error, stream) => (error ? reject(refused(error)) : resolve(stream)));
    } catch {
      // It has broken and has not said so yet.
      reject(unreachable());
    }
  });

/**
 * dropbear 2022 closes one in three channels that are opened while the process of another one ends, before it looks at what they ask
 * for: it would have answered otherwise. So nothing has run, and it can be asked again.
 */
async function opened(connection: Connection, commandLine: string, options: RunOptions): Promise<ClientChannel> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openedOnce(connection, commandLine, options);
    } catch (error) {
      if (attempt === attempts || !(error instanceof AppError) || error.code !== 'ENGINE_REFUSED') throw error;
    }
  }
}

/** Throws ENGINE_UNREACHABLE when the connection breaks meanwhile, ENGINE_REFUSED when the command is refused. */
export async function openChannel(connection: Connection, commandLine: string, options: RunOptions): Promise<Channel> {
  const {signal} = options;
  signal?.throwIfAborted();
  const stream = await opened(connection, commandLine, options);
  const closed = Promise.withResolvers<number | undefined>();
  let code: number | undefined;
  let over = false;
  const close = () => {
    if (!over) stream.close();
  };
  stream.on('exit', (exit: number | null, name?: string) => {
    const number = name ? constants.signals[`SIG${name}` as NodeJS.Signals] : undefined;
    code = exit ?? 128 + (number ?? constants.signals.SIGKILL);
  });
  const finish = () => {
    over = true;
    signal?.removeEventListener('abort', close);
    closed.resolve(code);
  };
  stream.once('close', finish);
  stream.on('error', () => {});
  void connection.gone.then(finish);
  signal?.addEventListener('abort', close, {once: true});
  if (signal?.aborted) close();
  // Nothing flows before somebody listens.
  const both = [stream, stream.stderr] as const;
  return {
    async write(bytes) {
      if (over || !stream.writable || stream.write(bytes)) return;
      const settled = new AbortController();
      const drained = once(stream, 'drain', {signal: settled.signal}).catch(() => {});
      await Promise.race([drained, closed.promise]);
      settled.abort();
    },
    end: () => void stream.end(),
    onOutput(listener) {
      stream.on('data', (bytes: Buffer) => listener('stdout', bytes));
      stream.stderr.on('data', (bytes: Buffer) => listener('stderr', bytes));
    },
    pause() {
      for (const one of both) one.pause();
    },
    resume() {
      for (const one of both) one.resume();
    },
    resize({columns, rows}) {
      if (!over) stream.setWindow(rows, columns, 0, 0);
    },
    closed: closed.promise,
    close,
  };
}

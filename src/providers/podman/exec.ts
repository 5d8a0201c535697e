import {once} from 'node:events';
import type {Socket} from 'node:net';
import {pause} from '../../lib/clock.ts';
import type {EnvironmentId, ExecOptions, ExecStream, Size} from '../provider.ts';
import {agentHome} from './create/places.ts';
import {compat, type Engine} from './engine.ts';

const frameHeader = 8;
const resizeAttempts = 5;

/** Takes apart the stream of a command without a terminal: frames of 1 byte stream, 3 zero, 4 length, then the bytes. */
function createDemux(onOutput: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void) {
  let rest: Buffer = Buffer.alloc(0);
  return (piece: Buffer) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    while (rest.length >= frameHeader) {
      const length = rest.readUInt32BE(4);
      if (rest.length < frameHeader + length) return;
      onOutput(rest[0] === 2 ? 'stderr' : 'stdout', rest.subarray(frameHeader, frameHeader + length));
      rest = rest.subarray(frameHeader + length);
    }
  };
}

/** The command runs under a shell that first tells its own process id, so that it can be ended: the API has no call for that. */
const pidScript = 'echo $$ >"$TRAILS_PID" 2>/dev/null; unset TRAILS_PID; exec "$@"';

export async function startExec(
  engine: Engine,
  id: EnvironmentId,
  argv: readonly [string, ...string[]],
  options: ExecOptions,
): Promise<ExecStream> {
  const {tty, env = {}, cwd, user, signal} = options;
  const pidFile = `/tmp/.trails-exec-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const variables: Record<string, string> = {HOME: agentHome, ...env, TRAILS_PID: pidFile};
  const created = await engine.ask('POST', `${compat}/containers/${id}/exec`, {
    signal,
    body: {
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty !== undefined,
      Cmd: ['/bin/sh', '-c', pidScript, 'sh', ...argv],
      Env: Object.entries(variables).map(([key, value]) => `${key}=${value}`),
      WorkingDir: cwd ?? '/workspace',
      ...(user === 'root' ? {User: '0:0'} : {}),
    },
  });
  const exec = (created.body as {Id: string}).Id;
  // Podman takes the first size with the start; Docker only once it runs.
  const size = tty ? {h: tty.rows, w: tty.columns} : {};
  const socket: Socket = await engine.upgrade(`${compat}/exec/${exec}/start`, {
    signal,
    body: {Detach: false, Tty: tty !== undefined, ...size},
  });
  const resize = async (next: Size) => {
    const path = `${compat}/exec/${exec}/resize?w=${next.columns}&h=${next.rows}`;
    // Podman hands the connection over a moment before it notes that the process runs, and refuses until then.
    for (let attempt = 0; attempt < resizeAttempts; attempt += 1) {
      const {status} = await engine.ask('POST', path, {accept: [404, 409, 500]});
      if (status < 300 || status === 404) return;
      await pause(20 * (attempt + 1));
    }
  };
  if (tty) await resize(tty);

  let listener: ((stream: 'stdout' | 'stderr', bytes: Uint8Array) => void) | undefined;
  const early: ['stdout' | 'stderr', Uint8Array][] = [];
  const tell = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => {
    if (listener) listener(stream, bytes);
    else early.push([stream, Uint8Array.from(bytes)]);
  };
  socket.on('data', tty ? bytes => tell('stdout', bytes) : createDemux(tell));
  let paused = false;
  // Output stays in the connection until somebody listens.
  socket.pause();

  const exit = new Promise<number>((resolve, reject) => {
    const ask = () => {
      engine
        .ask('GET', `${compat}/exec/${exec}/json`, {accept: [404]})
        .then(({body}) => resolve((body as {ExitCode?: number | null} | undefined)?.ExitCode ?? 137), reject);
    };
    socket.on('error', () => {});
    socket.once('close', ask);
  });
  exit.catch(() => {});
  const kill = () => {
    const body = {
      ...{AttachStdout: false, AttachStderr: false, Tty: false},
      Cmd: ['/bin/sh', '-c', 'kill -KILL "$(cat "$0")"; rm -f "$0"', pidFile],
      ...(user === 'root' ? {User: '0:0'} : {}),
    };
    void engine
      .ask('POST', `${compat}/containers/${id}/exec`, {body})
      .then(made =>
        engine.ask('POST', `${compat}/exec/${(made.body as {Id: string}).Id}/start`, {
          body: {Detach: true, Tty: false},
        }),
      )
      .catch(() => {})
      .finally(() => {
        if (socket.readableFlowing === false) socket.resume();
      });
  };
  signal?.addEventListener('abort', kill, {once: true});
  void exit.finally(() => signal?.removeEventListener('abort', kill)).catch(() => {});

  return {
    stdin: {
      async write(bytes) {
        if (!socket.writable || socket.write(bytes)) return;
        const settled = new AbortController();
        const {signal} = settled;
        await Promise.race([once(socket, 'drain', {signal}), once(socket, 'close', {signal})]).catch(() => {});
        settled.abort();
      },
      end: () => void socket.end(),
    },
    onOutput(next) {
      listener = next;
      for (const [stream, bytes] of early.splice(0)) next(stream, bytes);
      if (!paused) socket.resume();
    },
    pause() {
      paused = true;
      socket.pause();
    },
    resume() {
      paused = false;
      if (listener) socket.resume();
    },
    resize,
    exit,
    kill,
  };
}

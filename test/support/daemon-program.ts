import {mkdirSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import type net from 'node:net';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {daemonControl} from '../../src/daemon/control.ts';
import {type Opened, runDaemon} from '../../src/daemon/process.ts';
import {AppError} from '../../src/errors.ts';
import {systemClock as clock} from '../../src/lib/clock.ts';
import {endAtCrash} from '../../src/lib/crash.ts';
import {openLog} from '../../src/lib/log.ts';
import {daemonFiles, pathsFrom} from '../../src/lib/paths.ts';

// A daemon with an API of two questions, and a client of it. `run` is the daemon; `clients` asks at every line on stdin.

const {env} = process;
const paths = pathsFrom(env);
const files = daemonFiles(paths);
const version = {version: env.TEST_VERSION ?? '1.0.0', protocolMin: Number(env.TEST_PROTOCOL ?? 1)};
const ours = {...version, protocolMax: version.protocolMin};
const wait = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

async function open({stop}: {readonly stop: (why: string) => void}): Promise<Opened> {
  if (env.TEST_FAIL) throw new AppError('CONFIG_INVALID', 'the file says nonsense', {hint: 'mend it'});
  if (env.TEST_CRASH)
    setTimeout(() => {
      throw new Error('a bug');
    }, 0);
  // Who was ever a daemon leaves a trace.
  mkdirSync(path.join(paths.state, 'daemons'), {recursive: true});
  writeFileSync(path.join(paths.state, 'daemons', String(process.pid)), '');
  await wait(Number(env.TEST_OPEN_MS ?? 0));
  const sockets = new Set<net.Socket>();
  let listener = () => {};
  const answers: Record<string, () => object> = {
    GetInfo: () => ({
      ...ours,
      ...{pid: String(process.pid), startTime: new Date().toISOString(), clients: sockets.size},
      ...{sessions: 2, liveSessions: Number(env.TEST_LIVE ?? 0), cwd: process.cwd()},
    }),
    Shutdown() {
      setImmediate(() => stop('asked to'));
      return {};
    },
  };
  const server = http.createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify(answers[path.basename(request.url ?? '')]?.() ?? {}));
  });
  return {
    server: {
      accept(socket) {
        sockets.add(socket);
        socket.once('close', () => {
          sockets.delete(socket);
          listener();
        });
        listener();
        server.emit('connection', socket);
      },
      get clients() {
        return sockets.size;
      },
      onClients(call) {
        listener = call;
      },
      async close() {
        for (const socket of sockets) socket.destroy();
      },
    },
    busy: () => env.TEST_BUSY === '1',
    onBusy() {},
    close: async () => {},
  };
}

const control = daemonControl({
  ...{paths, env, clock, ours},
  program: {file: process.execPath, args: [process.argv[1]!, 'run']},
});

const told = (error: unknown) =>
  error instanceof AppError ? {code: error.code, message: error.message, hint: error.hint} : {code: String(error)};

const programs: Record<string, () => Promise<void>> = {
  async run() {
    const log = openLog(paths, env, {file: files.log});
    endAtCrash(() => log, {});
    try {
      process.exit(await runDaemon({paths, clock, log, env, open}));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      process.stderr.write(`error: ${error.message}\nhint: ${error.hint}\n`);
      process.exit(error.exitCode);
    }
  },
  async clients() {
    process.stdout.write('ready\n');
    for await (const _ of createInterface({input: process.stdin})) {
      const answer = await control.ready().catch(told);
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    }
  },
};

await programs[process.argv[2] ?? '']?.();

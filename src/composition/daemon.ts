import {type DaemonControl, daemonControl} from '../daemon/control.ts';
import {protocol} from '../daemon/handshake.ts';
import {systemClock as clock} from '../lib/clock.ts';
import {imageNames} from '../lib/image-names.ts';
import {type Log, openLog} from '../lib/log.ts';
import {daemonFiles} from '../lib/paths.ts';
import {bringingHere} from '../sessions/here.ts';
import type {SessionsPort} from '../sessions/port.ts';
import {programWith} from './program.ts';
import type {World} from './world.ts';

/** Whoever started it waits for its first answers: what may be needed later is loaded behind them. */
const loadAfterMs = 1500;
const rotation = {bytes: 5 * 2 ** 20, keep: 3};

/** This very program as a daemon. */
export const daemonProgram = programWith('daemon', 'run');

export const controlOf = ({paths, env, version}: World): DaemonControl =>
  daemonControl({paths, env, clock, program: daemonProgram, ours: {version, ...protocol}});

/** The sessions of the daemon, which is started if there is none. */
export async function connectSessions(world: World, provider: string | undefined): Promise<SessionsPort> {
  const [{openLine}, {remoteSessions}] = await Promise.all([import('../api/line.ts'), import('../api/client.ts')]);
  const caller = {
    ...{pid: process.pid, command: world.command, images: imageNames(world.env)},
    ...(provider === undefined ? {} : {provider}),
  };
  const line = openLine({socket: daemonFiles(world.paths).socket, caller, ready: controlOf(world).ready});
  return bringingHere(remoteSessions(line), world.env);
}

/** Is the daemon. `onLog`: where it tells of itself from now on. */
export async function runAsDaemon(world: World, onLog: (log: Log) => void): Promise<number> {
  const {paths, env, version} = world;
  const [{runDaemon}, {loadWhole, openSessions}, {createApiServer}] = await Promise.all([
    import('../daemon/process.ts'),
    import('./service.ts'),
    import('../daemon/server.ts'),
  ]);
  const log = openLog(paths, env, {file: daemonFiles(paths).log, rotation});
  onLog(log);
  try {
    return await runDaemon({
      ...{paths, clock, log, env, version},
      async open({stop}) {
        const service = await openSessions(world);
        clock.after(loadAfterMs, () => {
          void loadWhole().then(
            () => log.info('everything is loaded'),
            (error: Error) => log.error('not everything could be loaded', {stack: error.stack}),
          );
        });
        const facts = {version, pid: process.pid, startedAt: clock.now(), count: service.count, stop};
        return {
          server: createApiServer({sessions: service, facts, log}),
          busy: () => service.count().live > 0,
          onBusy: service.onChange,
          close: service.close,
        };
      },
    });
  } finally {
    // It has let go of everything; what is open all the same must not keep it.
    clock.after(1000, () => process.exit());
  }
}

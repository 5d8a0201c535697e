import {daemonEnvironment} from '../daemon/environment.ts';
import {spawnDaemon} from '../daemon/spawned.ts';
import type {Egress} from '../egress/egress.ts';
import {keptEgress} from '../egress/keeper/kept-egress.ts';
import {systemClock as clock} from '../lib/clock.ts';
import {type Log, openLog} from '../lib/log.ts';
import {keeperFiles} from '../lib/paths.ts';
import {programWith} from './program.ts';
import type {World} from './world.ts';

const rotation = {bytes: 2 * 2 ** 20, keep: 2};

/** What lets the sessions of this world out: a process of its own, which outlives daemons. */
export function egressOf({paths, env, version, log}: World): Egress {
  const {socket, output} = keeperFiles(paths);
  return keptEgress({
    ...{socket, version, clock, log: log()},
    start() {
      const child = spawnDaemon(programWith('daemon', 'egress'), output, daemonEnvironment(env));
      return () => (child.exitCode() === undefined ? undefined : child.failure('The keeper').message);
    },
  });
}

/** Is the keeper. `onLog`: where it tells of itself from now on. */
export async function runAsKeeper(world: World, onLog: (log: Log) => void): Promise<number> {
  const [{createEgress}, {runKeeper}] = await Promise.all([
    import('../egress/create-egress.ts'),
    import('../egress/keeper/keeper.ts'),
  ]);
  const {paths, env, version} = world;
  const {socket, log: file} = keeperFiles(paths);
  const log = openLog(paths, env, {file, rotation});
  onLog(log);
  // Nobody's directory is held in use by us, and a terminal that closes is none of ours.
  process.chdir('/');
  process.on('SIGHUP', () => {});
  try {
    await runKeeper({...{socket, version, clock, log}, egress: createEgress({clock})});
    return 0;
  } finally {
    await log.flush();
    clock.after(1000, () => process.exit());
  }
}

import {daemonControl} from '../../src/daemon/control.ts';
import {protocol} from '../../src/daemon/handshake.ts';
import {systemClock as clock} from '../../src/lib/clock.ts';
import type {Paths} from '../../src/lib/paths.ts';

/** Ends the daemon of a home, if one runs; resolves once it has gone. */
export async function stopDaemon(paths: Paths): Promise<void> {
  const program = {file: process.execPath, args: []};
  await daemonControl({paths, env: {}, clock, program, ours: {version: 'test', ...protocol}}).stop();
}

/** Of the daemon of a home; undefined while none answers. */
export async function daemonPid(paths: Paths): Promise<number | undefined> {
  const program = {file: process.execPath, args: []};
  const control = daemonControl({paths, env: {}, clock, program, ours: {version: 'test', ...protocol}});
  return (await control.status())?.pid;
}

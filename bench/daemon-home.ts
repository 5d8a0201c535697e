import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {remoteSessions} from '../src/api/client.ts';
import {openLine} from '../src/api/line.ts';
import {daemonControl} from '../src/daemon/control.ts';
import {protocol} from '../src/daemon/handshake.ts';
import {systemClock as clock} from '../src/lib/clock.ts';
import {daemonFiles} from '../src/lib/paths.ts';
import type {SessionsPort} from '../src/sessions/port.ts';
import {type Home, openHome} from './home.ts';
import {program} from './program.ts';

export interface DaemonHome extends Home {
  /** Its sessions, as a client of ours has them. */
  readonly port: SessionsPort;
  daemonPid(): Promise<number>;
  /** Ends the daemon, and the home. */
  end(): Promise<void>;
}

/** A home with the bundled daemon, whose sessions are of this provider unless told otherwise. */
export async function openDaemonHome(provider: string, home: Home = openHome()): Promise<DaemonHome> {
  const {paths, env} = home;
  mkdirSync(paths.config, {recursive: true});
  writeFileSync(path.join(paths.config, 'config.yaml'), `provider: ${provider}\n`);
  const daemon = {file: process.execPath, args: [program, 'daemon', 'run']};
  const control = daemonControl({paths, env, clock, program: daemon, ours: {version: 'bench', ...protocol}});
  await control.ready();
  const caller = {pid: process.pid, command: 'bench'};
  const line = openLine({socket: daemonFiles(paths).socket, caller, ready: control.ready});
  return {
    ...home,
    port: remoteSessions(line),
    async daemonPid() {
      const status = await control.status();
      if (!status) throw new Error('the daemon of this home does not run');
      return status.pid;
    },
    async end() {
      line.close();
      await control.stop();
      home.close();
    },
  };
}

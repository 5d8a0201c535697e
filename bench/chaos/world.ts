import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {remoteSessions} from '../../src/api/client.ts';
import {openLine} from '../../src/api/line.ts';
import {daemonControl} from '../../src/daemon/control.ts';
import {protocol} from '../../src/daemon/handshake.ts';
import {systemClock as clock} from '../../src/lib/clock.ts';
import {run} from '../../src/lib/exec.ts';
import {daemonFiles} from '../../src/lib/paths.ts';
import {engineEnv} from '../../src/providers/podman/socket.ts';
import {homeLabel, labels} from '../../src/sessions/context.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {writeTestSettings} from '../../test/support/podman-settings.ts';
import {type Home, openHome} from '../home.ts';
import {endedAnyway} from '../leaving.ts';
import {program} from '../program.ts';
import {listenersOn, processesOf, type Running} from './processes.ts';

export interface Ended {
  /** -1 after a signal. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A container of this home, as Podman itself tells of it. */
export interface Container {
  readonly session: string;
  readonly state: string;
}

/** A TRAILS_HOME of the run's own: its clients, and what the system says of its processes, containers and files. */
export interface World extends Home {
  readonly command: readonly [string, ...string[]];
  /** A client of its own over the API; it starts the daemon by need. */
  client(name: string): {readonly port: SessionsPort; close(): void};
  /** Runs the command line; the child is there to be killed. */
  trails(args: readonly string[]): {readonly child: ChildProcess; readonly ended: Promise<Ended>};
  processes(): readonly Running[];
  /** Daemons, also those that are only starting. */
  daemons(): readonly number[];
  /** The daemons that clients can reach. More than one is one too many. */
  answering(): readonly number[];
  engineService(): number | undefined;
  containers(): Promise<readonly Container[]>;
  directories(): readonly string[];
  /** What is in one of them, as it is found on a second look. */
  filesOf(id: string): readonly string[];
  stopDaemon(): Promise<void>;
  /** The last that daemons said. */
  daemonLog(): readonly string[];
  end(): Promise<void>;
}

const isDaemon = ({command}: Running) => command.endsWith('daemon run');

/**
 * Node collects garbage late where there is memory: the daemon grows to 280 MB and holds 20. With a small heap what it holds on to is told
 * from what it has not thrown away yet, and a leak ends it.
 */
const heap = '--max-old-space-size=64';

export async function openWorld(): Promise<World> {
  process.env.NODE_OPTIONS = heap;
  const home = openHome();
  const {paths, env} = home;
  await writeTestSettings(paths);
  const files = daemonFiles(paths);
  const trailsHome = String(env.TRAILS_HOME);
  const daemon = {file: process.execPath, args: [program, 'daemon', 'run']};
  const control = daemonControl({paths, env, clock, program: daemon, ours: {version: 'chaos', ...protocol}});
  const label = `label=${labels.home}=${homeLabel(paths)[labels.home]}`;
  const podman = (...args: string[]) => run('podman', args, {env: engineEnv(paths), timeoutMs: 60_000});
  const processes = () => processesOf(trailsHome);
  const daemons = () =>
    processes()
      .filter(isDaemon)
      .map(({pid}) => pid);
  const engineService = () => processes().find(({command}) => /^\S*podman system service /.test(command))?.pid;
  const directory = path.join(paths.state, 'sessions');

  return {
    ...home,
    command: [process.execPath, program],
    processes,
    daemons,
    engineService,
    client(name) {
      const caller = {pid: process.pid, command: name};
      const line = openLine({socket: files.socket, caller, ready: control.ready});
      return {port: remoteSessions(line), close: line.close};
    },
    trails(args) {
      const child = spawn(process.execPath, [program, ...args], {
        env: {...env, NO_COLOR: '1'},
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const said = {stdout: '', stderr: ''};
      child.stdout.setEncoding('utf8').on('data', text => {
        said.stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', text => {
        said.stderr += text;
      });
      const ended = new Promise<Ended>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', code => resolve({...said, exitCode: code ?? -1}));
      });
      return {child, ended};
    },
    answering: () => listenersOn(files.socket, daemons()),
    async containers() {
      const {exitCode, stdout, stderr} = await podman('ps', '-a', '--filter', label, '--format', 'json');
      if (exitCode !== 0) throw new Error(`podman ps failed: ${stderr}`);
      const all = JSON.parse(stdout || '[]') as {Labels: Record<string, string>; State: string}[];
      return all.map(({Labels, State}) => ({session: Labels[labels.session] ?? '', state: State}));
    },
    directories: () => (existsSync(directory) ? readdirSync(directory) : []),
    filesOf: id =>
      existsSync(path.join(directory, id)) ? readdirSync(path.join(directory, id), {recursive: true}).map(String) : [],
    async stopDaemon() {
      await control.stop();
    },
    daemonLog: () => (existsSync(files.log) ? readFileSync(files.log, 'utf8').trim().split('\n').slice(-20) : []),
    end: endedAnyway(async () => {
      const kill = (wanted: (one: Running) => boolean) => {
        for (const one of processes().filter(wanted)) {
          try {
            process.kill(one.pid, 'SIGKILL');
          } catch {
            // It went by itself.
          }
        }
      };
      // Clients first: each would start another daemon.
      kill(one => !isDaemon(one) && one.command.includes(program));
      kill(isDaemon);
      const {stdout} = await podman('ps', '-aq', '--filter', label);
      const left = stdout.split('\n').filter(id => id !== '');
      if (left.length > 0) await podman('rm', '-f', '-t', '0', ...left);
      kill(() => true);
      home.close();
    }),
  };
}

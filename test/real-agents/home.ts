import {mkdirSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {remoteSessions} from '../../src/api/client.ts';
import {openLine} from '../../src/api/line.ts';
import {daemonControl} from '../../src/daemon/control.ts';
import {protocol} from '../../src/daemon/handshake.ts';
import {systemClock as clock} from '../../src/lib/clock.ts';
import {run} from '../../src/lib/exec.ts';
import {daemonFiles} from '../../src/lib/paths.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {agentsImage} from '../support/agents-image/image.ts';
import {openTestPodman} from '../support/podman.ts';
import {type Subject, subjects} from './agents.ts';

export interface AgentsHome {
  readonly port: SessionsPort;
  readonly home: string;
  /** With the real agents in it. */
  readonly image: string;
  /** A new directory for one session to work in. */
  repo(name: string): string;
  close(): Promise<void>;
}

const ofAll = Object.assign({}, ...Object.values<Subject>(subjects).map(({home}) => home ?? {}));

/** The user's own home: where to find the model, and nothing of whoever runs the tests. */
function userHome(directory: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(directory);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.join(directory, path.dirname(file)), {recursive: true});
    writeFileSync(path.join(directory, file), content);
  }
  return directory;
}

/** The bundled daemon over real Podman, in a home of its own; or why there is none. */
export async function openAgentsHome(
  files: Readonly<Record<string, string>> = ofAll,
): Promise<AgentsHome | {readonly missing: string}> {
  const found = await agentsImage();
  if ('missing' in found) return found;
  const podman = await openTestPodman();
  const {paths, home} = podman;
  mkdirSync(paths.config, {recursive: true});
  writeFileSync(path.join(paths.config, 'config.yaml'), 'provider: podman\n');
  const main = path.resolve('dist/main.js');
  const {exitCode, stderr} = await run(process.execPath, [main, 'daemon', 'start'], {
    env: {
      TRAILS_HOME: home,
      HOME: userHome(path.join(home, 'user'), files),
      // Where an engine without root has its images.
      XDG_DATA_HOME: process.env.XDG_DATA_HOME ?? path.join(os.homedir(), '.local/share'),
    },
  });
  if (exitCode !== 0) throw new Error(`the daemon did not start: ${stderr}`);
  const program = {file: process.execPath, args: [main, 'daemon', 'run']};
  const control = daemonControl({
    paths,
    env: {TRAILS_HOME: home},
    clock,
    program,
    ours: {version: 'test', ...protocol},
  });
  const caller = {pid: process.pid, command: 'trails test'};
  const line = openLine({socket: daemonFiles(paths).socket, caller, ready: control.ready});
  return {
    port: remoteSessions(line),
    home,
    image: found.reference,
    repo(name) {
      const directory = path.join(home, 'repos', name);
      mkdirSync(directory, {recursive: true});
      return directory;
    },
    async close() {
      line.close();
      await podman.close();
    },
  };
}

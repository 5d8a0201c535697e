import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {run} from '../../src/lib/exec.ts';
import type {Paths} from '../../src/lib/paths.ts';
import {stopDaemon} from './daemon.ts';

/** What a client ends with whose daemon was killed. */
export const lost = 75;

/** The built program over a home; with a fault: by a daemon that kills itself at this step. */
export async function faultyTrails(
  {home, paths}: {readonly home: string; readonly paths: Paths},
  args: readonly string[],
  fault?: string,
) {
  if (fault !== undefined) await stopDaemon(paths);
  return run(process.execPath, [path.resolve('dist/main.js'), ...args], {
    env: {TRAILS_HOME: home, TRAILS_FAULT: fault},
    timeoutMs: 40_000,
  });
}

/** A directory for a session of this name to work in, made when it is not there. */
export function repoIn(home: string, name: string): string {
  const directory = path.join(home, 'repos', name);
  mkdirSync(directory, {recursive: true});
  return directory;
}

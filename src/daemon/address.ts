import {readFileSync, rmSync, symlinkSync} from 'node:fs';
import path from 'node:path';
import {writeWhole} from '../lib/files.ts';
import {daemonFiles, type Paths} from '../lib/paths.ts';
import {makeRuntimeDirectory} from './runtime-directory.ts';

/** For the daemon: writes down where it listens. Throws STATE_UNUSABLE. */
export function noteAddress(paths: Paths): void {
  const {socket, address} = daemonFiles(paths);
  writeWhole(address, socket);
}

/**
 * While another process has the lock: makes our socket lead to where that one listens. In cron, under sudo or over ssh the
 * variables that say where sockets are may be others than the daemon was started with. Throws NOT_ALLOWED, STATE_UNUSABLE.
 */
export function leadToDaemon(paths: Paths): void {
  const {socket, address} = daemonFiles(paths);
  let elsewhere: string;
  try {
    elsewhere = readFileSync(address, 'utf8');
  } catch {
    // It is only just beginning.
    return;
  }
  if (elsewhere === socket || !path.isAbsolute(elsewhere)) return;
  makeRuntimeDirectory(path.dirname(socket));
  rmSync(socket, {force: true});
  try {
    symlinkSync(elsewhere, socket);
  } catch (error) {
    // Another client was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

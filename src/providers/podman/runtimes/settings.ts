import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {privateDirectory, writeWhole} from '../../../lib/files.ts';
import {onPath} from '../../../lib/on-path.ts';
import type {Paths} from '../../../lib/paths.ts';
import {runtimeKinds, scriptsOf, withRuntimes} from './runtimes.ts';

const directoryOf = (paths: Paths): string => path.join(paths.state, 'runtimes');

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** True when it was another one before. */
function writeChanged(file: string, text: string, mode: number): boolean {
  if (textOf(file) === text) return false;
  writeWhole(file, text, mode);
  return true;
}

/** The settings that a Podman without ours would read. */
const usersSettings = (home: string): string =>
  [path.join(home, '.config/containers/containers.conf'), '/etc/containers/containers.conf']
    .filter(file => existsSync(file))
    .map(textOf)[0] ?? '';

/**
 * Writes settings for the Podman that we start, in which the runtimes of this machine that need flags are scripts of ours. Undefined
 * where there are none: then `settings` alone will do.
 */
export function writeRuntimes(
  paths: Paths,
  {
    settings,
    home,
    search,
    rootless,
  }: {
    readonly settings: string | undefined;
    readonly home: string;
    readonly search: string | undefined;
    readonly rootless: boolean;
  },
): {readonly file: string; readonly changed: boolean} | undefined {
  const named = new Map<string, string>();
  for (const [runtime, {programs, flags}] of Object.entries(runtimeKinds)) {
    const program = flags && programs.map(name => onPath(name, search)).find(found => found !== undefined);
    if (program === undefined) continue;
    for (const [name, script] of scriptsOf(runtime, program, rootless)) {
      const file = path.join(privateDirectory(directoryOf(paths)), name);
      writeChanged(file, script, 0o755);
      named.set(name, file);
    }
  }
  if (named.size === 0) return undefined;
  const file = path.join(directoryOf(paths), 'containers.conf');
  const text = withRuntimes(settings === undefined ? usersSettings(home) : textOf(settings), named);
  return {file, changed: writeChanged(file, text, 0o644)};
}

import {closeSync, fstatSync, openSync, readSync, statSync, truncateSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../errors.ts';
import {startDetached} from '../lib/exec.ts';
import {privateDirectory} from '../lib/files.ts';

/** How this very program is started once more. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

/** A daemon that was started and may not have come up. */
export interface Spawned {
  /** Its exit code, or -1 after a signal; undefined while it runs. */
  exitCode(): number | undefined;
  /** Why it did not come up, in its own words. `what` it is, where it is not the daemon. */
  failure(what?: string): AppError;
}

const keptBytes = 256 * 1024;
const shownBytes = 8 * 1024;

function readFrom(file: string, offset: number): string {
  const descriptor = openSync(file, 'r');
  try {
    const {size} = fstatSync(descriptor);
    const start = Math.max(Math.min(offset, size), size - shownBytes);
    const text = Buffer.alloc(size - start);
    readSync(descriptor, text, 0, text.length, start);
    return text.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Starts a daemon in the background. Throws STATE_UNUSABLE when there is nowhere to write what it says. */
export function spawnDaemon(
  program: Program,
  output: string,
  env: Readonly<Record<string, string | undefined>>,
): Spawned {
  privateDirectory(path.dirname(output));
  let offset: number;
  try {
    offset = statSync(output, {throwIfNoEntry: false})?.size ?? 0;
    if (offset > keptBytes) {
      truncateSync(output);
      offset = 0;
    }
    closeSync(openSync(output, 'a', 0o600));
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not write ${output}: ${(cause as Error).message}`, {cause});
  }
  const {failed, ended} = startDetached(program.file, program.args, {logFile: output, env});
  let exitCode: number | undefined;
  let missing: Error | undefined;
  void ended.then(code => {
    exitCode = code;
  });
  void failed.then(error => {
    missing = error;
    exitCode = 127;
  });
  return {
    exitCode: () => exitCode,
    failure(what = 'The daemon') {
      const lines = missing ? [missing.message] : readFrom(output, offset).split('\n').filter(Boolean);
      const said = (label: string) => lines.findLast(line => line.startsWith(label))?.slice(label.length);
      const why = said('error: ') ?? lines.slice(-5).join(' ');
      // With no room left it could not even say so.
      const usual = why ? `All it said is in ${output}.` : `Check that there is space where ${output} is.`;
      return new AppError('DAEMON_UNREACHABLE', `${what} did not start: ${why || `exit code ${exitCode}`}`, {
        hint: said('hint: ') ?? usual,
        cause: missing,
      });
    },
  };
}

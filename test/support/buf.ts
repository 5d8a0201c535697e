import {spawnSync} from 'node:child_process';
import {tmpdir} from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'node_modules/.bin/buf');
const env = {
  ...process.env,
  PATH: `${path.join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  // Not in the user's own cache.
  BUF_CACHE_DIR: path.join(tmpdir(), 'trails-buf'),
};

/** Runs buf, with the generators of this repository on its PATH, and says all it said. */
export function buf(args: readonly string[], options: {readonly cwd?: string; readonly input?: string} = {}) {
  const {status, stdout, stderr} = spawnSync(file, args, {
    ...{cwd: options.cwd ?? path.join(root, 'src/api'), input: options.input ?? ''},
    ...{env, encoding: 'utf8', timeout: 25_000},
  });
  return {status, stdout, stderr};
}

/** Why buf cannot be used here, or nothing: its binary is an optional package, one for each kind of machine. */
export const bufMissing: string | undefined =
  buf(['--version']).status === 0 ? undefined : 'buf has no binary for this machine';

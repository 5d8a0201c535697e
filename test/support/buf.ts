import {spawn} from 'node:child_process';
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

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs buf, with the generators of this repository on its PATH, and resolves with all it said. */
export const buf = (args: readonly string[], cwd = path.join(root, 'src/api')): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 25_000});
    const said = {stdout: '', stderr: ''};
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (part: string) => {
        said[name] += part;
      });
    child.once('error', reject);
    child.once('close', status => resolve({status, ...said}));
  });

/** Why buf cannot be used here, or nothing: its binary is an optional package, one for each kind of machine. */
export const bufMissing: string | undefined = await buf(['--version']).then(
  ({status}) => (status === 0 ? undefined : 'buf has no binary for this machine'),
  () => 'buf is not installed',
);

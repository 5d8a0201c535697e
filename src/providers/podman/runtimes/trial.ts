import {chownSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import {type Clock, elapsed} from '../../../lib/clock.ts';
import {privateDirectory} from '../../../lib/files.ts';
import type {Paths} from '../../../lib/paths.ts';
import type {Network, Provider} from '../../provider.ts';
import {sandboxOf} from '../../sandbox/profile.ts';

const word = 'trails-trial';
const patienceMs = 30_000;
/** A user that owns nothing: no runtime but crun works in a directory of root. */
const nobody = 65_534;

/** Runs a program that prints a word, in an environment of this runtime. Throws when the word does not come. */
export async function tryRuntime(
  provider: Provider,
  {
    paths,
    clock,
    runtime,
    network,
  }: {
    readonly paths: Paths;
    readonly clock: Clock;
    readonly runtime: string;
    readonly network: Network;
  },
): Promise<void> {
  const home = mkdtempSync(path.join(privateDirectory(paths.state), 'trial-'));
  const workspace = path.join(home, 'workspace');
  mkdirSync(workspace);
  if (process.getuid?.() === 0) chownSync(workspace, nobody, nobody);
  const size = {columns: 80, rows: 24};
  const patience = new AbortController();
  let id: Awaited<ReturnType<Provider['createEnvironment']>> | undefined;
  try {
    id = await provider.createEnvironment(
      {
        ...{name: `trails-${path.basename(home).toLowerCase()}`, hostname: 'trial', image: 'host', labels: {}},
        ...{workspace, mounts: [], stateDir: path.join(home, 'state'), env: {}, runtime},
        limits: {memoryBytes: 512 * 2 ** 20, cpus: 1, pids: 128},
        // The way to the proxy is no part of what is tried.
        network: network === 'open' ? 'open' : 'none',
        sandbox: sandboxOf('strict'),
      },
      () => {},
      patience.signal,
    );
    await provider.spawnAgent(id, {argv: ['/bin/echo', word]}, size);
    const terminal = await provider.openTerminal(id, {size, from: 0, cuts: []});
    let printed = '';
    terminal.onData(bytes => {
      printed += Buffer.from(bytes).toString();
    });
    await Promise.race([terminal.closed, elapsed(clock, patienceMs, patience.signal)]);
    terminal.close();
    if (!printed.includes(word))
      throw new AppError('UNSUPPORTED', `nothing ran in it${printed.trim() && `: ${printed.trim().slice(0, 200)}`}`);
  } finally {
    patience.abort();
    if (id !== undefined) await provider.destroyEnvironment(id).catch(() => {});
    rmSync(home, {recursive: true, force: true});
  }
}

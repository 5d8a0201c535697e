import {mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {systemClock} from '../../../../src/lib/clock.ts';
import {onPath} from '../../../../src/lib/on-path.ts';
import {pathsFrom} from '../../../../src/lib/paths.ts';
import {createPodman} from '../../../../src/providers/podman/provider.ts';
import type {EnvironmentId, Provider} from '../../../../src/providers/provider.ts';
import {sandboxOf} from '../../../../src/providers/sandbox/profile.ts';
import {giveAway} from '../../../support/podman.ts';
import {writeTestSettings} from '../../../support/podman-settings.ts';

const size = {columns: 80, rows: 24};
const runsc = onPath('runsc', process.env.PATH);

describe('runtimes on a real Podman', {timeout: 60_000}, () => {
  let home: string;
  let provider: Provider;
  const made: EnvironmentId[] = [];
  beforeAll(async () => {
    home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-runtime-')));
    const paths = pathsFrom({TRAILS_HOME: home});
    await writeTestSettings(paths);
    provider = createPodman({paths, env: {TRAILS_HOME: home, PATH: process.env.PATH}, clock: systemClock});
  });
  afterAll(async () => {
    for (const id of made) await provider.destroyEnvironment(id);
    await provider.close();
    rmSync(home, {recursive: true, force: true});
  });

  const create = (name: string, runtime: string) => {
    const workspace = path.join(home, name);
    mkdirSync(workspace);
    giveAway(workspace);
    return provider.createEnvironment(
      {
        ...{name: `t-runtime-${path.basename(home).toLowerCase()}-${name}`, hostname: 'test', image: 'host'},
        ...{labels: {'trails.test': home}, workspace, mounts: [], stateDir: path.join(home, `state-${name}`), env: {}},
        limits: {memoryBytes: 512 * 2 ** 20, cpus: 1, pids: 128},
        ...{network: 'none', sandbox: sandboxOf('strict'), runtime},
      },
      () => {},
      new AbortController().signal,
    );
  };

  test('one that the engine does not have makes nothing', async () => {
    await expect(create('nope', 'nope')).rejects.toThrow();
    expect(await provider.listEnvironments({'trails.test': home})).toEqual([]);
  });

  test('gVisor is tried, and runs what is asked of it', async ({skip}) => {
    if (!runsc) skip('runsc is not installed here');
    expect(await provider.resolveRuntime('runsc', 'none')).toBe('runsc');
    const id = await create('gvisor', 'runsc');
    made.push(id);
    await provider.spawnAgent(id, {argv: ['/bin/cat', '/proc/version']}, size);
    const terminal = await provider.openTerminal(id, {size, from: 0, cuts: []});
    let printed = '';
    terminal.onData(bytes => {
      printed += Buffer.from(bytes).toString();
    });
    expect(await terminal.closed).toBe('exited');
    // Its own kernel, and not the machine's.
    expect(printed).toContain('Linux version 4.4.0');
  });
});

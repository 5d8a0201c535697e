import {mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, test} from 'vitest';
import {systemClock} from '../../../src/lib/clock.ts';
import {run} from '../../../src/lib/exec.ts';
import {pathsFrom} from '../../../src/lib/paths.ts';
import {createDocker} from '../../../src/providers/podman/provider.ts';
import {engineSocket} from '../../../src/providers/podman/socket.ts';
import type {EnvironmentSpec} from '../../../src/providers/provider.ts';
import {describeProvider} from '../../contracts/provider.ts';
import {giveAway} from '../../support/podman.ts';
import {shellPrograms} from '../../support/shell-programs.ts';

const home = realpathSync(mkdtempSync(path.join(tmpdir(), 't-docker-')));
const paths = pathsFrom({TRAILS_HOME: home});
const socket = await engineSocket('docker', paths, process.env).catch(() => undefined);

async function openDocker(at: string) {
  const provider = createDocker({paths, env: process.env, clock: systemClock});
  const labels = {'trails.test': home};
  let next = 0;
  return {
    provider,
    programs: shellPrograms,
    labels,
    spec(changes: Partial<EnvironmentSpec> = {}): EnvironmentSpec {
      next += 1;
      const workspace = path.join(home, `ws-${next}`);
      mkdirSync(workspace);
      // Docker works in no directory of root's.
      giveAway(workspace);
      return {
        name: `t-docker-${path.basename(home).toLowerCase()}-${next}`,
        hostname: 'test',
        image: 'host',
        labels,
        workspace,
        mounts: [],
        stateDir: path.join(home, `state-${next}`),
        env: {},
        limits: {memoryBytes: 256 * 2 ** 20, cpus: 1, pids: 128},
        network: 'none',
        ...changes,
      };
    },
    async removeBehind(id: string) {
      await run('docker', ['-H', `unix://${at}`, 'rm', '-f', id]);
    },
    async close() {
      for (const {id} of await provider.listEnvironments(labels)) await provider.destroyEnvironment(id);
      await provider.close();
      rmSync(home, {recursive: true, force: true});
    },
  };
}

if (socket) describeProvider('docker', () => openDocker(socket));
else {
  rmSync(home, {recursive: true, force: true});
  describe('docker as a provider', () => {
    test.skip('not run: no Docker daemon answers on this machine', () => {});
  });
}

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
import {sandboxOf} from '../../../src/providers/sandbox/profile.ts';
import {describeProvider} from '../../contracts/provider.ts';
import {giveAway} from '../../support/podman.ts';
import {shellPrograms} from '../../support/shell-programs.ts';
import {commandLines, filesBelow} from '../../support/traces.ts';

const home = realpathSync(mkdtempSync(path.join(tmpdir(), 't-docker-')));
const paths = pathsFrom({TRAILS_HOME: home});
const socket = await engineSocket('docker', paths, process.env).catch(() => undefined);

async function openDocker(at: string) {
  const provider = createDocker({paths, env: process.env, clock: systemClock});
  const labels = {'trails.test': home};
  let next = 0;
  return {
    provider,
    // Docker's log keeps a line back until it ends: of a screen without a line end, a later viewer sees nothing.
    programs: {
      ...shellPrograms,
      print: (text: string) => shellPrograms.print(`${text}\n`),
      idle: (text: string) => shellPrograms.idle(`${text}\n`),
    },
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
        sandbox: sandboxOf('strict'),
        ...changes,
      };
    },
    async traces(id: string, {stateDir}: EnvironmentSpec) {
      const {stdout} = await run('docker', ['-H', `unix://${at}`, 'inspect', id]);
      return [stdout, filesBelow(stateDir), commandLines()].join('\n');
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

/** Each is a property of Docker's log, from which what was printed before comes. */
const cannot = {
  'a character whose bytes come apart arrives whole in the record': 'its log repairs what is not UTF-8',
  'a flood of 10 MB arrives to the byte, before the end is told': 'log and connection cannot be joined to the byte',
  'a terminal that nobody reads does not hold the program back': 'log and connection cannot be joined to the byte',
  'opened at a position, it goes on exactly there': 'its log holds an unfinished line back',
};

if (socket) describeProvider('docker', () => openDocker(socket), cannot);
else {
  rmSync(home, {recursive: true, force: true});
  describe('docker as a provider', () => {
    test.skip('not run: no Docker daemon answers on this machine', () => {});
  });
}

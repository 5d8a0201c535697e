import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {systemClock} from '../../../src/lib/clock.ts';
import {createMock} from '../../../src/providers/mock/provider.ts';
import {sandboxOf} from '../../../src/providers/sandbox/profile.ts';
import {describeProvider} from '../../contracts/provider.ts';
import {scriptedProgram, scriptedPrograms} from '../../support/scripted-programs.ts';

describeProvider('mock', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'trails-mock-'));
  const provider = createMock({clock: systemClock, programFor: scriptedProgram});
  let next = 0;
  const labels = {'trails.test': home};
  return {
    provider,
    programs: scriptedPrograms,
    labels,
    spec(changes = {}) {
      next += 1;
      const workspace = path.join(home, `ws-${next}`);
      mkdirSync(workspace);
      return {
        ...{name: `t-mock-${next}`, hostname: 'contract', image: 'host', labels, workspace, mounts: []},
        ...{
          stateDir: path.join(home, `state-${next}`),
          env: {},
          network: 'none' as const,
          sandbox: sandboxOf('strict'),
        },
        limits: {memoryBytes: 256 * 2 ** 20, cpus: 1, pids: 128},
        ...changes,
      };
    },
    traces: async (id, {name}) => JSON.stringify([name, await provider.getEnvironment(id)]),
    removeBehind: id => provider.destroyEnvironment(id),
    async close() {
      rmSync(home, {recursive: true, force: true});
    },
  };
});

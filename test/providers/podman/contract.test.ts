import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {describeProvider} from '../../contracts/provider.ts';
import {openTestPodman} from '../../support/podman.ts';
import {shellPrograms} from '../../support/shell-programs.ts';

describeProvider('podman', async () => {
  const {provider, home, remove, close} = await openTestPodman();
  let next = 0;
  const labels = {'trails.test': home};
  return {
    provider,
    programs: shellPrograms,
    labels,
    spec(changes = {}) {
      next += 1;
      const workspace = path.join(home, `ws-${next}`);
      mkdirSync(workspace);
      return {
        name: `t-contract-${process.pid}-${next}`,
        hostname: 'contract',
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
    removeBehind: remove,
    close: () => close(labels),
  };
});

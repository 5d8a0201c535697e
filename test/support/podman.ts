import {chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {systemClock} from '../../src/lib/clock.ts';
import {run} from '../../src/lib/exec.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import {createPodman} from '../../src/providers/podman/provider.ts';
import {engineEnv} from '../../src/providers/podman/socket.ts';
import type {EnvironmentId, EnvironmentSpec} from '../../src/providers/provider.ts';
import {sandboxOf} from '../../src/providers/sandbox/profile.ts';
import {homeLabel} from '../../src/sessions/context.ts';
import {stopDaemon} from './daemon.ts';
import {writeTestSettings} from './podman-settings.ts';
import {shellPrograms} from './shell-programs.ts';
import {commandLines, filesBelow} from './traces.ts';

/** A Podman provider with a home of its own, on the engine that `trails setup` gives this machine. */
export async function openTestPodman() {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-podman-')));
  const paths = pathsFrom({TRAILS_HOME: home});
  await writeTestSettings(paths);
  const provider = createPodman({paths, env: {TRAILS_HOME: home}, clock: systemClock});
  const podman = (...args: string[]) => run('podman', args, {env: engineEnv(paths)});
  return {
    provider,
    home,
    paths,
    podman,
    async remove(id: EnvironmentId) {
      await podman('rm', '-f', '-t', '0', id);
    },
    /** Ends the daemon and the engine's service of this home, and removes what carries these labels, and the home. */
    async close(labels: Readonly<Record<string, string>> = homeLabel(paths)) {
      await stopDaemon(paths);
      for (const {id} of await provider.listEnvironments(labels)) await provider.destroyEnvironment(id);
      await provider.close();
      await run('pkill', ['-f', `unix://${paths.runtime}/podman.sock`]);
      rmSync(home, {recursive: true, force: true});
    },
  };
}

/** A fixture of the contract on the host image; each environment has directories of its own below one home. */
export async function openPodmanFixture() {
  const {provider, home, podman, remove, close} = await openTestPodman();
  const labels = {'trails.test': home};
  const directory = (name: string): string => {
    const made = path.join(home, name);
    mkdirSync(made, {recursive: true});
    return made;
  };
  let next = 0;
  return {
    provider,
    programs: shellPrograms,
    labels,
    home,
    podman,
    directory,
    spec(changes: Partial<EnvironmentSpec> = {}): EnvironmentSpec {
      next += 1;
      return {
        name: `t-podman-${path.basename(home).toLowerCase()}-${next}`,
        hostname: 'test',
        image: 'host',
        labels,
        workspace: directory(`ws-${next}`),
        mounts: [],
        stateDir: path.join(home, `state-${next}`),
        env: {},
        limits: {memoryBytes: 256 * 2 ** 20, cpus: 1, pids: 128},
        network: 'none',
        sandbox: sandboxOf('strict'),
        ...changes,
      };
    },
    async traces(id: EnvironmentId, {stateDir}: EnvironmentSpec) {
      const {stdout: inspected} = await podman('inspect', id);
      return [inspected, filesBelow(stateDir), commandLines()].join('\n');
    },
    removeBehind: remove,
    close: () => close(labels),
  };
}

export type PodmanFixture = Awaited<ReturnType<typeof openPodmanFixture>>;

/** As root: makes a directory somebody else's, for engines that work in none of root's. */
export function giveAway(directory: string, uid = 1234): void {
  if (process.getuid?.() === 0) chownSync(directory, uid, uid);
}

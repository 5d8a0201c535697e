import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {systemClock} from '../../../src/lib/clock.ts';
import {silentLog} from '../../../src/lib/log.ts';
import {type Paths, pathsFrom} from '../../../src/lib/paths.ts';
import {createDaggerEngine} from '../../../src/providers/dagger/connection/dagger-engine.ts';
import {createDagger} from '../../../src/providers/dagger/dagger.ts';
import type {EnvironmentRecord} from '../../../src/providers/dagger/environments/record.ts';
import type {EnvironmentId, EnvironmentSpec} from '../../../src/providers/provider.ts';
import {sandboxOf} from '../../../src/providers/sandbox/profile.ts';
import {shellPrograms} from '../shell-programs.ts';
import {commandLines, filesBelow} from '../traces.ts';
import {fakeDagger} from './fake-dagger.ts';

/** How the provider of a test finds its CLI, and an image that has everything. */
export interface DaggerEngineOfTest {
  readonly env: Readonly<Record<string, string>>;
  readonly image: string;
}

/** The stub: services are processes of this machine. */
export const stubEngine = (home: string): DaggerEngineOfTest => ({
  env: fakeDagger(path.join(home, 'fake'), 'boxes').env,
  image: 'docker.io/trails/tooled:1',
});

/** A Dagger provider with a home of its own; `again` is one that comes after it, as after a death of the daemon. */
export function openTestDagger(engineOf: (home: string) => DaggerEngineOfTest = stubEngine) {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-dagger-')));
  const paths: Paths = pathsFrom({TRAILS_HOME: home});
  const {env, image} = engineOf(home);
  const open = () =>
    createDagger({paths, env: {...env, TRAILS_HOME: home}, clock: systemClock, log: silentLog, cli: ''});
  return {home, paths, image, open, env};
}

/** A fixture of the contract; each environment has directories of its own below one home. */
export async function openDaggerFixture(engineOf?: (home: string) => DaggerEngineOfTest) {
  const {home, paths, image, env, open} = openTestDagger(engineOf);
  const provider = open();
  const labels = {'trails.test': home};
  let next = 0;
  const directory = (name: string): string => {
    const made = path.join(home, name);
    mkdirSync(made, {recursive: true});
    return made;
  };
  return {
    ...{provider, programs: shellPrograms, labels, home, paths, image},
    spec(changes: Partial<EnvironmentSpec> = {}): EnvironmentSpec {
      next += 1;
      return {
        name: `t-dagger-${path.basename(home).toLowerCase()}-${next}`,
        hostname: 'test',
        image,
        labels,
        workspace: directory(`ws-${next}`),
        mounts: [],
        stateDir: path.join(home, `state-${next}`),
        env: {},
        limits: {memoryBytes: 256 * 2 ** 20, cpus: 1, pids: 128},
        network: 'open',
        sandbox: sandboxOf('strict'),
        ...changes,
      };
    },
    async traces(id: EnvironmentId, {stateDir}: EnvironmentSpec) {
      return [id, filesBelow(stateDir), filesBelow(path.join(paths.state, 'dagger')), commandLines()].join('\n');
    },
    /** Its service is stopped by somebody else, and its record is gone. */
    async removeBehind(id: EnvironmentId) {
      const file = path.join(paths.state, 'dagger', 'environments', `${id}.json`);
      const {service} = JSON.parse(readFileSync(file, 'utf8')) as EnvironmentRecord;
      const other = createDaggerEngine({paths, env, clock: systemClock});
      if (service?.id) await other.stop(service.id);
      await other.close();
      rmSync(file);
    },
    async close() {
      for (const {id} of await provider.listEnvironments(labels)) await provider.destroyEnvironment(id);
      await provider.close();
      rmSync(home, {recursive: true, force: true});
    },
  };
}

import {blocking, enginesOr, examine, plan, together} from '../doctor/doctor.ts';
import type {DoctorView} from '../doctor/view.ts';
import {thisMachine} from '../lib/checkup/this-machine.ts';
import {systemClock as clock} from '../lib/clock.ts';
import {defaults} from '../lib/settings.ts';
import {problemsOfDatabase} from '../sessions/database-health.ts';
import {doctor as askEngines} from '../sessions/doctor.ts';
import type {Finding} from '../sessions/port.ts';
import {askWidth} from '../terminal/ask-width.ts';
import {controlOf} from './daemon.ts';
import {everyProvider} from './service.ts';
import type {World} from './world.ts';

export interface DoctorOptions {
  readonly provider?: string | undefined;
  /** The terminal is a person's, who can be drawn for. */
  readonly draws: boolean;
}

/** What doctor and set-up look at. */
export async function viewOf(world: World, {provider, draws}: DoctorOptions): Promise<DoctorView> {
  const {paths, env, config, version} = world;
  // One that cannot be read is a finding.
  const read = await config.load().catch(() => defaults);
  const {stdin, stdout} = process;
  return {
    ...{paths, version, cwd: process.cwd(), machine: thisMachine(env), nodeVersion: process.version},
    diskLimit: read.limits.disk,
    ...{provider: provider ?? (env.TRAILS_PROVIDER || read.provider), detachKey: read.keys.detach, notify: read.notify},
    terminal: {
      ...{isTTY: stdout.isTTY === true, columns: stdout.columns ?? 0, rows: stdout.rows ?? 0},
      ambiguousWidth: async () => (draws && stdin.isTTY && stdout.isTTY ? askWidth(stdin, stdout, clock) : undefined),
    },
    async config() {
      await config.check();
      return config.path;
    },
    daemon: () => controlOf(world).status(),
    database: async () => problemsOfDatabase(paths),
  };
}

/** This machine and its engines. `ask`: the engines' findings, from who holds the sessions; without it they are asked here. */
export async function findingsOn(
  world: World,
  options: DoctorOptions,
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const view = await viewOf(world, options);
  const here = async () => {
    const registry = everyProvider(world);
    try {
      return await askEngines(registry, view.provider);
    } finally {
      await registry.close();
    }
  };
  return together(...(await Promise.all([examine(view), enginesOr(ask, here)])));
}

export const setupOn = (world: World) => ({
  blocking: async () => blocking(await viewOf(world, {draws: false})),
  plan: async () => plan(await viewOf(world, {draws: false})),
});

import {statSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import type {Clock} from '../../lib/clock.ts';
import {privateDirectory} from '../../lib/files.ts';
import type {Log} from '../../lib/log.ts';
import type {Paths} from '../../lib/paths.ts';
import {createTurns} from '../../lib/turns.ts';
import {createEvents} from '../local-events.ts';
import type {Environment, EnvironmentEvent, EnvironmentId, EnvironmentSpec, Progress, Provider} from '../provider.ts';
import {copyIn, copyOut} from '../tar-copy.ts';
import type {AgentRun} from './agent/agent-run.ts';
import type {DaggerEngine} from './connection/engine.ts';
import {type FollowedEnvironment, followEnvironment} from './environments/environment.ts';
import {createParts} from './environments/make-parts.ts';
import {homeOutside} from './environments/recipe-of.ts';
import {type EnvironmentRecord, idOf, openRecords} from './environments/record.ts';
import {createSessionUse} from './environments/session-use.ts';

export interface DaggerOptions {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly engine: DaggerEngine;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly check: Provider['check'];
}

/** An engine whose containers have no way of their own to be without a network. */
const networks = ['open'] as const;

/** Of the strict sandbox. */
const notHeld = ['a read-only root', 'our seccomp list', 'its network'] as const;

/** It has no limits for one container. */
const nothingHeld = {
  memoryBytes: Number.POSITIVE_INFINITY,
  cpus: Number.POSITIVE_INFINITY,
  pids: Number.POSITIVE_INFINITY,
};

const isUp = (one: Environment | undefined): boolean => one?.state === 'running' || one?.state === 'paused';

function checkSpec({workspace, network, runtime, mounts, stateDir, image, home}: EnvironmentSpec): void {
  const refuse = (what: string, hint: string) => new AppError('UNSUPPORTED', `dagger ${what}`, {hint});
  if (!statSync(workspace, {throwIfNoEntry: false})?.isDirectory())
    throw new AppError('REPO_UNUSABLE', `${workspace} is not a directory`);
  if (network !== 'open') throw refuse(`has no network "${network}"`, 'It has: open.');
  if (runtime !== undefined) throw refuse('chooses its runtime itself', 'Leave --runtime out.');
  if (image === 'host')
    throw refuse('cannot show the tools of this machine', 'Name an image: --image REF or tar:PATH.');
  const shared = mounts.find(({source, readOnly}) => !readOnly && !source.startsWith(`${stateDir}/`));
  if (shared) throw refuse(`works on copies: ${shared.source} cannot be written from inside`, 'Share nothing with it.');
  if (home !== undefined) throw refuse('works on copies: a kept home cannot be its home', 'Leave --home out.');
}

/** Sessions on a Dagger engine, here or elsewhere: their files come back as checkpoints, and what is lost begins anew from the last one. */
export function createDaggerProvider({paths, clock, engine, log, check}: DaggerOptions): Provider {
  const records = openRecords(path.join(paths.state, 'dagger', 'environments'));
  const events = createEvents();
  const use = createSessionUse(engine, () => !records.all().some(({service}) => service));
  const parts = createParts({paths, clock, engine, log, check}, {records, tell: events.tell, ended: use.done});
  const turns = createTurns();
  const followed = new Map<string, Promise<FollowedEnvironment>>();

  const forget = (id: EnvironmentId, mine: Promise<FollowedEnvironment>) => {
    if (followed.get(id) === mine) followed.delete(id);
  };
  /** Whether what an earlier daemon has started is there still, as far as that is known; asked once. */
  let session: Promise<boolean> | undefined;
  const begin = async (record: EnvironmentRecord): Promise<FollowedEnvironment> => {
    session ??= record.service ? engine.resume().catch(() => true) : undefined;
    const [one, there] = await Promise.all([followEnvironment(parts, record), session]);
    if (record.service && there === false) one.gone('the Dagger session that ran it has ended');
    return one;
  };
  const follow = (record: EnvironmentRecord): Promise<FollowedEnvironment> => {
    const mine = followed.get(record.id) ?? begin(record);
    followed.set(record.id, mine);
    mine.catch(() => forget(record.id, mine));
    return mine;
  };
  const find = async (id: EnvironmentId): Promise<FollowedEnvironment | undefined> => {
    const record = records.get(id);
    return record && follow(record);
  };
  const must = async (id: EnvironmentId): Promise<FollowedEnvironment> => {
    const found = await find(id);
    if (!found) throw new AppError('ENGINE_REFUSED', `There is no environment ${id.slice(0, 60)}`);
    return found;
  };
  const endGone = engine.onGone(reason => {
    for (const one of followed.values()) void one.then(each => each.gone(reason)).catch(() => {});
  });
  const create = async (
    spec: EnvironmentSpec,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<EnvironmentId> => {
    checkSpec(spec);
    const id = idOf(spec.name);
    if (records.get(id)) throw new AppError('NAME_TAKEN', `There is already an environment ${id}`);
    onProgress({step: `preparing the image ${spec.image}`});
    signal.throwIfAborted();
    await engine.prepare(spec.image, onProgress, signal);
    signal.throwIfAborted();
    privateDirectory(spec.stateDir);
    privateDirectory(homeOutside(spec));
    const {name, hostname, labels, image, workspace, mounts, stateDir, env} = spec;
    const kept = {name, hostname, labels, image, workspace, mounts, stateDir, env};
    records.put({id, spec: kept, createdAt: clock.now()});
    const event: EnvironmentEvent = {type: 'created', id, labels};
    events.tell(event);
    return id;
  };
  const destroy = async (id: EnvironmentId): Promise<void> => {
    const record = records.get(id);
    const found = followed.get(id) ?? (record && follow(record));
    const one = await found?.catch(() => undefined);
    await one?.end();
    if (record) parts.forgetKeys(record);
    records.remove(id);
    followed.delete(id);
    if (record) events.tell({type: 'removed', id, labels: record.spec.labels});
    await use.done();
  };

  const execIn =
    (id: EnvironmentId) =>
    async (...[command, options]: Parameters<AgentRun['exec']>) =>
      (await (await must(id)).awake()).exec(command, options);

  return {
    name: 'dagger',
    supports: {pause: true, limits: false, networks, checkpoints: true, machine: 'brought', notHeld},
    check,
    async createEnvironment(spec, onProgress, signal) {
      try {
        signal.throwIfAborted();
        return await turns.run(spec.name, () => use.during(() => create(spec, onProgress, signal)));
      } catch (cause) {
        if (signal.aborted) throw new AppError('CANCELLED', `Making ${spec.name} was cancelled`, {cause});
        throw cause;
      }
    },
    async resolveRuntime(asked) {
      if (asked === 'auto') return undefined;
      throw new AppError('UNSUPPORTED', 'A Dagger engine chooses its runtime itself', {hint: 'Leave --runtime out.'});
    },
    // Its files are copies, with owners of their own.
    inPlaceOfRoot: async () => undefined,
    getEnvironment: async id => (await find(id))?.describe(),
    async listEnvironments(labels) {
      const wanted = Object.entries(labels);
      const those = records.all().filter(({spec}) => wanted.every(([key, value]) => spec.labels[key] === value));
      const found = await Promise.all(those.map(async record => (await follow(record)).describe()));
      return found.filter(one => one !== undefined);
    },
    spawnAgent: (id, command, size, signal) =>
      turns.run(id, () => use.during(async () => (await must(id)).spawn(command, size, signal))),
    startEnvironment: (id, size, signal) =>
      turns.run(id, () => use.during(async () => (await must(id)).start(size, signal))),
    openTerminal: async (id, options) => (await must(id)).terminal(options),
    exec: (id, command, options = {}) => execIn(id)(command, options),
    stopEnvironment: (id, graceMs, signal) => turns.run(id, async () => (await find(id))?.stop(graceMs, signal)),
    async pauseEnvironment(id) {
      await (await (await must(id)).awake({orPaused: true})).signal('STOP');
    },
    async resumeEnvironment(id) {
      const found = await find(id);
      if (found?.describe()?.state === 'paused') await (await found.awake({orPaused: true})).signal('CONT');
    },
    destroyEnvironment: id => turns.run(id, () => destroy(id)),
    async stats(ids) {
      const read = async (id: EnvironmentId) => {
        const found = await find(id);
        const run = isUp(found?.describe()) ? await found?.awake({orPaused: true}).catch(() => undefined) : undefined;
        const stats = await run?.stats();
        return stats ? [[id, stats] as const] : [];
      };
      return new Map((await Promise.all(ids.map(read))).flat());
    },
    heldLimits: async id => (isUp((await find(id))?.describe()) ? nothingHeld : undefined),
    watch: (labels, signal) => events.watch(labels, signal),
    copyIn: (id, directory, tar, signal) => copyIn(execIn(id), directory, tar, signal),
    copyOut: (id, source, signal) => copyOut(execIn(id), source, signal),
    refresh: async id => (await find(id))?.refresh(),
    async close() {
      endGone();
      await Promise.all([...followed.values()].map(async one => (await one.catch(() => undefined))?.letGo()));
      await engine.close();
    },
  };
}

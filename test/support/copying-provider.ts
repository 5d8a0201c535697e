import {cpSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {AppError} from '../../src/errors.ts';
import type {Environment, EnvironmentId, EnvironmentSpec, Provider} from '../../src/providers/provider.ts';

interface Copied {
  readonly spec: EnvironmentSpec;
  /** Where its agent works. */
  readonly inside: string;
  /** The mock's environment that stands for it now. */
  mock: EnvironmentId;
  checkpointAt: number | undefined;
  lost: string | undefined;
}

/** A provider whose environments work on copies of their workspaces, as those on another machine do. */
export function copying(mock: Provider, now: () => number) {
  const made = new Map<EnvironmentId, Copied>();
  const base = mkdtempSync(path.join(tmpdir(), 'trails-copies-'));
  let reachable = true;
  let refreshes = 0;
  let gate: Promise<void> | undefined;

  const of = (id: EnvironmentId): Copied => {
    const found = made.get(id);
    if (!found) throw new AppError('ENGINE_REFUSED', `There is no environment ${id}`);
    return found;
  };
  const bringIn = ({spec, inside}: Pick<Copied, 'spec' | 'inside'>) =>
    cpSync(spec.workspace, inside, {recursive: true, verbatimSymlinks: true, preserveTimestamps: true});
  const shown = (id: EnvironmentId, one: Environment): Environment => {
    const {checkpointAt, lost} = of(id);
    return {
      ...one,
      id,
      ...(checkpointAt === undefined ? {} : {checkpointAt}),
      ...(lost === undefined ? {} : {reason: lost, state: 'lost' as const}),
    };
  };
  const provider: Provider = {
    ...mock,
    supports: {...mock.supports, checkpoints: true, machine: 'brought', notHeld: ['a read-only root']},
    async createEnvironment(spec, onProgress, signal) {
      const inside = mkdtempSync(path.join(base, 'workspace-'));
      bringIn({spec, inside});
      const id = await mock.createEnvironment({...spec, workspace: inside}, onProgress, signal);
      made.set(id, {spec, inside, mock: id, checkpointAt: undefined, lost: undefined});
      return id;
    },
    async getEnvironment(id) {
      const found = made.get(id) && (await mock.getEnvironment(of(id).mock));
      return found && shown(id, found);
    },
    async listEnvironments(labels) {
      const all = await mock.listEnvironments(labels);
      return all.map(one => shown([...made.entries()].find(([, {mock: id}]) => id === one.id)?.[0] ?? one.id, one));
    },
    async spawnAgent(id, command, size, signal) {
      const one = of(id);
      if (one.lost !== undefined) {
        rmSync(one.inside, {recursive: true});
        bringIn(one);
        one.lost = undefined;
      }
      return mock.spawnAgent(one.mock, command, size, signal);
    },
    heldLimits: async () => undefined,
    async refresh(id) {
      await gate;
      refreshes++;
      const {spec, inside} = of(id);
      if (!reachable) throw new AppError('ENGINE_UNREACHABLE', 'the environment does not answer');
      for (const name of readdirSync(spec.workspace)) rmSync(path.join(spec.workspace, name), {recursive: true});
      cpSync(inside, spec.workspace, {recursive: true, verbatimSymlinks: true, preserveTimestamps: true});
      of(id).checkpointAt = now();
    },
    async close() {
      rmSync(base, {recursive: true, force: true});
      await mock.close();
    },
  };
  return {
    provider,
    /** The agent's own directory of the only session. */
    inside: (): string => [...made.values()].at(-1)?.inside ?? '',
    reach(can: boolean) {
      reachable = can;
    },
    get refreshes() {
      return refreshes;
    },
    /** What asks from now on waits for what this gives. */
    hold() {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return held.resolve;
    },
    /** As a provider does it by itself now and then. */
    bring: async () => provider.refresh?.([...made.keys()].at(-1)!),
    /** All that ran is gone, and what was written since the last checkpoint. */
    async lose(reason: string) {
      const [id, one] = [...made.entries()].at(-1)!;
      one.lost = reason;
      await mock.stopEnvironment(one.mock, 0);
      return id;
    },
  };
}

import path from 'node:path';
import {isAlive} from '../../lib/worker.ts';
import type {Environment, EnvironmentId, Provider} from '../../providers/provider.ts';
import {type Context, homeLabel, labels, sessionDirectory} from '../context.ts';
import type {SessionRecord} from '../record.ts';

const idle = ['/bin/sh', '-c', 'while :; do sleep 1000; done'] as const;

/**
 * Works in the environment of a session or, while that does not run, in one like it, without network where that can be had, that is made for this and goes
 * again. The agent's files are there at the same place.
 */
export async function withHelper<T>(
  context: Context,
  provider: Provider,
  record: SessionRecord,
  work: (environment: EnvironmentId) => Promise<T>,
): Promise<T> {
  const own = record.environment && (await provider.getEnvironment(record.environment));
  if (own?.state === 'running') return work(own.id);
  const {paths, worker} = context;
  const {id, name, image, limits, runtime, workspace, sandbox} = record;
  // No more than the session itself has.
  const network = provider.supports.networks.includes('none') ? 'none' : record.network;
  const environment = await provider.createEnvironment(
    {
      ...{name: `trails-${id}-helper`, hostname: name, image, limits, network, env: {}, mounts: []},
      sandbox,
      workspace: workspace.path,
      stateDir: path.join(sessionDirectory(paths, id), 'helper'),
      labels: {...homeLabel(paths), [labels.helper]: worker},
      ...(runtime === null ? {} : {runtime}),
    },
    () => {},
    new AbortController().signal,
  );
  try {
    await provider.spawnAgent(environment, {argv: idle}, {columns: 80, rows: 24});
    return await work(environment);
  } finally {
    await provider.destroyEnvironment(environment);
  }
}

/** One that was left behind by a process that is gone. */
export const isLeftHelper = ({labels: told}: Environment): boolean => {
  const worker = told[labels.helper];
  return worker !== undefined && !isAlive(worker);
};

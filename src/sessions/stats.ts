import type {Context} from './context.ts';
import type {SessionStats} from './port.ts';

/** What each running session uses right now. */
export async function statsOf({store, registry}: Context, signal?: AbortSignal): Promise<readonly SessionStats[]> {
  const running = store.all().flatMap(record => {
    const {phase, environment} = record;
    return phase === 'running' && environment !== null ? [{...record, environment}] : [];
  });
  const providers = [...new Set(running.map(record => record.provider))];
  const found = await Promise.all(
    providers.map(async name => {
      const ids = running.filter(record => record.provider === name).map(record => record.environment);
      return [...(await (await registry.open(name)).stats(ids, signal))];
    }),
  );
  const byEnvironment = new Map(found.flat());
  return running.flatMap(({id, name, environment, limits}) => {
    const stats = byEnvironment.get(environment);
    return stats
      ? [{id, name, ...stats, memoryLimit: limits.memoryBytes, pidsLimit: limits.pids, diskBytes: null}]
      : [];
  });
}

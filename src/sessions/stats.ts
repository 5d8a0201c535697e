import {elapsed} from '../lib/clock.ts';
import type {Context} from './context.ts';
import type {DiskUse} from './fleet/disk.ts';
import type {SessionStats} from './port.ts';

/** So long the first look at a disk is waited for: most take some milliseconds. */
const firstDiskMs = 300;

/** What each running session uses right now. */
export async function statsOf(
  {store, registry, clock}: Context,
  disk: DiskUse,
  signal?: AbortSignal,
): Promise<readonly SessionStats[]> {
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
  if (running.filter(record => disk.of(record) === null).length > 0) {
    const patience = new AbortController();
    await Promise.race([disk.settled(), elapsed(clock, firstDiskMs, patience.signal)]);
    patience.abort();
  }
  return running.flatMap(record => {
    const {id, name, environment, limits, unenforced} = record;
    const held = (what: string, limit: number) => (unenforced.includes(what) ? 0 : limit);
    const stats = byEnvironment.get(environment);
    if (!stats) return [];
    const most = {
      memoryLimit: held('memory', limits.memoryBytes),
      pidsLimit: held('pids', limits.pids),
      diskLimit: limits.diskBytes ?? null,
    };
    return [{id, name, ...stats, ...most, diskBytes: disk.of(record)}];
  });
}

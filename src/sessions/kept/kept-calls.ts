import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {removeTree} from '../../workspaces/tree/remove-tree.ts';
import {audited, type Context, trashIn} from '../context.ts';
import type {KeptInfo, KeptPort, PruneRequest} from '../port.ts';
import {findKept, type Kept, measured} from './find-kept.ts';
import {homesIn} from './places.ts';
import {repaired} from './repair-kept.ts';

/** A row of the audit log that is about no session. */
const ofCaches = {id: '', name: 'caches'};

const inUse = ({usedBy}: Pick<Kept, 'usedBy'>): string | undefined =>
  usedBy.length === 0 ? undefined : `${usedBy.join(', ')} ${usedBy.length === 1 ? 'works' : 'work'} with it`;

/** What is meant by these names. Throws KEPT_UNKNOWN. */
function chosen(all: readonly Kept[], names: readonly string[]): readonly Kept[] {
  // An agent's home has its logins and its memory: it goes when it is named.
  if (names.length === 0) return all.filter(({kind}) => kind === 'cache');
  return names.flatMap(name => {
    const found = all.filter(one => one.name === name && one.kind !== 'toolpack');
    if (found.length > 0) return found;
    throw new AppError(
      'KEPT_UNKNOWN',
      `There is no cache and no kept home "${name.replace(/\p{Cc}/gu, '?').slice(0, 80)}"`,
    );
  });
}

/** Homes that were begun by a session that there is no more. */
function halfHomes({paths, store}: Context): readonly string[] {
  const root = homesIn(paths);
  if (!existsSync(root)) return [];
  const begun = readdirSync(root).flatMap(agent =>
    readdirSync(path.join(root, agent))
      .filter(name => name.startsWith('.making-'))
      .map(name => path.join(root, agent, name)),
  );
  return begun.filter(place => !store.byId(path.basename(place).slice('.making-'.length)));
}

export function keptCalls(context: Context): KeptPort {
  const {paths, store, clock} = context;
  const all = () => findKept(paths, store.all());

  /** Why it stays, or undefined once it is out of its place. */
  const take = async (one: KeptInfo, unusedMs: number): Promise<string | undefined> => {
    const fresh = unusedMs > 0 && one.changedAt !== null && clock.now() - one.changedAt < unusedMs;
    if (fresh) return 'it is in use: something was written there since';
    // Nobody has begun to work with it while it was measured.
    const reason = inUse(all().find(({path: place}) => place === one.path) ?? one);
    if (reason) return reason;
    return (await removeTree(one.path, trashIn(paths))) ? undefined : 'not all of it can be deleted';
  };

  return {
    kept: async signal => Promise.all(all().map(one => measured(one, signal))),
    async pruneKept({names, unusedMs}: PruneRequest) {
      const asked = chosen(all(), names);
      const removed: KeptInfo[] = [];
      const left: {name: string; why: string}[] = [];
      const detail = names.join(', ');
      await audited(context, ofCaches, 'prune', detail, async () => {
        for (const one of asked) {
          const info = await measured(one);
          const why = await take(info, unusedMs);
          if (why === undefined) removed.push(info);
          else left.push({name: one.name, why});
        }
      });
      return {removed, left};
    },
    async repairKept() {
      const told: string[] = [];
      await audited(context, ofCaches, 'repair', '', async () => {
        for (const one of all().filter(({kind}) => kind !== 'toolpack')) {
          // Somebody may have begun to work with it while those before were mended.
          const now = all().find(({path: place}) => place === one.path);
          if (!now) continue;
          const reason = inUse(now);
          told.push(reason ? `${one.name}: left as it is: ${reason}` : await repaired(one));
        }
        for (const place of halfHomes(context)) {
          await removeTree(place, trashIn(paths));
          told.push(`a home that was not finished, removed: ${place}`);
        }
      });
      return told.filter(words => words !== '');
    },
  };
}

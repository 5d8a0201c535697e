import type {HeldLimits, Limits, Provider} from '../../providers/provider.ts';
import {type Context, update} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {heldDisk} from './bounds.ts';

/** Kernels count memory in pages and time in whole microseconds. */
const slack = 1.01;

const names = {memoryBytes: 'memory', cpus: 'cpus', pids: 'pids'} as const;

const unlimited: HeldLimits = {
  memoryBytes: Number.POSITIVE_INFINITY,
  cpus: Number.POSITIVE_INFINITY,
  pids: Number.POSITIVE_INFINITY,
};

/** What a looser profile does not promise is not missed. */
const isStrict = ({sandbox}: SessionRecord): boolean => sandbox.profile === 'strict';

/** The limits that were asked for and are not held. */
export const unenforcedOf = (limits: Limits, held: HeldLimits, diskHeld: boolean): readonly string[] => [
  ...(['memoryBytes', 'cpus', 'pids'] as const).filter(key => held[key] > limits[key] * slack).map(key => names[key]),
  ...(limits.diskBytes !== undefined && !diskHeld ? ['disk'] : []),
];

/** Looks at what a session that has just started is really held to, and writes it down. Never throws: nothing depends on it. */
export async function noteUnenforced(context: Context, provider: Provider, id: string): Promise<void> {
  const {store, log} = context;
  try {
    const record = store.byId(id);
    if (record?.phase !== 'running' || !record.environment) return;
    const {limits, notHeld = [], checkpoints} = provider.supports;
    const held = (await provider.heldLimits(record.environment)) ?? (limits ? undefined : unlimited);
    // What is inside of one that works on copies lies on a disk elsewhere.
    const diskHeld = !checkpoints && (await heldDisk(context, record)) !== undefined;
    const now = store.byId(id);
    if (held === undefined || now?.environment !== record.environment) return;
    const unenforced = [...unenforcedOf(record.limits, held, diskHeld), ...(isStrict(record) ? notHeld : [])];
    if (unenforced.join() === now.unenforced.join()) return;
    update(context, id, {unenforced});
    if (unenforced.length > 0)
      log.warn('not everything that holds a session is enforced', {session: id, missing: unenforced});
  } catch (error) {
    log.warn('what a session is held to could not be read', {session: id, why: (error as Error).message});
  }
}

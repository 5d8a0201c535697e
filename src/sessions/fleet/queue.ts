import {AppError} from '../../errors.ts';
import type {Limits} from '../../providers/provider.ts';
import {audited, type Context} from '../context.ts';
import {allows} from '../lifecycle.ts';
import type {StartWay} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {type Budget, holdsRoom, mayStart, queuedNow} from './budget.ts';

const amount = (bytes: number): string => `${Math.round((bytes / 2 ** 30) * 10) / 10}g`;

/** Why one waits. */
export function busyText(records: readonly SessionRecord[], {maxRunning, memoryBytes}: Budget): string {
  const running = records.filter(holdsRoom);
  const memory = running.reduce((sum, {limits}) => sum + limits.memoryBytes, 0);
  const bounds = [
    ...(maxRunning > 0 ? [`fleet.maxRunning is ${maxRunning}`] : []),
    ...(memoryBytes > 0 ? [`fleet.memory is ${amount(memoryBytes)}`] : []),
  ];
  return `waits for room: ${running.length} run, with up to ${amount(memory)}; ${bounds.join(', ')}`;
}

/** Throws LIMIT_INVALID for one that would wait for ever. */
export function checkFitsAtAll(limits: Limits, {memoryBytes}: Budget): void {
  if (memoryBytes === 0 || limits.memoryBytes <= memoryBytes) return;
  throw new AppError(
    'LIMIT_INVALID',
    `A session of up to ${amount(limits.memoryBytes)} never fits into fleet.memory, ${amount(memoryBytes)}`,
    {hint: 'Give it less with `--memory`, or raise fleet.memory: `trails config set fleet.memory 16g`.'},
  );
}

/** Whether it may start right now. */
export function hasRoom({store, defaults}: Context, id: string): boolean {
  const record = store.byId(id);
  return record === undefined || mayStart(store.all(), record, defaults.fleet);
}

/** Lets a session that does not run wait for its turn. Throws PHASE_FORBIDS, LIMIT_INVALID; changes nothing then. */
export async function enqueue(context: Context, asked: SessionRecord, run: StartWay): Promise<void> {
  const {store, clock, changes, defaults} = context;
  checkFitsAtAll(asked.limits, defaults.fleet);
  await audited(context, asked, 'queue', busyText(store.all(), defaults.fleet), async () => {
    store.exclusively(() => {
      const record = store.byId(asked.id);
      if (!record) throw new AppError('SESSION_UNKNOWN', 'That session was removed meanwhile');
      if (record.removing || !allows(record.phase, 'startAsked'))
        throw new AppError('PHASE_FORBIDS', `${record.name} cannot be started: it is ${record.phase}`);
      const now = clock.now();
      const stood = record.phase === 'stopped' ? {} : {phase: 'stopped' as const, phaseSince: now, note: ''};
      store.update(record.id, {
        ...stood,
        queuedAt: record.queuedAt ?? queuedNow(store.all(), now),
        run,
        asleep: '',
        worker: null,
      });
    });
    changes.tell();
  });
}

/** Takes it out of the queue; it stays stopped. */
export async function leaveQueue(context: Context, asked: SessionRecord): Promise<void> {
  await audited(context, asked, 'stop', 'waits for room no more', async () => {
    const {store, changes} = context;
    store.exclusively(() => {
      const record = store.byId(asked.id);
      if (record?.phase === 'stopped' && record.worker === null) store.update(asked.id, {queuedAt: null});
    });
    changes.tell();
  });
}

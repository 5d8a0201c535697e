import {AppError} from '../../errors.ts';
import type {Context} from '../context.ts';
import type {FleetPort, SessionView} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import type {Lives} from '../terminals/lives.ts';
import {hibernateSession, wakeSession} from './sleep.ts';

/** What a client asks of sleepers. */
export const fleetCalls = ({
  lives,
  operate,
  viewOf,
  closed,
}: {
  readonly lives: Lives;
  /** Runs an operation on a session, with what is configured now; resolves with its id. */
  readonly operate: (ref: string, work: (record: SessionRecord, own: Context) => Promise<void>) => Promise<string>;
  readonly viewOf: (id: string) => SessionView;
  readonly closed: AbortSignal;
}): FleetPort => ({
  hibernate: async (ref, way) =>
    viewOf(
      await operate(ref, (record, own) => {
        if (lives.peek(record.id)?.watched && record.asleep === '')
          throw new AppError('PHASE_FORBIDS', `${record.name} cannot be put to sleep: somebody is attached`, {
            hint: 'Leave it first: ctrl-q.',
          });
        const {hibernate} = own.defaults.fleet;
        return hibernateSession(own, record, way ?? (hibernate === 'off' ? 'pause' : hibernate));
      }),
    ),
  wake: async (ref, size) => viewOf(await operate(ref, (record, own) => wakeSession(own, record, size, closed))),
});

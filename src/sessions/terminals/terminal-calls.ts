import {shell} from '../../agents/known/shell.ts';
import {AppError} from '../../errors.ts';
import {audited, type Context, providerOf} from '../context.ts';
import {placeOf} from '../fleet/budget.ts';
import type {Visits} from '../fleet/visits.ts';
import {plainLog} from '../logs.ts';
import type {ExecHandle, ExecRequest, SessionsPort, Size} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import type {Counting} from '../work/counting.ts';
import {openExec} from './exec-handle.ts';
import type {Lives} from './lives.ts';
import {nextRuns} from './next-runs.ts';
import {screenFeed} from './screen-feed.ts';

type TerminalCalls = Pick<SessionsPort, 'attach' | 'exec' | 'shell' | 'screen' | 'watchScreen' | 'logs' | 'seen'>;

/** What a client asks of sessions' terminals, and of further processes beside their agents. */
export function terminalCalls({
  context,
  lives,
  counting,
  find,
  settled,
  until,
  visits,
  wake,
}: {
  readonly context: Context;
  readonly lives: Lives;
  readonly counting: Counting;
  readonly find: (ref: string) => SessionRecord;
  readonly settled: () => Promise<unknown>;
  readonly until: (signal: AbortSignal) => AbortSignal;
  readonly visits: Visits;
  readonly wake: (record: SessionRecord, size?: Size) => Promise<void>;
}): TerminalCalls {
  const {store, changes, clock} = context;
  /** It runs, and is awake: whoever asks for its terminal wakes it. */
  const running = async (
    ref: string,
    size?: Size,
  ): Promise<SessionRecord & {environment: NonNullable<SessionRecord['environment']>}> => {
    const asked = find(ref);
    if (asked.asleep !== '') await wake(asked, size);
    const record = store.byId(asked.id) ?? asked;
    if (record.phase === 'stopped' && record.queuedAt !== null) {
      throw new AppError(
        'PHASE_FORBIDS',
        `${record.name} waits for room, at place ${placeOf(store.all(), record.id)}`,
        {
          hint: 'It starts by itself: stop another one, or raise fleet.maxRunning or fleet.memory.',
        },
      );
    }
    if (record.phase !== 'running' || !record.environment) {
      throw new AppError('PHASE_FORBIDS', `${record.name} is ${record.phase}`, {
        hint:
          record.phase === 'creating'
            ? `Follow it: \`trails logs -f ${record.name}\`.`
            : `Start it: \`trails start ${record.name}\`.`,
      });
    }
    return {...record, environment: record.environment};
  };
  /** What a person did in a session may have changed its files. */
  const countBehind = (ended: Promise<unknown>, {id}: SessionRecord) => {
    const happened = () => counting.happened(id);
    ended.then(happened, happened);
  };
  const exec = async (ref: string, request: ExecRequest, action: string): Promise<ExecHandle> => {
    await settled();
    const record = await running(ref, request.tty);
    const provider = await providerOf(context, record);
    const handle = await audited(context, record, action, request.argv.join(' '), () =>
      openExec(provider, record.environment, request),
    );
    visits.during(record.id, handle.exit);
    countBehind(handle.exit, record);
    return handle;
  };

  return {
    async attach(ref, size) {
      await settled();
      const record = await running(ref, size);
      const attachment = await audited(context, record, 'attach', `${size.columns}x${size.rows}`, async () =>
        (await lives.of(record)).attach(size),
      );
      countBehind(attachment.closed, record);
      return attachment;
    },
    exec: (ref, request) => exec(ref, request, 'exec'),
    shell: (ref, size) => exec(ref, {argv: shell.command, tty: size}, 'shell'),
    async screen(ref) {
      await settled();
      const live = await lives.of(find(ref));
      await live.caughtUp;
      return live.frame(0);
    },
    async *watchScreen(ref, options, signal) {
      await settled();
      const {id} = find(ref);
      const current = async () => {
        const record = store.byId(id);
        // Whoever follows the store reopens it, too.
        return record && (lives.peek(id) ?? lives.of(record));
      };
      yield* screenFeed({current, changes, clock, ...options}, until(signal));
    },
    async *logs(ref, options, signal) {
      await settled();
      const record = find(ref);
      if (!record.environment || record.phase === 'lost')
        throw new AppError('PHASE_FORBIDS', `${record.name} has no log: it is ${record.phase}`);
      const ends = until(signal);
      const another = nextRuns(context, record, ends);
      yield* plainLog(await providerOf(context, record), record.environment, options, ends, another);
    },
    seen: async ref => lives.peek(find(ref).id)?.seen(),
  };
}

import {AppError} from '../../errors.ts';
import {faultPoint} from '../../lib/fault.ts';
import {createTurns} from '../../lib/turns.ts';
import {audited, type Context, providerOf, update} from '../context.ts';
import {startSession, stopSession} from '../operate.ts';
import type {Size, SleepWay} from '../port.ts';
import type {SessionRecord} from '../record.ts';

/** By session: what freezes one and what wakes it come one after the other. */
const turns = createTurns();

async function pauseSession(context: Context, id: string): Promise<void> {
  const {store} = context;
  const record = store.byId(id);
  if (record?.asleep !== '') return;
  const {name, phase, removing, environment} = record;
  if (phase !== 'running' || removing || !environment)
    throw new AppError(
      'PHASE_FORBIDS',
      `${name} cannot be put to sleep: it is ${removing ? 'being torn down' : phase}`,
    );
  const provider = await providerOf(context, record);
  if (!provider.supports.pause)
    throw new AppError('UNSUPPORTED', `${provider.name} cannot pause ${name} here`, {
      hint: `Stop it instead: \`trails hibernate --stop ${name}\`.`,
    });
  await audited(context, record, 'hibernate', 'paused', async () => {
    // Nothing is typed into it from here on.
    update(context, id, {asleep: 'paused'});
    faultPoint('hibernate.asked');
    try {
      await provider.pauseEnvironment(environment);
    } catch (error) {
      if (store.byId(id)?.asleep === 'paused') update(context, id, {asleep: ''});
      throw error;
    }
    faultPoint('hibernate.paused');
  });
}

/** Throws PHASE_FORBIDS, UNSUPPORTED. */
export const hibernateSession = (context: Context, {id}: SessionRecord, way: SleepWay): Promise<void> =>
  turns.run(id, async () => {
    if (way === 'pause') return pauseSession(context, id);
    const record = context.store.byId(id);
    if (!record || record.asleep === 'stopped') return;
    if (record.phase !== 'running')
      throw new AppError('PHASE_FORBIDS', `${record.name} cannot be put to sleep: it is ${record.phase}`);
    await stopSession(context, record, {action: 'hibernate', leaves: {asleep: 'stopped'}});
  });

/** Lets it go on; one that was stopped may have to wait for room. One that is awake is left alone. */
export const wakeSession = (context: Context, {id}: SessionRecord, size: Size, signal: AbortSignal): Promise<void> =>
  turns.run(id, async () => {
    const record = context.store.byId(id);
    if (!record || record.asleep === '' || record.removing) return;
    if (record.asleep === 'stopped') return startSession(context, record, size, signal);
    const provider = await providerOf(context, record);
    await audited(context, record, 'wake', '', async () => {
      if (record.environment) await provider.resumeEnvironment(record.environment);
      faultPoint('wake.resumed');
      if (context.store.byId(id)?.asleep === 'paused') update(context, id, {asleep: ''});
    });
  });

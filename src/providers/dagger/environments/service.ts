import {AppError} from '../../../errors.ts';
import {elapsed} from '../../../lib/clock.ts';
import type {AgentRun} from '../agent/agent-run.ts';
import type {Link} from '../link/link.ts';
import {watchContact} from './contact.ts';
import type {Parts} from './parts.ts';
import {exchangeRoots, rootsOf} from './recipe-of.ts';
import type {EnvironmentRecord} from './record.ts';
import {whenAtRest} from './rest.ts';
import {createRounds} from './rounds.ts';

/** From the engine's answer to the first call of what it started. */
const firstContactMs = 60_000;

/** What runs for one environment, followed by this process. */
export interface Service {
  readonly link: Link;
  /** Another one after a loss. */
  readonly run: AgentRun;
  /** Brings everything to this machine: what was written before this call is in it. */
  checkpoint(): Promise<void>;
  /** Its terminals end as lost. */
  lose(): void;
  /** Follows no more; what runs there runs on. Resolves when the checkpoint under way has ended. */
  letGo(): Promise<void>;
}

export interface ServiceEvents {
  readonly onStatus: () => void;
  readonly onLost: () => void;
  readonly onFound: () => void;
}

/** Follows what runs for an environment, or may run: listens for it, and takes its checkpoints. */
export async function followService(
  parts: Parts,
  record: EnvironmentRecord,
  {onStatus, onLost, onFound}: ServiceEvents,
): Promise<Service> {
  const {clock, records, warn} = parts;
  const {id, spec} = record;
  const link = await parts.listen(record);
  const kept = parts.checkpoints(record);
  const warned = (error: unknown) => {
    // Nobody is there: that has words of its own.
    if (link.connected) warn('a checkpoint could not be taken', {environment: id, why: (error as Error).message});
  };
  const roots = rootsOf(spec);
  const rounds = createRounds(
    clock,
    async () => {
      const began = clock.now();
      const {leftOut} = await kept.take(link, roots);
      records.change(id, {checkpointAt: began});
      if (leftOut.length > 0) warn('left out of a checkpoint', {environment: id, leftOut});
    },
    warned,
  );
  const exchange = createRounds(clock, async () => void (await kept.take(link, exchangeRoots(spec))), warned, {
    every: Number.MAX_SAFE_INTEGER,
  });
  const follow = (): AgentRun => {
    const run = parts.follow(record, link);
    run.onStatus(onStatus);
    run.onChanged(what => (what === 'exchange' ? exchange : rounds).soon());
    return run;
  };
  let run = follow();
  const endRest = whenAtRest(clock, () => parts.recordEnd(record), rounds.soon);
  const contact = watchContact(link, clock, {
    onLost() {
      run.lose();
      onLost();
    },
    onFound() {
      run.close();
      run = follow();
      onFound();
    },
  });
  return {
    link,
    get run() {
      return run;
    },
    checkpoint: rounds.now,
    lose: () => run.lose(),
    async letGo() {
      contact.stop();
      endRest();
      await Promise.all([rounds.stop(), exchange.stop()]);
      run.close();
      await link.close();
    },
  };
}

/** Whether somebody is there within so long. */
export async function reached(
  {link}: Service,
  {clock}: Pick<Parts, 'clock'>,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const stop = new AbortController();
  const until = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const end = link.onChange(() => link.connected && stop.abort());
  try {
    if (!link.connected) await elapsed(clock, ms, until);
    signal?.throwIfAborted();
  } finally {
    end();
  }
  return link.connected;
}

/** Resolves when somebody is there. Throws ENGINE_REFUSED when nobody comes. */
export async function firstContact(service: Service, parts: Parts, name: string, signal?: AbortSignal): Promise<void> {
  if (await reached(service, parts, firstContactMs, signal)) return;
  throw new AppError('ENGINE_REFUSED', `${name} was started, and did not call back within ${firstContactMs / 1000} s`, {
    hint: 'It may have ended at once, or lack what is needed inside: `trails doctor`, or DAGGER_LOG=1 for the engine’s words.',
  });
}

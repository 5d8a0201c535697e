import {randomUUID} from 'node:crypto';
import {AppError} from '../../../errors.ts';
import {faultPoint} from '../../../lib/fault.ts';
import type {
  Command,
  Environment,
  EnvironmentEvent,
  EnvironmentState,
  Size,
  TerminalOptions,
  TerminalStream,
} from '../../provider.ts';
import type {AgentRun} from '../agent/agent-run.ts';
import {createEnding} from './ending.ts';
import type {Parts} from './parts.ts';
import {rootsOf} from './recipe-of.ts';
import type {EnvironmentRecord} from './record.ts';
import {firstContact, followService, reached, type Service} from './service.ts';

/** What ran last goes on being there for a moment: a set-up step is followed by another one. */
const lingerMs = 30_000;

/** One environment, as this process follows it. Its methods are called one after the other. */
export interface FollowedEnvironment {
  describe(): Environment | undefined;
  spawn(command: Command, size: Size, signal?: AbortSignal): Promise<number>;
  /** Runs the last command again; one that runs is left alone. */
  start(size: Size, signal?: AbortSignal): Promise<number>;
  /** Waits for one that has not called again yet since this process began. Throws ENGINE_REFUSED for one that does not run, or is paused. */
  awake(options?: {readonly orPaused?: boolean}): Promise<AgentRun>;
  terminal(options: TerminalOptions): TerminalStream;
  stop(graceMs: number, signal?: AbortSignal): Promise<void>;
  /** Ends it without a last checkpoint. */
  end(): Promise<void>;
  refresh(): Promise<void>;
  /** The session that ran it is gone. */
  gone(reason: string): void;
  /** Follows no more; what runs there runs on. */
  letGo(): Promise<void>;
}

/** What runs dials again several times a second when nobody answers: a daemon has died, and the next one listens. */
const callAgainMs = 5000;

const timeOf = (at: number): string => new Date(at).toTimeString().slice(0, 8);

export async function followEnvironment(parts: Parts, first: EnvironmentRecord): Promise<FollowedEnvironment> {
  const {records, engine, clock, warn} = parts;
  const {id} = first;
  let service: Service | undefined;
  let cancelLinger = () => {};
  const now = (): EnvironmentRecord | undefined => records.get(id);
  const must = (): EnvironmentRecord => {
    const record = now();
    if (!record) throw new AppError('ENGINE_REFUSED', `There is no environment ${id}`);
    return record;
  };
  const tell = (type: EnvironmentEvent['type'], exitCode?: number) => {
    const labels = (now() ?? first).spec.labels;
    parts.tell({type, id, labels, ...(exitCode === undefined ? {} : {exitCode})});
  };

  const lose = (why: string) => {
    const record = now();
    if (!record?.service || !record.command || record.ended || record.lost !== undefined) return;
    const kept = record.checkpointAt === undefined ? 'as it was at its start' : `of ${timeOf(record.checkpointAt)}`;
    records.change(id, {lost: `${why}; what is kept is ${kept}`});
    warn('an environment is lost', {environment: id, why});
    tell('lost');
  };
  const endNow = async () => {
    const left = service;
    service = undefined;
    const record = now();
    await left?.letGo();
    if (!record?.service) return;
    const {id: running} = record.service;
    // Of a session that is gone there is nothing to stop, and no engine may be there to be asked.
    if (running !== undefined)
      await engine.stop(running).catch(error => {
        warn('a service could not be stopped', {environment: id, why: (error as Error).message});
      });
    parts.forgetKeys(record);
    records.change(id, {}, ['service']);
    await parts.ended();
  };
  let ending: Promise<void> | undefined;
  const endService = (): Promise<void> => {
    cancelLinger();
    ending ??= endNow().finally(() => {
      ending = undefined;
    });
    return ending;
  };
  const lastCheckpoint = async () => {
    await service?.checkpoint().catch(error => {
      warn('the last checkpoint could not be taken', {environment: id, why: (error as Error).message});
    });
  };
  const linger = () => {
    const stop = new AbortController();
    const cancel = clock.after(lingerMs, () => {
      void lastCheckpoint().then(() => (stop.signal.aborted ? undefined : endService()));
    });
    cancelLinger = () => {
      stop.abort();
      cancel();
    };
  };
  let spawning = false;
  let wasRunning: AgentRun['status']['state'] = 'idle';
  const onStatus = () => {
    const status = service?.run.status;
    // What becomes of one that is just being spawned is looked at when that is entered.
    if (!status || spawning || status.state === wasRunning) return;
    const before = wasRunning;
    wasRunning = status.state;
    if (status.state === 'paused') tell('paused');
    if (status.state === 'running' && before === 'paused') tell('resumed');
    // A keeper that has never heard of a run is a new one: that run is over.
    const isOver = status.state === 'exited' || (status.state === 'idle' && before === 'running');
    if (!isOver) return;
    const {exitCode} = status;
    records.change(id, {ended: exitCode === undefined ? {} : {exitCode}});
    tell('exited', exitCode);
    // What it left running goes with it, as with every container.
    void service?.run.signal('KILL').catch(() => {});
    void lastCheckpoint();
    linger();
  };
  const follow = async (record: EnvironmentRecord): Promise<Service> => {
    wasRunning = record.ended || !record.command ? 'exited' : 'running';
    const followed = await followService(parts, record, {
      onStatus,
      onLost: () => lose(`nothing was heard of it for 10 s`),
      onFound() {
        records.change(id, {}, ['lost']);
        tell('resumed');
      },
    });
    service = followed;
    onStatus();
    return followed;
  };
  const begin = async (signal?: AbortSignal): Promise<Service> => {
    if (service?.link.connected) return service;
    await endService();
    const record = must();
    await parts.checkpoints(record).recover(rootsOf(record.spec));
    const unique = randomUUID();
    records.change(id, {service: {unique}}, ['lost']);
    try {
      const recipe = await parts.recipe(must(), unique);
      const followed = await follow(must());
      parts.checkpoints(must()).forget();
      const started = await engine.start(recipe, signal);
      records.change(id, {service: {unique, id: started}});
      faultPoint('dagger.started');
      await firstContact(followed, parts, record.spec.name, signal);
      return followed;
    } catch (error) {
      await endService();
      throw error;
    }
  };
  const state = (record: EnvironmentRecord): EnvironmentState => {
    if (!record.command) return 'created';
    if (record.ended) return 'exited';
    if (record.lost !== undefined) return 'lost';
    if (!record.service) return 'exited';
    return service?.run.status.state === 'paused' ? 'paused' : 'running';
  };
  const spawn = async (command: Command, size: Size, signal?: AbortSignal): Promise<number> => {
    must();
    cancelLinger();
    spawning = true;
    try {
      const {run} = await begin(signal);
      const at = await run.spawn(command, size, signal);
      const {argv, env = {}} = command;
      records.change(id, {command: {argv, env}, startedAt: clock.now()}, ['ended', 'lost']);
      faultPoint('dagger.spawned');
      tell('started');
      wasRunning = 'running';
      return at;
    } finally {
      spawning = false;
      onStatus();
    }
  };
  const agentEnd = createEnding({clock, run: () => service?.run});

  if (first.service)
    await follow(first).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      // The others are followed all the same, and this one can begin anew.
      lose(error.message);
    });
  return {
    describe() {
      const record = now();
      if (!record) return undefined;
      const {spec, createdAt, startedAt, ended, lost, checkpointAt} = record;
      return {
        ...{id, name: spec.name, state: state(record), labels: spec.labels, image: spec.image, createdAt},
        ...(ended?.exitCode === undefined ? {} : {exitCode: ended.exitCode}),
        ...(lost === undefined ? {} : {reason: lost}),
        ...(checkpointAt === undefined ? {} : {checkpointAt}),
        ...(startedAt === undefined ? {} : {startedAt}),
      };
    },
    spawn,
    async start(size, signal) {
      const record = must();
      const found = state(record);
      if (found === 'running' || found === 'paused') return parts.recordEnd(record);
      if (!record.command) throw new AppError('ENGINE_REFUSED', `${record.spec.name} has never been given a command`);
      return spawn(record.command, size, signal);
    },
    async awake({orPaused = false} = {}) {
      if (service && !must().lost) await reached(service, parts, callAgainMs);
      const record = must();
      const found = state(record);
      if (service && (found === 'running' || (orPaused && found === 'paused'))) return service.run;
      throw new AppError('ENGINE_REFUSED', `${record.spec.name} ${found === 'paused' ? 'is paused' : 'does not run'}`);
    },
    terminal(options) {
      const record = must();
      return service ? service.run.openTerminal(options) : parts.openRecord(record, options);
    },
    async stop(graceMs, signal) {
      const record = now();
      if (!record) return;
      if (service && record.lost === undefined) await reached(service, parts, callAgainMs, signal);
      const found = state(record);
      if ((found === 'running' || found === 'paused') && service?.link.connected) {
        await agentEnd.end(graceMs, signal);
        onStatus();
      }
      await lastCheckpoint();
      await endService();
      if (found === 'running' || found === 'paused' || found === 'lost')
        records.change(id, now()?.ended ? {} : {ended: {}}, ['lost']);
    },
    async end() {
      service?.lose();
      await endService();
    },
    async refresh() {
      if (!service || !now()?.service) return;
      await reached(service, parts, callAgainMs);
      await service?.checkpoint();
    },
    gone(reason) {
      service?.lose();
      lose(reason);
    },
    async letGo() {
      cancelLinger();
      const left = service;
      service = undefined;
      await left?.letGo();
    },
  };
}

import type {Agents} from '../agents/registry.ts';
import {AppError} from '../errors.ts';
import {elapsed} from '../lib/clock.ts';
import {agentInfo} from './agent-info.ts';
import {auditRows} from './audit.ts';
import type {Context, Defaults} from './context.ts';
import {createSession} from './create.ts';
import {doctor} from './doctor.ts';
import type {EngineLinks} from './engines/engine-links.ts';
import {placeOf} from './fleet/budget.ts';
import type {DiskUse} from './fleet/disk.ts';
import {fleetCalls} from './fleet/fleet-calls.ts';
import {wakeSession} from './fleet/sleep.ts';
import type {Visits} from './fleet/visits.ts';
import {imageCalls} from './image-calls.ts';
import {keptCalls} from './kept/kept-calls.ts';
import {resolveSession} from './names.ts';
import {networkCalls} from './network/network-calls.ts';
import type {Networks} from './network/networks.ts';
import {removeSession, restartSession, startSession, stopSession} from './operate.ts';
import type {Operations} from './operations.ts';
import type {CreateProgress, SessionsPort, Size} from './port.ts';
import {projectCalls} from './project/project-calls.ts';
import {problemsWithProject} from './project/resolve.ts';
import {promptCalls} from './prompts/prompt-calls.ts';
import type {Prompts} from './prompts/prompts.ts';
import type {SessionRecord} from './record.ts';
import {freeName} from './request.ts';
import {statsOf} from './stats.ts';
import type {Lives} from './terminals/lives.ts';
import {terminalCalls} from './terminals/terminal-calls.ts';
import {sessionView} from './view.ts';
import {waitFor} from './waiting.ts';
import {watchPictures} from './watch.ts';
import type {Counting} from './work/counting.ts';
import {reviewCalls} from './work/review-calls.ts';
import type {Reviews} from './work/reviews.ts';

/** What all clients share. */
export interface Shared {
  readonly context: Context;
  readonly defaults: () => Promise<Defaults>;
  /** As they were when they were last read. */
  readonly agents: () => Agents;
  readonly engines: EngineLinks;
  readonly lives: Lives;
  readonly reviews: Reviews;
  readonly counting: Counting;
  readonly prompts: Prompts;
  readonly visits: Visits;
  readonly disk: DiskUse;
  readonly networks: Networks;
  readonly operations: Operations;
  /** The step of each creation under way, by name. */
  readonly steps: Map<string, string>;
  /** Resolves when the engine has answered, or has had its time. */
  readonly firstTruth: Promise<unknown>;
}

/** How long a request waits for terminals that are just being opened before it says what it knows. */
const statusPatienceMs = 500;

/** The sessions as one client may ask for them. `closed` ends all that is served here. */
export function clientPort(shared: Shared, closed: AbortSignal): SessionsPort {
  const {context, engines, lives, reviews, counting, prompts, networks, visits, disk, operations, steps, firstTruth} =
    shared;
  const {store, registry, changes, clock, caller} = context;
  const left = new AbortController();
  const until = (signal: AbortSignal) => AbortSignal.any([signal, left.signal, closed]);

  const find = (ref: string): SessionRecord => resolveSession(store.all(), ref);
  /** Its id, also of one that was removed: what was done with it is asked for afterwards. */
  const findOnceThere = (ref: string): string => {
    try {
      return find(ref).id;
    } catch (error) {
      const id = error instanceof AppError && error.code === 'SESSION_UNKNOWN' ? store.auditedSession(ref) : undefined;
      if (id === undefined) throw error;
      return id;
    }
  };
  const view = (record: SessionRecord) =>
    sessionView(record, {
      ...{
        live: lives.peek(record.id),
        caughtUp: lives.caughtUp(record.id),
        changes: reviews.peek(record.id),
        problem: lives.problem(record.id),
        step: steps.get(record.name),
        given: Object.keys(context.secrets.of(record.id)),
        resumes: shared.agents().orShell(record.agent).resume !== undefined,
        prompts: prompts.summary(record.id),
        denied: networks.denied(record.id),
        queued: record.queuedAt === null ? null : placeOf(store.all(), record.id),
      },
    });
  const viewOf = (id: string) => {
    const record = store.byId(id);
    if (!record) throw new AppError('SESSION_UNKNOWN', 'That session was removed meanwhile');
    return view(record);
  };
  /** In the first moments of the daemon: what is asked about is first seen as it really is. */
  const settled = () => engines.tried;
  /** And its agent is known as soon as its terminal was read. */
  const glance = async (records: readonly SessionRecord[]) => {
    const opening = records.filter(
      record => record.phase === 'running' && engines.reachable(record.provider) && !lives.caughtUp(record.id),
    );
    if (opening.length === 0) return;
    const patience = new AbortController();
    const ready = Promise.allSettled(opening.map(async record => (await lives.of(record)).caughtUp));
    await Promise.race([ready, elapsed(clock, statusPatienceMs, patience.signal)]);
    patience.abort();
  };
  /** The context with what is configured now. */
  const configured = async (): Promise<Context> => {
    const defaults = await shared.defaults();
    return {...context, defaults: {...defaults, provider: caller.provider ?? defaults.provider}};
  };
  /** An engine that only this client names, and that there is not, is not looked for. Throws PROVIDER_UNKNOWN. */
  const checkProvider = async () => {
    const {provider = 'auto'} = caller;
    if (provider !== 'auto') await registry.open(provider);
  };
  const engineLink = () => engines.link(caller.provider);

  const operate = async (ref: string, work: (record: SessionRecord, own: Context) => Promise<void>) => {
    await settled();
    const own = await configured();
    const record = find(ref);
    await operations.run(() => work(record, own));
    return record.id;
  };
  const wake = async (record: SessionRecord, size: Size = {columns: 80, rows: 24}) =>
    operations.run(async () => wakeSession(await configured(), record, size, closed));
  const imagesOfDefault = async () => {
    const {defaults} = await configured();
    const {name, images} = await (defaults.provider === 'auto' ? registry.auto() : registry.open(defaults.provider));
    if (!images) throw new AppError('UNSUPPORTED', `${name} has no images`);
    return {name, images};
  };

  return {
    async list() {
      await settled();
      await glance(store.all());
      return store.all().map(view);
    },
    async get(ref) {
      await settled();
      const record = find(ref);
      await glance([record]);
      return viewOf(record.id);
    },
    async *watch(signal) {
      await checkProvider();
      await firstTruth;
      const take = () => ({sessions: store.all().map(view), engine: engineLink().state});
      yield* watchPictures(take, changes, until(signal));
    },
    async engine() {
      await checkProvider();
      const link = engineLink();
      await link.tried;
      return link.state;
    },
    suggestName: async () => freeName(context),
    validate: async request => problemsWithProject(await configured(), await context.agents(), request),
    async create(request, onProgress, signal) {
      await settled();
      const name = request.name ?? freeName(context);
      let entered = false;
      const report = (progress: CreateProgress) => {
        // Before its second step the name may be somebody else's.
        entered ||= progress.index > 1;
        if (entered) {
          steps.set(name, progress.step);
          changes.tell();
        }
        onProgress(progress);
      };
      try {
        const own = await configured();
        return viewOf(await operations.run(() => createSession(own, {...request, name}, report, until(signal))));
      } finally {
        if (entered) steps.delete(name);
      }
    },
    stop: async ref => viewOf(await operate(ref, record => stopSession(context, record))),
    start: async (ref, size, options) =>
      viewOf(
        await operate(ref, (record, own) =>
          record.asleep === 'paused'
            ? wakeSession(own, record, size, closed)
            : startSession(own, record, size, closed, options),
        ),
      ),
    restart: async (ref, size, options) =>
      viewOf(await operate(ref, (record, own) => restartSession(own, record, size, closed, options))),
    ...keptCalls(context),
    ...projectCalls(configured),
    ...promptCalls({context, prompts, find, settled, until}),
    ...networkCalls({context, networks, find, settled, until}),
    ...reviewCalls({context, reviews, operations, find, settled, until}),
    async remove(ref, {force}) {
      const id = await operate(ref, record => removeSession(context, record, force));
      reviews.forget(id);
    },
    async wait(ref, {statuses, timeoutMs}, signal) {
      await settled();
      const {id} = find(ref);
      const unsettled = () => prompts.unsettled(id);
      return waitFor({look: () => viewOf(id), unsettled, changes, clock, statuses, timeoutMs}, until(signal));
    },
    ...terminalCalls({context, lives, counting, find, settled, until, visits, wake}),
    ...fleetCalls({lives, operate, viewOf, closed}),
    async stats(signal) {
      await settled();
      return statsOf(context, disk, signal);
    },
    async *audit({ref, ...query}, signal) {
      const session = ref === undefined ? undefined : findOnceThere(ref);
      yield* auditRows(context, {...query, session}, until(signal));
    },
    agents: async () => (await context.agents()).all.map(agent => agentInfo(agent, caller.images)),
    ...imageCalls(context, imagesOfDefault),
    doctor: async signal => doctor(registry, (await configured()).defaults.provider, signal),
    async close() {
      left.abort();
    },
  };
}

import {agentNamed, agents} from '../agents/registry.ts';
import {AppError} from '../errors.ts';
import {elapsed} from '../lib/clock.ts';
import {audited, type Context, providerOf} from './context.ts';
import {createSession} from './create.ts';
import {doctor} from './doctor.ts';
import {linkEngines} from './engine-links.ts';
import {openExec} from './exec-handle.ts';
import {followStore} from './following.ts';
import {createLives} from './lives.ts';
import {plainLog} from './logs.ts';
import {resolveSession} from './names.ts';
import {removeSession, startSession, stopSession} from './operate.ts';
import {createOperations} from './operations.ts';
import type {CreateProgress, ExecHandle, ExecRequest, SessionsPort} from './port.ts';
import type {SessionRecord} from './record.ts';
import {freeName, problemsOf} from './request.ts';
import {screenFeed} from './screen-feed.ts';
import {statsOf} from './stats.ts';
import {teardownSummary} from './teardown.ts';
import {sessionView} from './view.ts';

export interface ServiceOptions {
  readonly context: Context;
  /** Stay: follow engine, store and every terminal. Without it: look once, for a single command. */
  readonly stay: boolean;
}

/** An engine that answers so soon is seen in the first list; another one is not waited for. */
const firstTruthMs = 60;
/** Between the first list and the opening of its terminals. */
const _firstLookMs = 100;

/** How long a single command waits for a terminal's status before it says what it knows. */
const statusPatienceMs = 500;

/** The sessions of one user, served in this process. */
export function createService({context, stay}: ServiceOptions): SessionsPort {
  const {store, registry, defaults, changes, clock} = context;
  const lifetime = new AbortController();
  const engines = linkEngines(context, lifetime.signal, stay);
  const firstTruth = Promise.race([engines.tried, elapsed(clock, firstTruthMs, lifetime.signal)]);
  firstTruth.catch(() => {});
  const lives = createLives(context, {answers: stay});
  const operations = createOperations(clock);
  const steps = new Map<string, string>();
  const untilClose = (signal: AbortSignal) => AbortSignal.any([signal, lifetime.signal]);

  const find = (ref: string): SessionRecord => resolveSession(store.all(), ref);
  const view = (record: SessionRecord) =>
    sessionView(record, {
      ...{live: lives.peek(record.id), problem: lives.problem(record.id), step: steps.get(record.name)},
    });
  const viewOf = (id: string) => {
    const record = store.byId(id);
    if (!record) throw new AppError('SESSION_UNKNOWN', 'That session was removed meanwhile');
    return view(record);
  };
  const running = (ref: string): SessionRecord & {environment: NonNullable<SessionRecord['environment']>} => {
    const record = find(ref);
    if (record.phase !== 'running' || !record.environment) {
      throw new AppError('PHASE_FORBIDS', `${record.name} is ${record.phase}`, {
        hint: `Start it: \`trails start ${record.name}\`.`,
      });
    }
    return {...record, environment: record.environment};
  };
  /** A single command first sees what is really there; who stays does not wait long for an engine. */
  const settled = async () => {
    await (stay ? firstTruth : engines.tried);
  };
  /** A single command opens the terminals it is asked about, to tell what their agents do. */
  const glance = async (records: readonly SessionRecord[]) => {
    if (stay) return;
    const late = new Promise<void>(resolve => clock.after(statusPatienceMs, resolve));
    const running = records.filter(record => record.phase === 'running' && engines.reachable(record.provider));
    const ready = Promise.allSettled(running.map(async record => (await lives.of(record)).caughtUp));
    await Promise.race([ready, late]);
  };

  let closing: Promise<void> | undefined;
  if (stay) followStore(context, {engines, lives}, lifetime.signal);

  const exec = async (ref: string, request: ExecRequest, action: string): Promise<ExecHandle> => {
    await settled();
    const record = running(ref);
    const provider = await providerOf(context, record);
    return audited(context, record, action, request.argv.join(' '), () =>
      openExec(provider, record.environment, request),
    );
  };
  const imagesOfDefault = async () => {
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
    watch: signal => changes.watch(untilClose(signal)),
    async engine() {
      await settled();
      return engines.main.state;
    },
    suggestName: async () => freeName(context),
    validate: async request => problemsOf(context, request),
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
        return viewOf(
          await operations.run(() => createSession(context, {...request, name}, report, untilClose(signal))),
        );
      } finally {
        if (entered) steps.delete(name);
      }
    },
    async stop(ref) {
      await settled();
      const record = find(ref);
      await operations.run(() => stopSession(context, record));
      return viewOf(record.id);
    },
    async start(ref, size) {
      await settled();
      const record = find(ref);
      await operations.run(() => startSession(context, record, size));
      return viewOf(record.id);
    },
    async restart(ref, size) {
      await settled();
      const record = find(ref);
      await operations.run(async () => {
        if (record.phase === 'running') await stopSession(context, record);
        await startSession(context, find(record.id), size);
      });
      return viewOf(record.id);
    },
    async teardown(ref) {
      await settled();
      return teardownSummary(find(ref));
    },
    async remove(ref, {force}) {
      await settled();
      const record = find(ref);
      await operations.run(() => removeSession(context, record, force));
    },
    async attach(ref, size) {
      await settled();
      const record = running(ref);
      return audited(context, record, 'attach', `${size.columns}x${size.rows}`, async () =>
        (await lives.of(record, true)).attach(size),
      );
    },
    exec: (ref, request) => exec(ref, request, 'exec'),
    shell: (ref, size) => exec(ref, {argv: agentNamed('shell').command, tty: size}, 'shell'),
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
        if (!record) return undefined;
        // Who follows all terminals reopens them, too.
        return (stay ? lives.peek(id) : undefined) ?? lives.of(record);
      };
      yield* screenFeed({current, changes, clock, ...options}, untilClose(signal));
    },
    async *logs(ref, options, signal) {
      await settled();
      const record = find(ref);
      if (!record.environment || record.phase === 'lost')
        throw new AppError('PHASE_FORBIDS', `${record.name} has no log: it is ${record.phase}`);
      yield* plainLog(await providerOf(context, record), record.environment, options, untilClose(signal));
    },
    async stats(signal) {
      await settled();
      return statsOf(context, signal);
    },
    async audit({ref, limit}) {
      return store.audit({...(ref === undefined ? {} : {session: find(ref).id}), limit});
    },
    agents: async () => agents().map(({name, title, command}) => ({name, title, command})),
    async images(signal) {
      const {name, images} = await imagesOfDefault();
      return (await images.list(signal)).map(image => ({...image, provider: name}));
    },
    buildImage: async (name, onLine, signal) => (await imagesOfDefault()).images.build(name, onLine, signal),
    doctor: signal => doctor(registry, defaults.provider, signal),
    close() {
      closing ??= (async () => {
        lifetime.abort();
        await operations.settled();
        lives.close();
        try {
          await registry.close();
        } finally {
          store.close();
        }
      })();
      return closing;
    },
  };
}

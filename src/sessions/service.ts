import {watch as watchFiles} from 'node:fs';
import path from 'node:path';
import {setImmediate as immediate} from 'node:timers/promises';
import {agentNamed, agents} from '../agents/registry.ts';
import {AppError} from '../errors.ts';
import type {ExecStream} from '../providers/provider.ts';
import {createOutputGuard} from '../terminal/guard.ts';
import {audited, type Context, providerOf} from './context.ts';
import {createSession} from './create.ts';
import {doctor} from './doctor.ts';
import {type EngineLink, linkEngine} from './engine-link.ts';
import {createLives} from './lives.ts';
import {plainLog} from './logs.ts';
import {resolveSession} from './names.ts';
import {removeSession, startSession, stopSession} from './operate.ts';
import type {ExecHandle, ExecRequest, SessionsPort} from './port.ts';
import type {SessionRecord} from './record.ts';
import {freeName, problemsOf} from './request.ts';
import {screenFeed} from './screen-feed.ts';
import {teardownSummary} from './teardown.ts';
import {sessionView} from './view.ts';

export interface ServiceOptions {
  readonly context: Context;
  /** Stay: follow engine, store and every terminal. Without it: look once, for a single command. */
  readonly stay: boolean;
}

/** Between the first list and the opening of its terminals. */
const firstLookMs = 100;

/** How long a single command waits for a terminal's status before it says what it knows. */
const statusPatienceMs = 500;

/** A command with a terminal of its own draws on the user's: its output is made safe like an agent's. */
const execHandle = (stream: ExecStream, tty: boolean): ExecHandle => ({
  onOutput(listener) {
    const guard = tty ? createOutputGuard() : undefined;
    stream.onOutput((from, bytes) => listener(from, guard ? guard.feed(bytes) : bytes));
  },
  write: bytes => stream.stdin.write(bytes),
  end: () => stream.stdin.end(),
  resize: size => void stream.resize(size).catch(() => {}),
  kill: () => stream.kill(),
  exit: stream.exit,
});

/** The sessions of one user, served in this process. */
export function createService({context, stay}: ServiceOptions): SessionsPort {
  const {store, registry, defaults, changes, clock} = context;
  const lifetime = new AbortController();
  const lives = createLives(context, {answers: stay});
  const steps = new Map<string, string>();
  const links = new Map<string, EngineLink>();

  const link = (name: string): EngineLink => {
    const known = links.get(name);
    if (known) return known;
    const open = () => (name === 'auto' ? registry.auto(lifetime.signal) : registry.open(name));
    const fresh = linkEngine(context, name, open, lifetime.signal, stay);
    links.set(name, fresh);
    return fresh;
  };
  const main = link(defaults.provider);
  const linkOthers = () => {
    const served = () => [...links.values()].map(one => one.provider?.name);
    for (const record of store.all()) if (!served().includes(record.provider)) link(record.provider);
  };
  const connected = main.tried.then(async () => {
    if (lifetime.signal.aborted) return;
    linkOthers();
    await Promise.all([...links.values()].map(one => one.tried));
  });

  const find = (ref: string): SessionRecord => resolveSession(store.all(), ref);
  const view = (record: SessionRecord) => sessionView(record, lives.peek(record.id), steps.get(record.name));
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
  /** A single command first sees what is really there. */
  const settled = async () => {
    if (!stay) await connected;
  };

  let looking = false;
  let following = false;
  let again = false;
  /** One round at a time; what changed meanwhile is looked at in the next. */
  const follow = async (): Promise<void> => {
    again = true;
    if (following || !looking) return;
    following = true;
    while (again && !lifetime.signal.aborted) {
      again = false;
      await immediate();
      if (lifetime.signal.aborted) break;
      linkOthers();
      await lives.follow(store.all());
    }
    following = false;
  };
  let files: ReturnType<typeof watchFiles> | undefined;
  if (stay) {
    changes.listen(() => void follow());
    // The list is drawn first: terminals take a while to open when there are many.
    void connected.then(() =>
      clock.after(firstLookMs, () => {
        looking = true;
        void follow();
      }),
    );
    if (store.file) {
      let seen = store.version();
      const wal = `${path.basename(store.file)}-wal`;
      files = watchFiles(path.dirname(store.file), (_event, name) => {
        if (name !== wal || lifetime.signal.aborted || store.version() === seen) return;
        seen = store.version();
        changes.tell();
      });
    }
  }

  const exec = async (
    record: ReturnType<typeof running>,
    request: ExecRequest,
    action: string,
  ): Promise<ExecHandle> => {
    const provider = await providerOf(context, record);
    return audited(context, record, action, request.argv.join(' '), async () => {
      const {argv, tty, env} = request;
      const term = tty ? {TERM: 'xterm-256color'} : {};
      const options = {...(tty ? {tty} : {}), env: {...term, ...env}};
      return execHandle(await provider.exec(record.environment, argv, options), tty !== undefined);
    });
  };
  const imagesOfDefault = async () => {
    const {name, images} = await (defaults.provider === 'auto' ? registry.auto() : registry.open(defaults.provider));
    if (!images) throw new AppError('UNSUPPORTED', `${name} has no images`);
    return {name, images};
  };

  return {
    async list() {
      await settled();
      if (!stay) {
        const late = new Promise(resolve => clock.after(statusPatienceMs, () => resolve(undefined)));
        const live = store.all().filter(record => record.phase === 'running');
        const ready = Promise.allSettled(live.map(async record => (await lives.of(record)).caughtUp));
        await Promise.race([ready, late]);
      }
      return store.all().map(view);
    },
    async get(ref) {
      await settled();
      const record = find(ref);
      if (!stay && record.phase === 'running') await (await lives.of(record)).caughtUp;
      return viewOf(record.id);
    },
    watch: signal => changes.watch(signal),
    engine: async () => main.state,
    suggestName: async () => freeName(context),
    validate: async request => problemsOf(request, store.all(), defaults, registry.known),
    async create(request, onProgress, signal) {
      await settled();
      const name = request.name ?? freeName(context);
      const report = (progress: Parameters<typeof onProgress>[0]) => {
        steps.set(name, progress.step);
        changes.tell();
        onProgress(progress);
      };
      try {
        return viewOf(await createSession(context, {...request, name}, report, signal));
      } finally {
        steps.delete(name);
        changes.tell();
      }
    },
    async stop(ref) {
      await settled();
      const {id} = find(ref);
      await stopSession(context, find(ref));
      return viewOf(id);
    },
    async start(ref, size) {
      await settled();
      const record = find(ref);
      await startSession(context, record, size);
      return viewOf(record.id);
    },
    async restart(ref, size) {
      await settled();
      const record = find(ref);
      if (record.phase === 'running') await stopSession(context, record);
      await startSession(context, find(record.id), size);
      return viewOf(record.id);
    },
    async teardown(ref) {
      await settled();
      return teardownSummary(find(ref));
    },
    async remove(ref, {force}) {
      await settled();
      await removeSession(context, find(ref), force);
    },
    async attach(ref, size) {
      await settled();
      const record = running(ref);
      return audited(context, record, 'attach', `${size.columns}x${size.rows}`, async () =>
        (await lives.of(record)).attach(size),
      );
    },
    async exec(ref, request) {
      await settled();
      return exec(running(ref), request, 'exec');
    },
    async shell(ref, size) {
      await settled();
      return exec(running(ref), {argv: agentNamed('shell').command, tty: size}, 'shell');
    },
    async screen(ref) {
      await settled();
      const live = await lives.of(find(ref));
      await live.caughtUp;
      return live.frame(0);
    },
    async *watchScreen(ref, options, signal) {
      const live = await lives.of(find(ref));
      yield* screenFeed(live, options, signal);
    },
    async *logs(ref, options, signal) {
      await settled();
      const record = find(ref);
      if (!record.environment) throw new AppError('PHASE_FORBIDS', `${record.name} has no log: it is ${record.phase}`);
      yield* plainLog(await providerOf(context, record), record.environment, options, signal);
    },
    async stats(signal) {
      await settled();
      const records = store.all().filter(record => record.phase === 'running' && record.environment !== null);
      const names = [...new Set(records.map(record => record.provider))];
      const found = await Promise.all(
        names.map(async name => {
          const ids = records.filter(record => record.provider === name).map(record => record.environment!);
          return [...(await (await registry.open(name)).stats(ids, signal))];
        }),
      );
      const byEnvironment = new Map(found.flat());
      return records.flatMap(({id, name, environment, limits}) => {
        const stats = byEnvironment.get(environment!);
        return stats ? [{id, name, ...stats, memoryLimit: limits.memoryBytes, pidsLimit: limits.pids}] : [];
      });
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
    async close() {
      lifetime.abort();
      files?.close();
      lives.close();
      await registry.close();
      store.close();
    },
  };
}

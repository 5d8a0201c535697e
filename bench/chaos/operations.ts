import {AppError} from '../../src/errors.ts';
import type {CreateRequest} from '../../src/sessions/port.ts';
import {agents, type ProviderName} from './agents.ts';
import {type History, Violation} from './history.ts';
import type {Model, Tracked} from './model.ts';
import type {Random} from './random.ts';
import {size} from './viewers.ts';
import type {Ended, World} from './world.ts';

/** How an operation went for the one who asked: done, refused in words, or its asker was killed before there was an answer. */
export type Outcome = {readonly how: 'done'; readonly id?: string} | {readonly how: 'refused' | 'killed'};

/** One way of asking: over the API from this process, or by the command line, which may be killed in the middle. */
export interface Operations {
  create(session: Tracked): Promise<Outcome>;
  /** `stop`, `start`, `restart`, `remove`. */
  change(what: 'stop' | 'start' | 'restart' | 'remove', session: Tracked): Promise<Outcome>;
  exec(session: Tracked): Promise<Outcome>;
  list(): Promise<Outcome>;
}

/** Of a command that ran: its own, or as it ended with its session. */
const execCodes = [0, 3, 137];
const isStack = /\n\s+at .+\(?.+:\d+:\d+\)?/;

/** A refusal says what happened and what to do; anything else is a bug. */
export function refusal(what: string, error: unknown): Outcome {
  if (error instanceof AppError && error.hint !== '' && !isStack.test(error.message)) return {how: 'refused'};
  throw new Violation(`${what} failed with a bug: ${(error as Error).stack}`);
}

export function overApi(world: World, name: string, history: History): Operations {
  const {port} = world.client(name);
  const asked = async (what: string, work: () => Promise<{readonly id?: string}>): Promise<Outcome> => {
    try {
      const {id} = await history.within(what, work());
      history.note(`${name}: ${what}: done`);
      return {how: 'done', ...(id === undefined ? {} : {id})};
    } catch (error) {
      if (error instanceof Violation || history.broken.aborted) throw error;
      const outcome = refusal(what, error);
      history.note(`${name}: ${what}: ${(error as AppError).code}: ${(error as AppError).message}`);
      return outcome;
    }
  };
  const change = {
    stop: (ref: string) => port.stop(ref),
    start: (ref: string) => port.start(ref, size),
    restart: (ref: string) => port.restart(ref, size),
    remove: async (ref: string) => {
      await port.remove(ref, {force: true});
      return {};
    },
  };
  return {
    create(session) {
      const {provider, args} = session.agent;
      const request: CreateRequest = {
        ...{name: session.name, agent: 'shell', args, provider, image: 'host'},
        ...{workspace: 'bind', repo: world.repo(session.name)},
        ...{env: {}, limits: {}, size},
      };
      return asked(`create ${session.name}`, () => port.create(request, () => {}, new AbortController().signal));
    },
    change: (what, session) => asked(`${what} ${session.name}`, () => change[what](session.name)),
    exec: session =>
      asked(`exec ${session.name}`, async () => {
        const handle = await port.exec(session.name, {argv: session.agent.exec});
        await handle.exit;
        return {};
      }),
    list: () =>
      asked('ls', async () => {
        await port.list();
        return {};
      }),
  };
}

/** `deadly`: the part of the commands that are killed in the middle. */
export function overCommandLine(world: World, random: Random, history: History, deadly: number): Operations {
  const asked = async (args: readonly string[], own: readonly number[] = []): Promise<Outcome> => {
    const what = `trails ${args.slice(0, 3).join(' ')}`;
    const {child, ended} = world.trails(args);
    const timer = random.chance(deadly) ? setTimeout(() => child.kill('SIGKILL'), random.between(20, 700)) : undefined;
    let end: Ended;
    try {
      end = await history.within(what, ended);
    } finally {
      clearTimeout(timer);
    }
    const {exitCode, stdout, stderr} = end;
    history.note(`${what}: ${child.killed ? 'killed' : `exit ${exitCode} ${stderr.trim().split('\n').at(-2) ?? ''}`}`);
    if (child.killed) return {how: 'killed'};
    const told = /^error: .+\nhint: .+$/m.test(stderr) || /^\s*"hint": ".+"$/m.test(stdout);
    const fine = exitCode === 0 || own.includes(exitCode);
    if (exitCode === 70 || exitCode === -1 || isStack.test(stderr) || (!fine && !told))
      throw new Violation(`${what} ended with ${exitCode}:\n${stderr}\n${stdout}`);
    if (!fine || told) return {how: 'refused'};
    const id = args[0] === 'new' ? (JSON.parse(stdout) as {id: string}).id : undefined;
    return {how: 'done', ...(id === undefined ? {} : {id})};
  };
  const change = {stop: ['stop'], start: ['start'], restart: ['restart'], remove: ['rm', '--force']} as const;
  return {
    create(session) {
      const {provider, args} = session.agent;
      const where = [
        ...['--workspace', 'bind', '--repo', world.repo(session.name)],
        ...['--image', 'host', '--provider', provider, '--agent', 'shell'],
      ];
      return asked(['new', session.name, '--json', ...where, ...(args.length > 0 ? ['--', ...args] : [])]);
    },
    change: (what, session) => asked([...change[what], session.name]),
    exec: session => asked(['exec', session.name, '--', ...session.agent.exec], execCodes),
    list: () => asked(['ls', '--json']),
  };
}

/** Makes a session and keeps the books. */
export async function createOne(model: Model, operations: Operations, provider: ProviderName): Promise<Tracked> {
  const session = model.track(`s${model.sessions.size + 1}`, agents[provider]);
  session.busy = true;
  const outcome = await operations.create(session);
  session.busy = false;
  if (outcome.how !== 'done' || outcome.id === undefined) return session;
  session.id = outcome.id;
  session.made = true;
  session.phase = 'running';
  for (const action of ['create', 'spawn']) model.acknowledged.push({action, id: outcome.id});
  return session;
}

const leaves = {stop: 'stopped', start: 'running', restart: 'running'} as const;
const audited = {stop: ['stop'], start: ['spawn'], restart: ['stop', 'spawn'], remove: ['destroy']} as const;

/** Changes a session and keeps the books. */
export async function changeOne(
  model: Model,
  operations: Operations,
  what: 'stop' | 'start' | 'restart' | 'remove',
  session: Tracked,
): Promise<void> {
  const {phase, id} = session;
  session.busy = true;
  session.phase = 'any';
  session.endings += what === 'start' ? 0 : 1;
  if (what === 'remove') session.removed = 'maybe';
  const {how} = await operations.change(what, session);
  session.busy = false;
  if (how !== 'done') return;
  if (what === 'remove') session.removed = 'yes';
  else session.phase = leaves[what];
  // Stopping what does not run is done without being done.
  const did = phase === 'running' || what === 'start' || what === 'remove';
  if (id !== undefined && did) for (const action of audited[what]) model.acknowledged.push({action, id});
}

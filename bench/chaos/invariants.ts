import {pause} from '../../src/lib/clock.ts';
import type {Phase, SessionsPort, SessionView} from '../../src/sessions/port.ts';
import {type History, hangMs, Violation} from './history.ts';
import type {Model, Tracked} from './model.ts';
import type {World} from './world.ts';

const lookMs = 100;

/** Looks all the while whether there are two daemons; until the signal. */
export async function watchDaemons(world: World, history: History, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const two = world.answering();
    // What was read in two steps is looked at once more: one may have died in between.
    if (two.length > 1 && world.answering().length > 1)
      history.fail(new Violation(`two daemons answer at once: ${two.join(' and ')}`));
    await pause(lookMs, signal).catch(() => {});
  }
}

/** As Podman calls them. Half-way killed, a start leaves one that is ready to be started, a removal one that can only be removed. */
const containerStates: Readonly<Partial<Record<Phase, readonly string[]>>> = {
  running: ['running'],
  stopped: ['exited', 'initialized', 'created', 'removing'],
};

/** What a session is not as it has to be; undefined when it is. */
function wrong(model: Model, session: Tracked, view: SessionView | undefined): string | undefined {
  const {name, made, removed, phase} = session;
  if (removed === 'yes') return view && `${name} was removed, and is there`;
  if (!view) return made && removed === 'no' ? `${name} was made, and is not there` : undefined;
  if (view.phase === 'lost' && model.mayBeLost(session)) return undefined;
  if (view.phase !== 'running' && view.phase !== 'stopped')
    return `${name} is ${view.phase}${view.note === '' ? '' : ` (${view.note})`}`;
  return phase === 'any' || view.phase === phase ? undefined : `${name} is ${view.phase}, and was left ${phase}`;
}

/** Everything in which recorded, observed and acknowledged differ. */
async function differences(world: World, model: Model, port: SessionsPort): Promise<readonly string[]> {
  const views = await port.list();
  const containers = await world.containers();
  const directories = world.directories();
  const byName = new Map(views.map(view => [view.name, view]));
  const known = new Set(views.map(({id}) => id));
  const of = (id: string) => containers.filter(({session}) => session === id);
  return [
    ...[...model.sessions.values()].flatMap(session => wrong(model, session, byName.get(session.name)) ?? []),
    ...views.filter(({name}) => !model.sessions.has(name)).map(({name}) => `nobody asked for ${name}`),
    ...views
      .filter(({provider}) => provider === 'podman')
      .flatMap(({id, name, phase}) => {
        const states = of(id).map(({state}) => state);
        const fits = states.length === 1 && containerStates[phase]?.includes(states[0] ?? '') === true;
        return fits ? [] : [`${name} is ${phase}, its containers: [${states}]`];
      }),
    ...containers
      .filter(({session}) => !known.has(session))
      .map(({session}) => `a container of no session: ${session}`),
    ...directories
      .filter(id => !known.has(id))
      .map(id => `a directory of no session: ${id} holds ${world.filesOf(id).join(' ') || 'nothing'}`),
    ...views.filter(({id}) => !directories.includes(id)).map(({name}) => `${name} has no directory`),
  ];
}

/** Waits until recorded and observed agree, and takes into the books what was made without an answer. */
export async function checkAgreement(world: World, model: Model, port: SessionsPort, history: History): Promise<void> {
  const until = performance.now() + hangMs;
  for (;;) {
    const found = await history.within('comparing', differences(world, model, port));
    if (found.length === 0) break;
    if (performance.now() > until) throw new Violation(`recorded and observed differ:\n${found.join('\n')}`);
    await pause(200, history.broken);
  }
  for (const {name, id} of await port.list()) {
    const session = model.sessions.get(name)!;
    Object.assign(session, {id, made: true, removed: 'no'});
  }
  for (const session of model.sessions.values()) if (session.removed === 'maybe') session.removed = 'yes';
}

/** Each answer that somebody saw is in the log once, in their order, and what the agent counts is without a gap. */
export async function checkLogs(model: Model, port: SessionsPort): Promise<number> {
  let lines = 0;
  for (const session of model.usable(one => one.agent.provider === 'podman')) {
    const all: string[] = [];
    for await (const piece of port.logs(session.name, {follow: false}, new AbortController().signal))
      all.push(...piece.lines);
    lines += all.length;
    const fail = (what: string) => {
      throw new Violation(`the log of ${session.name}: ${what}\n${all.slice(-60).join('\n')}`);
    };
    try {
      session.agent.checkLog(all);
    } catch (error) {
      fail((error as Error).message);
    }
    for (const token of session.typed.all) {
      const times = all.filter(line => line.trim() === session.agent.answer(token)).length;
      if (times > 1) fail(`${token} was typed once and answered ${times} times`);
      if (times === 0 && session.typed.acknowledged.includes(token)) fail(`the answer to ${token} is lost`);
    }
  }
  return lines;
}

/** Every operation that was told done is in the audit log, as done. */
export async function checkAudit(model: Model, port: SessionsPort): Promise<number> {
  const done = new Map<string, number>();
  let rows = 0;
  for await (const {session, action, result} of port.audit({}, new AbortController().signal)) {
    rows += 1;
    const key = `${action} ${session}`;
    if (result === 'ok') done.set(key, (done.get(key) ?? 0) + 1);
  }
  const told = new Map<string, number>();
  for (const {action, id} of model.acknowledged) told.set(`${action} ${id}`, (told.get(`${action} ${id}`) ?? 0) + 1);
  for (const [key, times] of told) {
    const found = done.get(key) ?? 0;
    if (found < times) throw new Violation(`audit has ${key} ${found} times, and ${times} were told done`);
  }
  return rows;
}

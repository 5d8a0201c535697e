import {pause} from '../../src/lib/clock.ts';
import {residentMb} from '../proc.ts';
import {type ActorOptions, act} from './actor.ts';
import {type ProviderName, tokens} from './agents.ts';
import {createHistory, type History, Violation} from './history.ts';
import {checkAgreement, checkAudit, checkLogs, watchDaemons} from './invariants.ts';
import {createKills} from './kills.ts';
import {createModel} from './model.ts';
import {changeOne, createOne, overApi, overCommandLine} from './operations.ts';
import {descriptorsOf} from './processes.ts';
import {randomFrom} from './random.ts';
import {createWatching} from './watching.ts';
import {openWorld, type World} from './world.ts';

export interface ChaosOptions {
  readonly seconds: number;
  readonly providers: readonly ProviderName[];
  readonly seed: number;
}

/** Of the daemon, while it rests with nothing to do. */
export interface Rest {
  readonly pid: number;
  readonly descriptors: readonly string[];
  readonly memoryMb: number;
}

export interface ChaosReport {
  readonly history: History;
  readonly sessions: number;
  readonly acknowledged: number;
  readonly deaths: number;
  readonly repaints: readonly number[];
  readonly rests: readonly Rest[];
  /** Read and compared, in all. */
  readonly logLines: number;
  readonly auditRows: number;
  /** What broke, if something did. */
  readonly violation: unknown;
}

const actors = 3;
const stormMs = 10_000;
/** Of the time, for one and the same daemon that must not grow. */
const calmPart = 0.3;
const leastCalmRounds = 4;

/** Runs the chaos once. Never throws for what it finds: that is in the report. */
export async function runChaos({seconds, providers, seed}: ChaosOptions): Promise<ChaosReport> {
  const world = await openWorld();
  const history = createHistory();
  const random = randomFrom(seed);
  const model = createModel();
  const {port} = world.client('chaos');
  const watching = createWatching(world, model, port, history);
  const kills = createKills(world, model, watching, random.fork(), history);
  const tokenFor = tokens(random.fork());
  const over = new AbortController();
  const rests: Rest[] = [];
  let [logLines, auditRows] = [0, 0];

  const actor = (name: string, deadly: number): ActorOptions => {
    const own = random.fork();
    const ways: ActorOptions['ways'] = [
      overApi(world, name, history),
      overCommandLine(world, own.fork(), history, deadly),
    ];
    return {model, watching, providers, tokenFor, random: own, ways};
  };
  const storming = Array.from({length: actors}, (_, at) => actor(`actor ${at + 1}`, 0.25));
  const calm = actor('calm', 0.2);

  const settle = async () => {
    await checkAgreement(world, model, port, history);
    await watching.checkScreens();
    logLines += await history.within('reading the logs', checkLogs(model, port));
    auditRows = await history.within('reading the audit log', checkAudit(model, port));
    history.note(`settled: ${model.usable().length} sessions, ${watching.viewers.length} viewers`);
  };
  const storm = async (ms: number) => {
    const until = performance.now() + ms;
    const going = () => performance.now() < until && !history.broken.aborted;
    const killing = async () => {
      while (going()) {
        await pause(random.between(300, 3500), history.broken);
        if (going()) kills.one();
      }
    };
    const acting = storming.map(async one => {
      while (going()) {
        await act(one);
        await pause(one.random.between(0, 150), history.broken);
      }
    });
    await Promise.all([killing(), ...acting]);
  };
  /** The same things each time, with everything ended at the end: what is left then is left over. */
  const calmRound = async () => {
    const [api] = calm.ways;
    for (const [at, provider] of providers.entries())
      await createOne(model, calm.ways[at % calm.ways.length]!, provider);
    for (const session of model.usable()) {
      await watching.attach(session, 'api');
      await watching.attach(session, 'pty');
      for (const viewer of watching.viewers.filter(one => one.session === session))
        await watching.type(viewer, tokenFor(session.agent.provider));
      await api.exec(session);
      await changeOne(model, api, 'restart', session);
    }
    kills.client();
    kills.engine();
    await settle();
    for (const viewer of watching.viewers) watching.leave(viewer, 'leave');
    for (const session of model.usable()) await changeOne(model, api, 'remove', session);
    while (watching.viewers.length > 0) await pause(20, history.broken);
    await checkAgreement(world, model, port, history);
    rests.push(await restOf(world));
  };
  const everything = async () => {
    const begun = performance.now();
    while (performance.now() - begun < seconds * 1000 * (1 - calmPart)) {
      await storm(Math.min(stormMs, seconds * 1000 * (1 - calmPart) - (performance.now() - begun)));
      await settle();
    }
    for (let round = 0; round < leastCalmRounds || performance.now() - begun < seconds * 1000; round += 1)
      await calmRound();
    checkGrowth(rests);
    over.abort();
    await world.stopDaemon();
    await nothingLeft(world);
  };
  const broken = new Promise<never>((_, reject) =>
    history.broken.addEventListener('abort', () => reject(history.broken.reason), {once: true}),
  );
  let violation: unknown;
  try {
    void watchDaemons(world, history, over.signal);
    await Promise.race([everything(), broken]);
  } catch (error) {
    history.fail(error);
    violation = error;
    for (const line of world.daemonLog()) history.note(`daemon.log: ${line}`);
  } finally {
    over.abort();
    await world.end();
  }
  return {
    ...{history, sessions: model.sessions.size, acknowledged: model.acknowledged.length, deaths: model.deaths},
    ...{repaints: watching.repaints, rests, logLines, auditRows, violation},
  };
}

/** Connections that were just closed, and engine calls under way, have their moment to end. */
async function restOf(world: World): Promise<Rest> {
  await pause(700);
  const [pid] = world.answering();
  if (pid === undefined) throw new Violation('no daemon answers after a calm round');
  return {pid, descriptors: descriptorsOf(pid), memoryMb: residentMb(pid)};
}

const slack = {descriptors: 3, memoryMb: 60};

/** The first half of the rounds fills pools and caches. */
function checkGrowth(rests: readonly Rest[]): void {
  const first = rests[Math.floor(rests.length / 2)];
  const last = rests.at(-1);
  if (!first || !last) return;
  if (first.pid !== last.pid) throw new Violation(`the daemon changed from ${first.pid} to ${last.pid} with no kill`);
  const grown = last.descriptors.length - first.descriptors.length;
  if (grown > slack.descriptors)
    throw new Violation(
      `the daemon has ${grown} more open:\n${first.descriptors.join(' ')}\n${last.descriptors.join(' ')}`,
    );
  if (last.memoryMb - first.memoryMb > slack.memoryMb)
    throw new Violation(`the daemon grew from ${first.memoryMb} to ${last.memoryMb} MB`);
}

/** Podman keeps the conmon of each exec for five minutes after its end; its own service goes when nobody asks it anything. */
const podmans = /conmon .*--exec-attach|podman system service/;

async function nothingLeft(world: World): Promise<void> {
  const containers = await world.containers();
  if (containers.length > 0) throw new Violation(`${containers.length} containers are left`);
  let left = world.processes();
  for (let tries = 0; tries < 50; tries += 1) {
    left = world.processes().filter(({command}) => !podmans.test(command));
    if (left.length === 0) return;
    await pause(100);
  }
  throw new Violation(`processes are left:\n${left.map(({pid, command}) => `${pid} ${command}`).join('\n')}`);
}

import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {ulid} from 'ulid';
import {commandLine} from '../agents/launch/command-line.ts';
import {builtIn} from '../agents/registry.ts';
import {systemClock as clock, elapsed} from '../lib/clock.ts';
import {type Paths, pathsFrom} from '../lib/paths.ts';
import {devProgram} from '../providers/mock/programs.ts';
import {createMock} from '../providers/mock/provider.ts';
import {type Inhabitant, world as inhabitants, usualCount} from '../providers/mock/world.ts';
import type {EnvironmentSpec, Provider} from '../providers/provider.ts';
import {createRegistry} from '../providers/registry.ts';
import {sandboxOf} from '../providers/sandbox/profile.ts';
import {homeLabel, labels, sessionDirectory} from '../sessions/context.ts';
import {reconcile} from '../sessions/engines/reconcile.ts';
import {bringingHere} from '../sessions/here.ts';
import type {SessionsPort} from '../sessions/port.ts';
import type {SessionFacts} from '../sessions/record.ts';
import {createService} from '../sessions/service.ts';
import {makeBelieveEgress, visitsOf} from './make-believe/egress.ts';
import {waitingPort} from './make-believe/waiting-port.ts';
import {makeWorkspaces, workspaceOf} from './make-believe/workspaces.ts';
import {configuredDefaults, contextOf} from './service.ts';
import type {World} from './world.ts';

/** A real engine takes about so long to make a container. */
const createMs = 600;
/** Files and repositories are made behind the first picture. */
const workspacesAfterMs = 300;

/** The same promise for all who ask. */
function byNeed(make: () => Promise<void>): () => Promise<void> {
  let made: Promise<void> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The inhabitants of `--dev`, as if they had been there before: found and entered like any environment of ours. */
async function settle(mock: Provider, at: Paths, home: string, count: number): Promise<void> {
  const size = {columns: 80, rows: 24};
  const limits = {memoryBytes: 2 ** 31, cpus: 2, pids: 512};
  const one = async ({name, agent, args, mode}: Inhabitant) => {
    const command = commandLine(builtIn.named(agent), {args, mode, how: 'again', conversation: ''});
    const id = ulid().toLowerCase();
    const network = agent === 'shell' ? 'none' : 'allowlist';
    const workspace = workspaceOf({paths: at}, home, {id, name});
    const facts: SessionFacts = {
      ...{id, name, agent, command, provider: 'mock', image: 'host', limits, network, runtime: null},
      ...{
        args,
        program: null,
        mode,
        variables: [],
        allow: network === 'allowlist' ? ['npm'] : [],
        credentials: 'forward',
        home: null,
        project: null,
        caches: 'off',
      },
      sandbox: sandboxOf('strict'),
      ...{workspace, createdAt: clock.now(), setup: []},
    };
    const spec: EnvironmentSpec = {
      ...{name: `trails-${id}`, hostname: name, image: 'host', workspace: workspace.path, mounts: [], env: {}, limits},
      network,
      sandbox: facts.sandbox,
      labels: {...homeLabel(at), [labels.session]: id, [labels.facts]: JSON.stringify(facts)},
      stateDir: sessionDirectory(at, id),
    };
    const environment = await mock.createEnvironment(spec, () => {}, new AbortController().signal);
    await mock.spawnAgent(environment, {argv: command}, size);
  };
  for (const inhabitant of inhabitants(count)) await one(inhabitant);
}

/** The mock provider in this process, over a directory that goes away with it: no engine, no daemon. */
export async function openDevSessions(world: World): Promise<SessionsPort> {
  const home = mkdtempSync(path.join(tmpdir(), 'trails-dev-'));
  const paths = pathsFrom({TRAILS_HOME: home});
  mkdirSync(paths.state, {recursive: true, mode: 0o700});
  process.once('exit', () => rmSync(home, {recursive: true, force: true, maxRetries: 5}));
  // What is there from the beginning is there at once; what a person makes takes the time of a real one.
  let takes = 0;
  const mock = createMock({clock, programFor: devProgram, createMs: () => takes, recordBytes: 1024 * 1024});
  await settle(mock, paths, home, Number(world.env.TRAILS_DEV_SESSIONS || usualCount));
  takes = createMs;
  const registry = createRegistry({mock: async () => mock}, ['mock']);
  const defaults = async () => ({...(await configuredDefaults(world)), provider: 'mock'});
  const nameOf = (id: string) => context.store.byId(id)?.name ?? '';
  const egress = makeBelieveEgress(clock, id => visitsOf(nameOf(id)));
  const context = contextOf({...world, paths}, registry, await defaults(), {inMemory: true, egress});
  await reconcile(context, mock);
  const left = new AbortController();
  const workspaces = byNeed(() => makeWorkspaces(context, home, context.store.all(), left.signal));
  // Why they could not be made is told to who asks about them.
  const settled = elapsed(clock, workspacesAfterMs, left.signal)
    .then(workspaces)
    .catch(() => {});
  const service = createService({context, defaults, workspaces: settled});
  const close = () => {
    left.abort();
    return service.close();
  };
  return {...bringingHere(waitingPort(service.as(context.caller), workspaces), world.env), close};
}

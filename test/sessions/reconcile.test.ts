import {existsSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createMock} from '../../src/providers/mock/provider.ts';
import type {EnvironmentId, Provider} from '../../src/providers/provider.ts';
import {sandboxOf} from '../../src/providers/sandbox/profile.ts';
import {homeLabel, labels, move} from '../../src/sessions/context.ts';
import {createSession} from '../../src/sessions/create.ts';
import {reconcile} from '../../src/sessions/engines/reconcile.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sampleRecord} from '../support/sample-record.ts';
import {scriptedProgram} from '../support/scripted-programs.ts';
import {contextOver} from '../support/service-fixture.ts';

const size = {columns: 80, rows: 24};
const never = new AbortController().signal;
const id = '01jd0000000000000000000000';

const open = () => {
  const {paths} = temporaryHome();
  const clock = manualClock();
  const provider = createMock({clock, programFor: scriptedProgram});
  const context = contextOver(paths, provider, clock);
  const facts = ({...over} = {}) => {
    const {environment, phase, phaseSince, note, exitCode, removing, worker, setupDone, ...rest} = sampleRecord({
      id,
      name: 'api',
    });
    return JSON.stringify({...rest, ...over});
  };
  /** A container that some other program, or a Trails that lost its record, made. */
  const found = async (held: Record<string, string>, running: boolean): Promise<EnvironmentId> => {
    const environment = await provider.createEnvironment(
      {
        ...{
          name: `trails-${held[labels.session] ?? held[labels.helper]}`,
          hostname: 'x',
          image: 'host',
          mounts: [],
          env: {},
          network: 'none',
          sandbox: sandboxOf('strict'),
        },
        ...{workspace: temporaryDirectory(), stateDir: path.join(paths.state, 'sessions', id)},
        limits: {memoryBytes: 2 ** 28, cpus: 1, pids: 99},
        labels: {...homeLabel(paths), ...held},
      },
      () => {},
      never,
    );
    if (running) await provider.spawnAgent(environment, {argv: ['echo']}, size);
    return environment;
  };
  const create = (name = 'api') =>
    createSession(
      context,
      {name, agent: 'shell', args: ['echo'], workspace: 'bind', repo: temporaryDirectory(), env: {}, limits: {}, size},
      () => {},
      never,
    );
  return {context, provider, clock, facts, found, create, paths};
};

test('a session whose row was lost comes back from its labels, under its name or, when that is taken, its id', async () => {
  const {context, provider, facts, found, create} = open();
  const environment = await found({[labels.session]: id, [labels.facts]: facts({provider: 'elsewhere'})}, true);
  await reconcile(context, provider);
  expect(context.store.all()).toMatchObject([{id, name: 'api', provider: 'mock', phase: 'running', environment}]);
  context.store.remove(id);
  await create('api');
  await reconcile(context, provider);
  expect(context.store.byId(id)).toMatchObject({name: id, phase: 'running'});
});

test('labels of the version before setup steps are read, and have none', async () => {
  const {context, provider, facts, found} = open();
  await found({[labels.session]: id, [labels.facts]: facts({setup: undefined})}, true);
  await reconcile(context, provider);
  expect(context.store.byId(id)).toMatchObject({phase: 'running', setup: [], setupDone: 0});
});

test.each([
  ['no JSON', 'nonsense'],
  ['none', undefined],
  ['null', 'null'],
  ['another id', {id: '01jd0000000000000000000001'}],
  ['a path for an id', {id: '../../../etc'}],
  ['a name that is none', {name: '../x'}],
  ['a command that is none', {command: 'rm -rf /'}],
  ['setup steps that are none', {setup: 'rm -rf /'}],
  ['no workspace', {workspace: null}],
])('labels that we did not write are no session: %s', async (_name, change) => {
  const {context, provider, facts, found} = open();
  const held = typeof change === 'object' ? facts(change) : change;
  const session = typeof change === 'object' && 'id' in change && change.id?.startsWith('..') ? change.id : id;
  await found({[labels.session]: session, ...(held === undefined ? {} : {[labels.facts]: held})}, true);
  await reconcile(context, provider);
  expect(context.store.all()).toEqual([]);
  expect(await provider.listEnvironments(homeLabel(context.paths))).toHaveLength(1);
});

test('a half-made container that is in no record is removed, with its directory', async () => {
  const {context, provider, facts, found, paths} = open();
  const directory = path.join(paths.state, 'sessions', id);
  mkdirSync(directory, {recursive: true});
  await found({[labels.session]: id, [labels.facts]: facts()}, false);
  await reconcile(context, provider);
  expect(await provider.listEnvironments(homeLabel(paths))).toEqual([]);
  expect(existsSync(directory)).toBe(false);
  expect(context.store.auditTail({}, 1)).toMatchObject([{action: 'destroy', result: 'ok'}]);
});

test('what somebody did between the reading of the rows and the engine’s answer is not undone', async () => {
  const {context, provider, clock, create} = open();
  const session = await create();
  const late: Provider = {
    ...provider,
    async listEnvironments(wanted) {
      const environments = await provider.listEnvironments(wanted);
      // The answer is on its way while the session is stopped and started by another process.
      clock.pass(1);
      move(context, session, 'stopAsked');
      move(context, session, 'exited', {exitCode: 0});
      return environments;
    },
  };
  await reconcile(context, late);
  expect(context.store.byId(session)?.phase).toBe('stopped');
});

test('a helper of a process that is gone is removed, one of ours is left at its work', async () => {
  const {context, provider, found} = open();
  const gone = await found({[labels.helper]: '999999:1'}, true);
  const ours = await found({[labels.helper]: context.worker}, true);
  await reconcile(context, provider);
  expect(await provider.getEnvironment(gone)).toBeUndefined();
  expect(await provider.getEnvironment(ours)).toMatchObject({state: 'running'});
  expect(context.store.all()).toEqual([]);
});

import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createMock} from '../../src/providers/mock/provider.ts';
import type {Provider} from '../../src/providers/provider.ts';
import type {Context} from '../../src/sessions/context.ts';
import {createSession} from '../../src/sessions/create.ts';
import {observe} from '../../src/sessions/engines/observe.ts';
import {reconcile} from '../../src/sessions/engines/reconcile.ts';
import {startSession} from '../../src/sessions/operate.ts';
import type {SessionRecord} from '../../src/sessions/record.ts';
import {shownCommand} from '../../src/sessions/setup/setup-state.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {portProgram} from '../support/port-programs.ts';
import {contextOver} from '../support/service-fixture.ts';
import {switchable} from '../support/switchable-provider.ts';

const size = {columns: 80, rows: 24};
const never = new AbortController().signal;
/** Of no process that lives. */
const deadPid = 2 ** 30;

const open = () => {
  const {paths} = temporaryHome();
  const clock = manualClock();
  const mock = createMock({clock, programFor: portProgram});
  const repo = temporaryDirectory();
  const request = {
    name: 'api',
    agent: 'shell',
    args: ['echo'],
    workspace: 'bind',
    repo,
    env: {},
    limits: {},
    size,
  } as const;
  const create = (context: Context, setup: readonly string[]) =>
    createSession(context, {...request, setup}, () => {}, never);
  const only = ({store}: Context): SessionRecord => store.all()[0]!;
  const until = async (context: Context, holds: (record: SessionRecord) => boolean) => {
    for await (const _ of context.changes.looks(never)) if (context.store.all().some(holds)) return;
  };
  return {
    ...{mock, clock, repo, create, only, until},
    living: (provider = mock) => contextOver(paths, provider, clock),
    /** What another process finds once the one that created the session was killed at this point. */
    async killed(
      setup: readonly string[],
      at: (record: SessionRecord) => boolean,
      during?: keyof Provider,
    ): Promise<Context> {
      const engine = switchable(mock);
      const held = during && engine.hold(during);
      const context = contextOver(paths, engine.provider, clock, deadPid);
      create(context, setup).catch(() => {});
      await until(context, at);
      await held?.entered;
      // From here on it does nothing any more: neither with the engine nor with the store.
      engine.down();
      context.store.close();
      return contextOver(paths, mock, clock);
    },
    stateOf: async () => (await mock.listEnvironments({}))[0]?.state,
    notes: () => readFileSync(path.join(repo, 'notes'), 'utf8'),
    put: (file: string) => writeFileSync(path.join(repo, file), ''),
  };
};
const inStep = (done: number) => (record: SessionRecord) => record.setupDone === done && record.note !== '';

test('killed in a step: its environment is stopped, the session failed, and a start goes on there', async () => {
  const {mock, killed, only, stateOf, until, put, clock, notes} = open();
  const context = await killed(['notes one', 'waits go', 'notes three'], inStep(1));
  expect(await stateOf()).toBe('running');
  await reconcile(context, mock);
  const failed = {phase: 'failed', note: 'interrupted at setup step 2 of 3: waits go', setupDone: 1, worker: null};
  expect(await stateOf()).toBe('exited');
  expect(only(context)).toMatchObject(failed);
  // What the engine says afterwards changes nothing.
  await observe(context, mock, only(context).id);
  await reconcile(context, mock);
  expect(only(context)).toMatchObject(failed);
  const started = startSession(context, only(context), size, never);
  await until(context, record => record.note === 'setup 2/3: waits go');
  put('go');
  clock.pass(10);
  await started;
  expect(only(context)).toMatchObject({phase: 'running', note: '', setupDone: 3});
  expect(notes()).toBe('one\nthree\n');
});

test('killed between two steps: the next one is the one that was interrupted', async () => {
  const {mock, killed, only} = open();
  const context = await killed(['notes one', 'notes two'], record => record.setupDone === 1);
  await mock.stopEnvironment(only(context).environment!, 0);
  await reconcile(context, mock);
  expect(only(context)).toMatchObject({phase: 'failed', note: 'interrupted at setup step 2 of 2: notes two'});
});

test('killed before the first step was started nothing is left', async () => {
  const {mock, killed} = open();
  const context = await killed(['idle x'], record => record.environment !== null, 'spawnAgent');
  await reconcile(context, mock);
  expect(context.store.all()).toEqual([]);
  expect(await mock.listEnvironments({})).toEqual([]);
});

test.each([
  ['reconcile', (context: Context, engine: Provider) => reconcile(context, engine)],
  ['an event', (context: Context, engine: Provider) => observe(context, engine, context.store.all()[0]!.id)],
])('a step that ran on while the engine did not answer is stopped: %s', async (_name, look) => {
  const {mock, killed, only, stateOf} = open();
  const context = await killed(['idle x'], inStep(0));
  context.store.update(only(context).id, {phase: 'failed', note: 'the engine went away', worker: null});
  await look(context, mock);
  expect(await stateOf()).toBe('exited');
  expect(only(context)).toMatchObject({phase: 'failed', worker: null, note: expect.stringContaining('interrupted')});
});

test('leaving interrupts a setup that goes on, and keeps it', async () => {
  const {create, living, only, stateOf, until, put} = open();
  const context = living();
  await expect(create(context, ['needs key', 'waits go'])).rejects.toMatchObject({code: 'SETUP_FAILED'});
  put('key');
  const leave = new AbortController();
  const started = startSession(context, only(context), size, leave.signal);
  const refused = expect(started).rejects.toMatchObject({
    code: 'CANCELLED',
    hint: expect.stringContaining('start api'),
  });
  await until(context, inStep(1));
  leave.abort();
  await refused;
  const note = 'interrupted at setup step 2 of 2: waits go';
  expect(only(context)).toMatchObject({phase: 'failed', note, setupDone: 1, worker: null});
  expect(await stateOf()).toBe('exited');
});

test('an agent that cannot be started behind its steps leaves them; a start begins with the agent', async () => {
  const {mock, create, living, only, notes} = open();
  let starts = 0;
  const context = living({
    ...mock,
    async spawnAgent(id, command, at, signal) {
      starts += 1;
      if (starts === 2) throw new Error('no such program');
      return mock.spawnAgent(id, command, at, signal);
    },
  });
  await expect(create(context, ['notes one'])).rejects.toThrow('no such program');
  expect(only(context)).toMatchObject({
    phase: 'failed',
    note: 'its agent did not start: no such program',
    setupDone: 1,
  });
  await startSession(context, only(context), size, never);
  expect(only(context)).toMatchObject({phase: 'running', note: ''});
  expect(notes()).toBe('one\n');
});

test('each step is in the audit log, with how it went', async () => {
  const {create, living} = open();
  const context = living();
  await expect(create(context, ['notes one', 'needs key'])).rejects.toThrow();
  expect(context.store.auditTail({}, 9).map(({action, detail, result}) => [action, detail, result])).toEqual([
    ['create', expect.any(String), 'ok'],
    ['setup', 'notes one', 'ok'],
    ['setup', 'needs key', 'api: setup step 2 of 2 failed with code 1: needs key'],
  ]);
});

test('a command is told in one line that is not too long', () => {
  expect(shownCommand('set -e\n  npm ci\n\tnpm test\x1b[2J')).toBe('set -e npm ci npm test [2J');
  expect(shownCommand('x'.repeat(200))).toHaveLength(80);
});

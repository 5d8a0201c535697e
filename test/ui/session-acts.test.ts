import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {sampleSession, sampleStatus, sevenSessions} from '../support/sample-session.ts';
import {openDashboard} from '../support/ui-dashboard.ts';

const two = () => [sampleSession({name: 'a', createdAt: 1}), sampleSession({name: 'b', createdAt: 2})];
const asked = (calls: readonly string[]) =>
  calls.filter(call => /^(stop|start|restart|remove|attach|shell)/.test(call));

test('x stops a running session and starts a stopped one', async () => {
  const {listed, press, until, fake} = openDashboard([sampleSession()]);
  await listed();
  press('x');
  await until(now => now.sessions?.[0]?.phase === 'stopped' && now.pending.size === 0);
  press('x');
  await until(now => now.sessions?.[0]?.phase === 'running' && now.pending.size === 0);
  expect(asked(fake.calls)).toEqual(['stop 01-api', 'start 01-api']);
});

test('z puts a running session to sleep and wakes a sleeping one', async () => {
  const {listed, press, until, fake} = openDashboard([sampleSession()]);
  await listed();
  press('z');
  await until(now => now.sessions?.[0]?.asleep === 'paused' && now.pending.size === 0);
  press('z');
  await until(now => now.sessions?.[0]?.asleep === '' && now.pending.size === 0);
  expect(fake.calls.filter(call => /^(hibernate|wake)/.test(call))).toEqual(['hibernate 01-api pause', 'wake 01-api']);
});

test('one that has ended neither sleeps nor wakes', async () => {
  const {listed, press, said} = openDashboard([sampleSession({name: 'halted', phase: 'stopped'})]);
  await listed();
  press('z');
  expect(said()).toEqual(['halted is stopped: x starts it']);
});

test('the row says what was asked from the first moment, and asking twice asks once', async () => {
  const {listed, press, state, until, fake} = openDashboard([sampleSession()]);
  await listed();
  press('x', 'x');
  expect(state().pending.get('01-api')).toBe('stopping…');
  await until(now => now.pending.size === 0);
  expect(asked(fake.calls)).toEqual(['stop 01-api']);
});

test('a key that does not apply says why', async () => {
  const {listed, press, said, fake} = openDashboard([sampleSession({name: 'halted', phase: 'stopped'})]);
  await listed();
  press('enter');
  expect(said()).toEqual(['halted is stopped: x starts it']);
  expect(asked(fake.calls)).toEqual([]);
});

test('no session at all: the keys that need one point to n', async () => {
  const {listed, press, said} = openDashboard([]);
  await listed();
  press('d');
  expect(said()).toEqual(['There is no session here: n starts one']);
});

test('d asks first, with No chosen, and enter then leaves everything as it is', async () => {
  const {listed, press, state, until, fake} = openDashboard([sampleSession()]);
  await listed();
  press('d');
  const open = await until(now => now.overlay.kind === 'confirm' && now.overlay.confirm.summaries.size === 1);
  expect(open.overlay).toMatchObject({confirm: {yes: false}});
  press('enter');
  expect(state().overlay.kind).toBe('none');
  expect(asked(fake.calls)).toEqual([]);
});

test.each([[['y']], [['tab', 'enter']], [['left', 'enter']]])('%j tears down', async answer => {
  const {listed, press, until, fake} = openDashboard([sampleSession()]);
  await listed();
  press('d', ...answer);
  await until(now => now.sessions?.length === 0 && now.pending.size === 0);
  expect(asked(fake.calls)).toEqual(['remove 01-api force']);
});

test('several marked sessions are torn down together, and the question names them', async () => {
  const {listed, press, state, until, fake} = openDashboard([...two(), sampleSession({name: 'c', createdAt: 3})]);
  await listed();
  press('space', 'space', 'd');
  const {overlay} = state();
  expect(overlay.kind === 'confirm' && overlay.confirm.sessions.map(({name}) => name)).toEqual(['a', 'b']);
  press('y');
  await until(now => now.sessions?.length === 1 && now.pending.size === 0);
  expect(asked(fake.calls)).toEqual(['remove 01-a force', 'remove 01-b force']);
  expect(state().marked.size).toBe(0);
});

test('stopping several marked sessions asks first', async () => {
  const {listed, press, state, until, fake} = openDashboard(two());
  await listed();
  press('space', 'space', 'x');
  expect(state().overlay).toMatchObject({kind: 'confirm', confirm: {act: 'stop'}});
  press('y');
  await until(now => now.pending.size === 0 && now.sessions?.every(({phase}) => phase === 'stopped') === true);
  expect(asked(fake.calls)).toEqual(['stop 01-a', 'stop 01-b']);
});

test('a failure is a notice with its hint, and the row is as before', async () => {
  const {listed, press, until, fake} = openDashboard([sampleSession()]);
  await listed();
  fake.failWith('stop', new AppError('ENGINE_UNREACHABLE', 'Could not reach Podman', {hint: 'Run `trails doctor`.'}));
  press('x');
  const {notices, sessions} = await until(now => now.notices.length > 0 && now.pending.size === 0);
  expect(notices[0]).toMatchObject({level: 'error', text: 'Could not reach Podman', hint: 'Run `trails doctor`.'});
  expect(sessions?.[0]?.phase).toBe('running');
});

test('a bug is told in one line, without its stack', async () => {
  const {listed, press, until, fake} = openDashboard([sampleSession()]);
  await listed();
  fake.failWith('stop', new TypeError('x is not a function'));
  press('x');
  const {notices} = await until(now => now.notices.length > 0);
  expect(notices[0]?.text).toBe('Something went wrong in trails: x is not a function');
});

test('a lost session is offered to be forgotten', async () => {
  const {listed, press, said, until} = openDashboard([sampleSession({name: 'gone', phase: 'lost'})]);
  await listed();
  press('enter');
  expect(said()[0]).toMatch('x starts it from its last checkpoint, if one is kept, d forgets it');
  press('d', 'y');
  await until(now => now.sessions?.length === 0);
});

test('a lost session is started like a stopped one: whether a checkpoint is kept, the service knows', async () => {
  const {listed, press, until} = openDashboard([sampleSession({name: 'gone', phase: 'lost'})]);
  await listed();
  press('x');
  await until(now => now.sessions?.[0]?.phase === 'running');
});

test('attach hands the terminal over; until it is back nothing is drawn and keys are not ours', async () => {
  const {listed, press, state, until, fake, lent} = openDashboard([sampleSession()]);
  await listed();
  await until(now => now.frames.size === 1);
  press('enter');
  await until(now => now.lent);
  expect(lent).toHaveLength(1);
  expect(fake.screens.readers.size).toBe(0);
  press('d');
  fake.change('api', {status: sampleStatus('waiting')});
  expect(state().overlay.kind).toBe('none');
  fake.attachments[0]?.end({reason: 'detached'});
  const after = await until(now => !now.lent && now.sessions?.[0]?.status.status === 'waiting');
  expect(after.notices).toEqual([]);
});

test('an agent that ends while attached is told', async () => {
  const {listed, press, until, fake} = openDashboard([sampleSession()]);
  await listed();
  press('enter');
  await until(now => now.lent);
  fake.attachments[0]?.end({reason: 'exited', exitCode: 3});
  const {notices} = await until(now => now.notices.length > 0);
  expect(notices[0]?.text).toBe('api: the agent ended with exit code 3');
});

test('a shell is opened beside the agent and may simply end', async () => {
  const {listed, press, until, fake, lent} = openDashboard([sampleSession()]);
  await listed();
  press('s');
  await until(now => now.notices.some(({text}) => text === 'api: the shell ended'));
  expect(lent).toHaveLength(1);
  expect(asked(fake.calls)).toEqual(['shell 01-api']);
});

test('an engine that cannot be reached shows in the header and in a notice; later it is fine again', async () => {
  const {until, fake} = openDashboard(sevenSessions(), {
    prepare: port => port.failWith('watch', new AppError('ENGINE_UNREACHABLE', 'Could not reach Podman')),
  });
  await until(now => now.engine.state === 'unreachable' && now.notices[0]?.text === 'Could not reach Podman');
  fake.failWith('watch', undefined);
  fake.change('api', {note: 'x'});
  await until(now => now.engine.state === 'ready' && now.sessions?.length === 7);
});

test('texts of an agent reach the state without escape sequences or hidden characters', async () => {
  const {listed, state} = openDashboard([
    sampleSession({
      title: '\x1b]0;owned\x07ti\u202etle',
      status: sampleStatus('waiting', {detail: 'a\x1b[31mb\nc\x9b2J'}),
      workspace: {mode: 'bind', path: '/tmp/\x1b[2Jx', source: '/tmp/x', branch: 'm\x07ain', repo: null, base: null},
    }),
  ]);
  await listed();
  const [session] = state().sessions ?? [];
  expect(session?.title).toBe('title');
  expect(session?.status.detail).toMatch(/^ab c(2J)?$/);
  expect(session?.workspace).toMatchObject({path: '/tmp/x', branch: 'main'});
});

const stopped = (over: Parameters<typeof sampleSession>[0] = {}) =>
  sampleSession({phase: 'stopped', exitCode: 0, agent: 'claude', ...over});

test('R goes on with the last conversation of an agent that can, and brings its keys anew', async () => {
  const env = {ANTHROPIC_API_KEY: 'sk', OTHER: 'x'};
  const {listed, press, until, fake} = openDashboard([stopped({resumes: true})], {env});
  await listed();
  press('R');
  await until(now => now.sessions?.[0]?.phase === 'running' && now.pending.size === 0);
  press('R');
  await until(now => now.pending.size === 1);
  await until(now => now.pending.size === 0);
  expect(asked(fake.calls)).toEqual([
    'start 01-api resume ANTHROPIC_API_KEY',
    'restart 01-api resume ANTHROPIC_API_KEY',
  ]);
});

test('R on an agent that cannot says what can be done instead', async () => {
  const {listed, press, said, fake} = openDashboard([stopped()]);
  await listed();
  press('R');
  expect(said()).toEqual(['api: its agent has no conversation to go on with; r restarts it']);
  expect(asked(fake.calls)).toEqual([]);
});

test('several resume together after a question; those that cannot stay as they are', async () => {
  const {listed, press, state, until, fake} = openDashboard([
    stopped({name: 'a', createdAt: 1, resumes: true}),
    stopped({name: 'b', createdAt: 2}),
    stopped({name: 'c', createdAt: 3, resumes: true}),
  ]);
  await listed();
  press('space', 'space', 'space', 'R');
  expect(state().overlay).toMatchObject({kind: 'confirm', confirm: {act: 'resume'}});
  press('y');
  await until(now => now.pending.size === 0 && now.sessions?.filter(({phase}) => phase === 'running').length === 2);
  expect(asked(fake.calls)).toEqual(['start 01-a resume', 'start 01-c resume']);
});

test('s on one that has ended starts a shell in the place of the agent, and attaches', async () => {
  const {listed, press, until, fake, lent} = openDashboard([stopped()]);
  await listed();
  press('s');
  await until(now => now.lent);
  expect(lent).toHaveLength(1);
  expect(asked(fake.calls)).toEqual(['start 01-api shell', 'attach 01-api']);
  fake.attachments[0]?.end({reason: 'exited', exitCode: 0});
  const {notices} = await until(now => now.notices.length > 0);
  expect(notices[0]?.text).toBe('api: the shell ended');
});

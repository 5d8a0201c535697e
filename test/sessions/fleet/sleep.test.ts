import {afterEach, expect, test} from 'vitest';
import type {SessionView} from '../../../src/sessions/port.ts';
import {becomes, code, never, PortScene, plain, reading, size} from '../../contracts/port-scene.ts';
import {openService} from '../../support/service-fixture.ts';

const scene = new PortScene();
afterEach(() => scene.end());

async function opened(fleet: NonNullable<Parameters<typeof openService>[0]>['fleet'] = {}) {
  const fixture = await openService({fleet: {...fleet}});
  scene.begin(fixture);
  return fixture;
}
const asleep = (way: SessionView['asleep']) => (view: SessionView) => view.asleep === way;
const isReady = ({status}: SessionView) => status.status === 'ready';
/** An agent that has told that it is ready. */
async function resting(name = 'api') {
  await scene.create({name, args: ['prompted', '{"tells":true}']});
  return becomes(scene.port, name, isReady);
}
/** Until it is as wanted, while time goes on. */
async function later(name: string, holds: (view: SessionView) => boolean, stepMs: number): Promise<SessionView> {
  for (let i = 0; i < 200; i++) {
    const view = await scene.port.get(name);
    if (holds(view)) return view;
    scene.fixture.pass(stepMs);
    await new Promise(setImmediate);
  }
  throw new Error(`${name} did not become as wanted`);
}

test('a paused one is asleep; its screen, log and use can be read, and it wakes at attach', async () => {
  await opened();
  await scene.ready(['echo'], 'ready');
  expect(await scene.port.hibernate('api')).toMatchObject({phase: 'running', asleep: 'paused'});
  expect(await scene.port.hibernate('api')).toMatchObject({asleep: 'paused'});
  expect(plain(await scene.port.screen('api'))).toContain('ready');
  expect(await scene.port.stats()).toMatchObject([{name: 'api'}]);
  const attachment = await scene.port.attach('api', size);
  expect(await scene.port.get('api')).toMatchObject({asleep: ''});
  attachment.write(Buffer.from('awake'));
  await reading(attachment.output).has('awake');
  await expect(scene.port.hibernate('api')).rejects.toEqual(
    code('PHASE_FORBIDS', expect.stringContaining('somebody is attached')),
  );
  attachment.detach();
});

test('exec, a shell, a start and a wake let it go on', async () => {
  await opened();
  await scene.ready(['idle', 'here'], 'here');
  const ways: readonly (() => Promise<unknown>)[] = [
    async () => (await scene.port.exec('api', {argv: ['idle', 'x']})).kill(),
    async () => (await scene.port.shell('api', size)).kill(),
    () => scene.port.start('api', size),
    () => scene.port.wake('api', size),
  ];
  for (const wake of ways) {
    await scene.port.hibernate('api', 'pause');
    await wake();
    expect(await scene.port.get('api')).toMatchObject({phase: 'running', asleep: ''});
  }
});

test('what does not run cannot sleep; a sleeper can be stopped, restarted and removed', async () => {
  await opened();
  await scene.create();
  await scene.port.hibernate('api');
  expect(await scene.port.stop('api')).toMatchObject({phase: 'stopped', asleep: '', exitCode: 143});
  for (const way of ['pause', 'stop'] as const)
    await expect(scene.port.hibernate('api', way)).rejects.toEqual(code('PHASE_FORBIDS'));
  await scene.port.start('api', size);
  await scene.port.hibernate('api');
  expect(await scene.port.restart('api', size)).toMatchObject({phase: 'running', asleep: ''});
  await scene.port.hibernate('api');
  await scene.port.remove('api', {force: true});
  await scene.expectNothing();
});

test('a prompt wakes it, and is typed once it is awake', async () => {
  await opened();
  await resting();
  await scene.port.hibernate('api');
  const {id} = await scene.port.send('api', 'go on');
  const delivered = scene.port.awaitPrompt('api', id, {}, never);
  await later('api', view => view.prompts.last?.state === 'delivered', 100);
  expect(await delivered).toMatchObject({state: 'delivered'});
  expect(await scene.port.get('api')).toMatchObject({asleep: ''});
});

test('one put to sleep by a stop keeps no room, and starts again at attach', async () => {
  await opened({maxRunning: 1});
  await scene.ready(['echo'], 'ready');
  expect(await scene.port.hibernate('api', 'stop')).toMatchObject({phase: 'stopped', asleep: 'stopped'});
  await scene.create({name: 'other'});
  // Now there is no room: it has its place in the queue.
  await expect(scene.port.attach('api', size)).rejects.toEqual(
    code('PHASE_FORBIDS', expect.stringContaining('waits for room, at place 1')),
  );
  await scene.port.remove('other', {force: true});
  expect(await becomes(scene.port, 'api', view => view.phase === 'running')).toMatchObject({asleep: '', queued: null});
});

test('an agent that rests for long enough is paused; one that is attended or at work is not', async () => {
  await opened({hibernate: 'pause', idleMs: 60_000});
  await resting('rests');
  await resting('attended');
  const attachment = await scene.port.attach('attended', size);
  await scene.create({name: 'at-work', args: ['idle', 'here']});
  await later('rests', asleep('paused'), 5000);
  expect(await scene.port.get('attended')).toMatchObject({asleep: ''});
  expect(await scene.port.get('at-work')).toMatchObject({asleep: ''});
  attachment.detach();
  await later('attended', asleep('paused'), 5000);
});

test('one that was woken is let be for as long as one that has worked', async () => {
  await opened({hibernate: 'pause', idleMs: 60_000});
  await resting();
  await later('api', asleep('paused'), 5000);
  await scene.port.wake('api', size);
  for (let i = 0; i < 11; i++) {
    scene.fixture.pass(5000);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    expect(await scene.port.get('api')).toMatchObject({asleep: ''});
  }
  await later('api', asleep('paused'), 5000);
});

test('nothing sleeps by itself while that is off, or before its time', async () => {
  const {fleet} = await opened({idleMs: 60_000});
  await resting();
  for (let i = 0; i < 30; i++) {
    scene.fixture.pass(10_000);
    await new Promise(setImmediate);
  }
  expect(await scene.port.get('api')).toMatchObject({asleep: ''});
  Object.assign(fleet, {hibernate: 'pause', idleMs: 3_600_000});
  scene.fixture.pass(60_000);
  await new Promise(setImmediate);
  expect(await scene.port.get('api')).toMatchObject({asleep: ''});
});

test('an agent that cannot go on with its conversation is paused where others are stopped', async () => {
  await opened({hibernate: 'stop', idleMs: 60_000});
  await resting();
  expect(await later('api', ({asleep}) => asleep !== '', 5000)).toMatchObject({phase: 'running', asleep: 'paused'});
});

test('paused and woken outside Trails, its row follows', async () => {
  const {service: _, ...fixture} = await opened();
  const view = await scene.ready(['echo'], 'ready');
  await fixture.engine.pauseBehind(view);
  await becomes(scene.port, 'api', asleep('paused'));
  await fixture.engine.resumeBehind(view);
  await becomes(scene.port, 'api', asleep(''));
});

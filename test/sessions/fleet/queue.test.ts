import {afterEach, expect, test} from 'vitest';
import type {SessionView} from '../../../src/sessions/port.ts';
import {becomes, code, PortScene, size, until} from '../../contracts/port-scene.ts';
import {openService} from '../../support/service-fixture.ts';

const scene = new PortScene();
afterEach(() => scene.end());

async function fleetOf(fleet: NonNullable<Parameters<typeof openService>[0]>['fleet'] = {maxRunning: 1}) {
  const fixture = await openService({fleet: {...fleet}});
  scene.begin(fixture);
  return fixture;
}
const runs = (view: SessionView) => view.phase === 'running';
const audit = async (action: string) => {
  const rows = [];
  for await (const row of scene.port.audit({}, AbortSignal.timeout(5000))) if (row.action === action) rows.push(row);
  return rows;
};

test('one too many is made and waits, with its place; it starts when there is room', async () => {
  await fleetOf();
  await scene.create({name: 'first'});
  const second = await scene.create({name: 'second'});
  expect(second).toMatchObject({phase: 'stopped', queued: 1, exitCode: null, status: {status: 'starting'}});
  expect(await scene.create({name: 'third'})).toMatchObject({phase: 'stopped', queued: 2});
  expect(await scene.fixture.engine.names()).toHaveLength(3);
  expect((await audit('queue')).map(({name, detail}) => `${name}: ${detail}`)).toEqual([
    'second: waits for room: 1 run, with up to 0.3g; fleet.maxRunning is 1',
    'third: waits for room: 1 run, with up to 0.3g; fleet.maxRunning is 1',
  ]);
  await scene.port.stop('first');
  expect(await becomes(scene.port, 'second', runs)).toMatchObject({queued: null});
  expect(await scene.port.get('third')).toMatchObject({phase: 'stopped', queued: 1});
  await scene.port.remove('second', {force: true});
  await becomes(scene.port, 'third', runs);
});

test('memory is counted by the limits; what never fits is refused and leaves nothing', async () => {
  await fleetOf({memoryBytes: 2 ** 30});
  await scene.create({name: 'half', limits: {memoryBytes: 2 ** 29}});
  expect(await scene.create({name: 'more', limits: {memoryBytes: 2 ** 29 + 1}})).toMatchObject({queued: 1});
  await expect(scene.create({name: 'huge', limits: {memoryBytes: 2 ** 30 + 1}})).rejects.toEqual(
    code('LIMIT_INVALID', expect.stringContaining('never fits into fleet.memory, 1g')),
  );
  expect(await scene.port.validate(scene.request({name: 'huge', limits: {memoryBytes: 2 ** 31}}))).toMatchObject({
    limits: expect.stringContaining('fleet.memory'),
  });
  expect((await scene.port.list()).map(({name}) => name).sort()).toEqual(['half', 'more']);
});

test('a start waits like a creation; a stop takes it from the queue', async () => {
  await fleetOf();
  await scene.create({name: 'first'});
  await scene.port.stop('first');
  await scene.create({name: 'second'});
  expect(await scene.port.start('first', size)).toMatchObject({phase: 'stopped', queued: 1});
  expect(await scene.port.stop('first')).toMatchObject({phase: 'stopped', queued: null});
  await scene.port.stop('second');
  expect(await scene.port.get('first')).toMatchObject({phase: 'stopped', queued: null});
  expect(await scene.port.start('first', size)).toMatchObject({phase: 'running'});
});

test('a restart keeps its own room, whoever waits; a removal gives it away', async () => {
  await fleetOf();
  await scene.create({name: 'first'});
  await scene.create({name: 'second'});
  scene.fixture.pass(1000);
  expect(await scene.port.restart('first', size)).toMatchObject({phase: 'running', queued: null});
  expect(await scene.port.get('second')).toMatchObject({phase: 'stopped', queued: 1});
  await scene.port.remove('first', {force: true});
  await becomes(scene.port, 'second', runs);
});

test('setup steps run when its turn comes, and its first prompt waits with it', async () => {
  await fleetOf();
  await scene.create({name: 'first'});
  const request = {name: 'second', args: ['prompted'], setup: ['notes one'], prompt: 'fix it'};
  expect(await scene.create(request)).toMatchObject({queued: 1, setup: {done: 0}, prompts: {waiting: 1}});
  const [prompt] = await until(
    scene.port,
    () => scene.port.prompts('second'),
    prompts => prompts[0]?.detail === 'it waits for room to start',
  );
  expect(prompt).toMatchObject({state: 'queued', text: 'fix it'});
  await scene.port.stop('first');
  expect(await becomes(scene.port, 'second', runs)).toMatchObject({setup: {done: 1}});
});

test('more room in the configuration is found without anybody telling', async () => {
  const {fleet} = await fleetOf();
  await scene.create({name: 'first'});
  await scene.create({name: 'second'});
  Object.assign(fleet, {maxRunning: 0});
  const started = becomes(scene.port, 'second', runs);
  scene.fixture.pass(5000);
  await started;
});

test('one that cannot start at its turn fails and says why, and the next one starts', async () => {
  await fleetOf();
  await scene.create({name: 'first'});
  const second = await scene.create({name: 'second'});
  await scene.create({name: 'third'});
  const {release, entered} = scene.fixture.engine.hold('spawnAgent');
  await scene.port.stop('first');
  await entered;
  await scene.fixture.engine.removeBehind(second);
  release();
  await becomes(scene.port, 'third', runs);
  expect((await scene.port.get('second')).phase).toMatch(/failed|lost/);
});

test('a directory that one waits to work in is nobody else’s', async () => {
  await fleetOf();
  await scene.create({name: 'first'});
  const repo = scene.fixture.repo('shared');
  expect(await scene.create({name: 'second', repo})).toMatchObject({queued: 1});
  await expect(scene.create({name: 'third', repo})).rejects.toEqual(code('WORKSPACE_LOCKED'));
});

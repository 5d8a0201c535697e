import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import type {Provider} from '../../src/providers/provider.ts';
import type {CreateRequest} from '../../src/sessions/port.ts';
import {whileTimePasses} from '../contracts/port-scene.ts';
import {copying} from '../support/copying-provider.ts';
import {commitAll, git, makeRepository} from '../support/git-repo.ts';
import {openService} from '../support/service-fixture.ts';

const never = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Over = {readonly supports?: Partial<Provider['supports']>; readonly defaults?: object; readonly fleet?: object};

async function scene({supports = {}, defaults = {}, fleet = {}}: Over = {}) {
  let at = new Date(2026, 0, 2, 12, 34, 56).getTime();
  let copies: ReturnType<typeof copying> | undefined;
  const fixture = await openService({
    ...{defaults, fleet},
    over(mock) {
      copies = copying(mock, () => at);
      return {...copies.provider, supports: {...copies.provider.supports, ...supports}};
    },
  });
  closing.push(() => fixture.close());
  const repo = makeRepository(fixture.repo(), {'a.txt': 'begin\n'});
  const {port} = fixture;
  const request = (over: Partial<CreateRequest> = {}): CreateRequest => ({
    ...{name: 'api', agent: 'shell', args: [], repo, env: {}, limits: {}, size: {columns: 80, rows: 24}},
    ...{image: 'localhost/trails/base:latest', setup: []},
    ...over,
  });
  const steps: string[] = [];
  const make = (over: Partial<CreateRequest> = {}) => port.create(request(over), ({step}) => steps.push(step), never);
  const edit = (name: string, text: string) => writeFileSync(path.join(copies!.inside(), name), text);
  return {
    ...{fixture, port, repo, make, edit, steps, copies: copies!},
    pass(ms: number) {
      at += ms;
    },
  };
}

const names = (files: readonly {readonly path: string}[]) => files.map(one => one.path);

test('changes, patches and counts are of what is inside now', async () => {
  const {port, make, edit} = await scene();
  await make();
  edit('new.txt', 'x\n');
  const changes = await port.changes('api');
  expect(names(changes.files)).toEqual(['new.txt']);
  expect(changes.refused).toEqual([]);
  edit('more.txt', 'y\n');
  const patch = await Array.fromAsync(port.patch('api', {}, never));
  expect(patch.join('')).toContain('more.txt');
});

test('who watches sees what is brought, whoever asked for it', async () => {
  const {port, make, edit, copies, fixture} = await scene();
  await make();
  const looks = port.watchChanges('api', never)[Symbol.asyncIterator]();
  expect((await looks.next()).value?.files).toEqual([]);
  edit('new.txt', 'x\n');
  await copies.bring();
  const next = async (): Promise<readonly string[]> => {
    const found = names((await looks.next()).value?.files ?? []);
    return found.length === 1 ? found : next();
  };
  expect(await whileTimePasses(fixture, next())).toEqual(['new.txt']);
});

test('what several ask for at the same time is brought once, and once more for who came later', async () => {
  const {port, make, copies} = await scene();
  await make();
  await port.changes('api');
  const before = copies.refreshes;
  const release = copies.hold();
  const looks = [port.changes('api'), port.changes('api'), port.changes('api'), port.changes('api')];
  await new Promise(resolve => setImmediate(resolve));
  release();
  await Promise.all(looks);
  expect(copies.refreshes - before).toBe(2);
});

test('what is out of reach is shown as it was, and says so; it is not applied', async () => {
  const {port, make, edit, copies, repo} = await scene();
  await make();
  edit('one.txt', 'x\n');
  await port.changes('api');
  edit('two.txt', 'y\n');
  copies.reach(false);
  const changes = await port.changes('api');
  expect(names(changes.files)).toEqual(['one.txt']);
  expect(changes.refused).toEqual([
    {path: '/workspace', why: 'as of the checkpoint of 12:34:56: the environment does not answer'},
  ]);
  for (const asked of [port.planApply('api', {}), port.apply('api', {})])
    await expect(asked).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: 'What api did since the checkpoint of 12:34:56 cannot be had: the environment does not answer',
    });
  expect(existsSync(path.join(repo, 'one.txt'))).toBe(false);
  copies.reach(true);
  await port.apply('api', {how: 'files'});
  expect(readFileSync(path.join(repo, 'two.txt'), 'utf8')).toBe('y\n');
});

test('commits made inside come out with an apply', async () => {
  const {port, make, edit, copies, repo} = await scene();
  await make();
  edit('one.txt', 'x\n');
  commitAll(copies.inside(), 'the work of the agent');
  const {commit} = await port.apply('api', {});
  expect(git(repo, 'log', '--format=%s', '-2', commit!)).toContain('the work of the agent');
});

test('a removal keeps the last of it', async () => {
  const {port, make, edit} = await scene();
  await make();
  edit('last.txt', 'x\n');
  await port.remove('api', {force: true});
  const [kept] = await port.recoveries();
  expect(kept).toMatchObject({name: 'api', changes: {files: 1}});
});

test('a removal of what is out of reach keeps the last checkpoint, and tells which', async () => {
  const {port, make, edit, copies} = await scene();
  await make();
  edit('one.txt', 'x\n');
  await port.changes('api');
  edit('two.txt', 'y\n');
  copies.reach(false);
  const summary = await port.teardown('api');
  expect(summary.work[0]).toBe(
    'all of it as of the checkpoint of 12:34:56: the environment does not answer; what was done since cannot be kept',
  );
  await port.remove('api', {force: true});
  expect(await port.recoveries()).toMatchObject([{name: 'api', changes: {files: 1}}]);
  const rows = await Array.fromAsync(port.audit({limit: 100}, never));
  expect(JSON.stringify(rows)).toContain('the checkpoint of 12:34:56 is kept: the environment does not answer');
});

test('one that is lost says why, and goes on from its last checkpoint', async () => {
  const {port, make, edit, copies} = await scene();
  await make();
  edit('one.txt', 'x\n');
  await port.changes('api');
  edit('two.txt', 'y\n');
  await copies.lose('the engine was ended');
  for await (const list of port.watch(never)) {
    if (list.sessions.find(({name}) => name === 'api')?.phase === 'lost') break;
  }
  expect(await port.get('api')).toMatchObject({phase: 'lost', note: 'the engine was ended'});
  const changes = await port.changes('api');
  expect(names(changes.files)).toEqual(['one.txt']);
  expect(changes.refused).toEqual([{path: '/workspace', why: 'as of the checkpoint of 12:34:56'}]);
  const plan = await port.planApply('api', {how: 'files'});
  expect(names(plan.files)).toEqual(['one.txt']);
  expect(plan.refused).toEqual(changes.refused);
  expect(await port.start('api', {columns: 80, rows: 24}, {})).toMatchObject({
    phase: 'running',
    note: 'from the checkpoint of 12:34:56',
  });
  expect(existsSync(path.join(copies.inside(), 'one.txt'))).toBe(true);
  expect(existsSync(path.join(copies.inside(), 'two.txt'))).toBe(false);
});

test('what does not hold there is said', async () => {
  const {make, port} = await scene({supports: {limits: false}});
  expect((await make()).unenforced).toEqual(['memory', 'cpus', 'pids', 'a read-only root']);
  expect(await port.stats()).toMatchObject([{name: 'api', memoryLimit: 0, pidsLimit: 0}]);
});

test('one that is lost does not wait in the queue', async () => {
  const {make, port, copies} = await scene({fleet: {maxRunning: 1}});
  await make();
  await copies.lose('the engine was ended');
  for await (const list of port.watch(never)) if (list.sessions[0]?.phase === 'lost') break;
  await make({name: 'other'});
  await expect(port.start('api', {columns: 80, rows: 24}, {})).rejects.toMatchObject({
    code: 'PHASE_FORBIDS',
    message: 'api is lost, and there is no room to start it now',
  });
  expect(await port.get('api')).toMatchObject({phase: 'lost', queued: null});
});

test('a looser profile does not miss it', async () => {
  const {make} = await scene({supports: {limits: false}});
  expect((await make({profile: 'relaxed'})).unenforced).toEqual(['memory', 'cpus', 'pids']);
});

test.each([
  ['a bind', {workspace: 'bind'}, /works on copies: a directory itself cannot be bound/],
  ['the host image', {image: 'host'}, /cannot see the tools of this machine/],
  ['a kept home', {home: 'mine'}, /a kept home would not be written/],
  ['a runtime', {runtime: 'kata'}, /kata/],
] as const)('%s is refused with the reason, and nothing is left of it', async (_, over, words) => {
  const {make, port, fixture} = await scene();
  await expect(make(over)).rejects.toMatchObject({code: 'UNSUPPORTED', message: words});
  expect(await port.list()).toEqual([]);
  expect(fixture.directories()).toEqual([]);
});

test('an image of its own is taken where the machine’s tools cannot be seen', async () => {
  const {make} = await scene();
  expect((await make({image: 'auto'})).image).toBe('localhost/trails/base:latest');
});

test('what nobody asked for and cannot be had is left out with words', async () => {
  const {make, steps} = await scene({defaults: {caches: 'shared', gpg: 'agent'}});
  await make();
  expect(steps).toContain('left out, mock works on copies: download caches');
  expect(steps).toContain('left out, mock works on copies: the gpg-agent: commits are not signed');
});

test.each([
  [['allowlist', 'none', 'open'], 'none'],
  [['none', 'open'], 'none'],
  [['open'], undefined],
] as const)('of the networks %s an agent without hosts gets %s', async (networks, expected) => {
  const {make} = await scene({supports: {networks}, defaults: {network: 'auto'}});
  if (expected) expect((await make()).network).toBe(expected);
  else {
    await expect(make()).rejects.toMatchObject({code: 'UNSUPPORTED', hint: expect.stringContaining('--network open')});
    expect((await make({network: 'open'})).network).toBe('open');
  }
});

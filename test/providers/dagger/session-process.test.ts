import {closeSync, existsSync, openSync, readdirSync, readFileSync, statSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import type {AppError} from '../../../src/errors.ts';
import type {Paths} from '../../../src/lib/paths.ts';
import {isAlive} from '../../../src/lib/worker.ts';
import {createDaggerEngine, sessionDirectory} from '../../../src/providers/dagger/connection/dagger-engine.ts';
import type {DaggerEngine} from '../../../src/providers/dagger/connection/engine.ts';
import {type Fault, fakeDagger} from '../../support/dagger/fake-dagger.ts';
import {openStubSession} from '../../support/dagger/open-stub.ts';
import {temporaryHome} from '../../support/home.ts';
import {manualClock} from '../../support/manual-clock.ts';

const engines: DaggerEngine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.release();
});

type Env = Readonly<Record<string, string | undefined>>;

function engineOf(paths: Paths, env: Env, more: {readonly cli?: string; readonly patienceMs?: number} = {}) {
  const clock = manualClock(Date.now());
  const engine = createDaggerEngine({paths, env, clock, ...more});
  engines.push(engine);
  return {engine, clock};
}

function scene(fault?: Fault, more: Env = {}) {
  const {home, paths} = temporaryHome();
  const fake = fakeDagger(home, fault);
  const env: Env = {...process.env, ...fake.env, ...more};
  return {...engineOf(paths, env, fault === 'silent' ? {patienceMs: 300} : {}), home, paths, env, fake};
}

const file = (paths: Paths, name: string) => path.join(sessionDirectory(paths), name);
const workerIn = (paths: Paths) => readFileSync(file(paths, 'session.process'), 'utf8');
const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught as AppError,
  );
  return {code: error?.code, message: error?.message, hint: error?.hint};
};

test('a session starts at the first use, is kept for its owner alone, and ends at release', async () => {
  const {engine, paths} = scene();
  expect(existsSync(sessionDirectory(paths))).toBe(false);
  expect(await engine.version()).toBe('v0.21.8');
  expect(statSync(sessionDirectory(paths)).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(sessionDirectory(paths)))
    expect([name, statSync(file(paths, name)).mode & 0o777]).toEqual([name, 0o600]);
  const worker = workerIn(paths);
  expect(isAlive(worker)).toBe(true);
  await engine.release();
  expect(isAlive(worker)).toBe(false);
  expect(readdirSync(sessionDirectory(paths))).toEqual(['session.log']);
});

test('two that ask at once share one session', async () => {
  const {engine, paths} = scene();
  await Promise.all([engine.version(), engine.version()]);
  const worker = workerIn(paths);
  await engine.version();
  expect(workerIn(paths)).toBe(worker);
});

test('the next daemon goes on with the session that is there', async () => {
  const {engine, paths, env} = scene();
  await engine.version();
  const worker = workerIn(paths);
  await engine.close();
  expect(isAlive(worker)).toBe(true);
  const {engine: next} = engineOf(paths, env);
  expect(await next.resume()).toBe(true);
  expect(await next.version()).toBe('v0.21.8');
  expect(workerIn(paths)).toBe(worker);
});

test('what was left behind ends with the last session, also when nothing was asked of it since', async () => {
  const {engine, paths, env} = scene();
  await engine.version();
  const worker = workerIn(paths);
  await engine.close();
  await engineOf(paths, env).engine.release();
  expect(isAlive(worker)).toBe(false);
});

test('one that is gone is not resumed, and the next use starts another', async () => {
  const {engine, paths, env} = scene();
  await engine.version();
  const worker = workerIn(paths);
  await engine.close();
  process.kill(Number(worker.split(':')[0]), 'SIGKILL');
  const {engine: next} = engineOf(paths, env);
  await expect.poll(() => isAlive(worker)).toBe(false);
  expect(await next.resume()).toBe(false);
  expect(await next.version()).toBe('v0.21.8');
  expect(workerIn(paths)).not.toBe(worker);
});

test('a session that dies while in use is told of, once', async () => {
  const {engine, paths, clock} = scene();
  const told: string[] = [];
  engine.onGone(reason => told.push(reason));
  await engine.version();
  const worker = workerIn(paths);
  process.kill(Number(worker.split(':')[0]), 'SIGKILL');
  await expect.poll(() => isAlive(worker)).toBe(false);
  clock.pass(6000);
  expect(told).toEqual(['the Dagger session process ended']);
});

test('an engine that is gone behind its session is told of, and the session ends', async () => {
  const {engine, paths, clock, fake} = scene();
  const told: string[] = [];
  engine.onGone(reason => told.push(reason));
  await engine.version();
  const worker = workerIn(paths);
  fake.turnOn('engine-gone');
  expect(await failure(engine.version())).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: expect.stringContaining('http do: Post'),
  });
  await expect
    .poll(() => {
      clock.pass(1000);
      return told;
    })
    .toEqual(['the Dagger engine does not answer any more']);
  await expect.poll(() => isAlive(worker)).toBe(false);
  fake.turnOff('engine-gone');
  expect(await engine.version()).toBe('v0.21.8');
});

test('no CLI', async () => {
  const {home, paths} = temporaryHome();
  const {engine} = engineOf(paths, {PATH: home});
  expect(await failure(engine.version())).toEqual({
    code: 'ENGINE_UNREACHABLE',
    message: 'The Dagger CLI is not installed',
    hint: expect.stringContaining('dagger.cli'),
  });
});

test.each([
  ['dagger.cli', {cli: '/nowhere/dagger'}, {}],
  ['_EXPERIMENTAL_DAGGER_CLI_BIN', {}, {_EXPERIMENTAL_DAGGER_CLI_BIN: '/nowhere/dagger'}],
])('%s that names nothing is named', async (by, more, env) => {
  const {home, paths} = temporaryHome();
  const {engine} = engineOf(paths, {...fakeDagger(home).env, ...env}, more);
  expect((await failure(engine.version())).message).toBe(`${by} names "/nowhere/dagger", and there is no such program`);
});

test('_EXPERIMENTAL_DAGGER_CLI_BIN is taken, and the setting before it', async () => {
  const {home, paths} = temporaryHome();
  const {env} = fakeDagger(home);
  const program = path.join(home, 'bin/dagger');
  const {engine} = engineOf(paths, {
    ...process.env,
    ...env,
    PATH: process.env.PATH,
    _EXPERIMENTAL_DAGGER_CLI_BIN: program,
  });
  expect(await engine.version()).toBe('v0.21.8');
  const other = temporaryHome();
  const {engine: set} = engineOf(
    other.paths,
    {...process.env, _EXPERIMENTAL_DAGGER_CLI_BIN: '/nowhere'},
    {cli: program},
  );
  expect(await set.version()).toBe('v0.21.8');
});

test('a CLI that ends at once is told with its last words, without their colours', async () => {
  const {engine, paths} = scene('exits');
  const {code, message, hint} = await failure(engine.version());
  expect(code).toBe('ENGINE_UNREACHABLE');
  expect(message).toBe(
    '`dagger session` ended with code 1: ! start engine: driver for scheme "image" was not available',
  );
  expect(hint).toContain('_EXPERIMENTAL_DAGGER_RUNNER_HOST');
  expect(readdirSync(sessionDirectory(paths))).toEqual(['session.log']);
});

test('BUILDKIT_HOST without a runner host gets a hint', async () => {
  const {engine} = scene('exits', {BUILDKIT_HOST: 'tcp://127.0.0.1:1234'});
  expect((await failure(engine.version())).hint).toMatch(/^BUILDKIT_HOST is nothing that Dagger looks at/);
});

test.each([
  ['unix:///nowhere/engine.sock', 'connect ENOENT /nowhere/engine.sock'],
  ['tcp://127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
])('nobody at %s: told at once, and no CLI is started', async (address, why) => {
  const {engine, paths} = scene(undefined, {_EXPERIMENTAL_DAGGER_RUNNER_HOST: address});
  expect(await failure(engine.version())).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: `No Dagger engine listens at ${address}: ${why}`,
    hint: expect.stringContaining('_EXPERIMENTAL_DAGGER_RUNNER_HOST'),
  });
  expect(existsSync(sessionDirectory(paths))).toBe(false);
});

test('an engine that listens at its address is left to the CLI, and so is an address of another kind', async () => {
  const {home} = temporaryHome();
  const server = net.createServer();
  await new Promise<void>(resolve => server.listen(path.join(home, 'e.sock'), resolve));
  for (const address of [`unix://${home}/e.sock`, 'image://registry.dagger.io/engine:v0.21.8']) {
    const {engine} = scene(undefined, {_EXPERIMENTAL_DAGGER_RUNNER_HOST: address});
    expect(await engine.version()).toBe('v0.21.8');
  }
  server.close();
});

test('a CLI that says nothing is given up, and ended', async () => {
  const {engine, paths} = scene('silent');
  const opening = failure(engine.version());
  let worker = '';
  await expect
    .poll(() => {
      worker = existsSync(file(paths, 'session.process')) ? workerIn(paths) : '';
      return worker;
    })
    .not.toBe('');
  expect((await opening).message).toMatch(/said nothing for 0 s/);
  expect(isAlive(worker)).toBe(false);
});

test('nobody waits any more: what was being started ends', async () => {
  const {paths, env} = scene('silent');
  const {engine} = engineOf(paths, env);
  const stop = new AbortController();
  const opening = engine.version(stop.signal).catch((error: Error) => error.message);
  await expect.poll(() => existsSync(file(paths, 'session.process'))).toBe(true);
  const worker = workerIn(paths);
  stop.abort(new Error('left'));
  expect(await opening).toBe('left');
  await expect.poll(() => isAlive(worker)).toBe(false);
});

test.each([
  ['old', /The Dagger CLI \(.*\/dagger\) is v0\.18\.3: at least v0\.19\.0 is needed/],
  ['old-engine', /The Dagger engine is v0\.18\.19: at least v0\.19\.0 is needed/],
  ['wrong-token', /does not take our token/],
] as const)('%s: told, and nothing is left over', async (fault, message) => {
  const {engine, paths} = scene(fault);
  expect(await failure(engine.version())).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: expect.stringMatching(message),
  });
  expect(existsSync(file(paths, 'session.process'))).toBe(false);
});

test('a session that was given is used, watched, and never ended', async () => {
  const {paths} = temporaryHome();
  await using stub = await openStubSession();
  const given = {PATH: '/nowhere', DAGGER_SESSION_PORT: String(stub.port), DAGGER_SESSION_TOKEN: stub.token};
  const {engine} = engineOf(paths, given);
  expect(await engine.resume()).toBe(true);
  expect(await engine.version()).toBe('v0.21.8');
  await engine.release();
  expect(existsSync(sessionDirectory(paths))).toBe(false);
  expect(await engineOf(paths, given).engine.version()).toBe('v0.21.8');
});

test.each([
  [{DAGGER_SESSION_PORT: '4711'}, /DAGGER_SESSION_TOKEN is not/],
  [{DAGGER_SESSION_PORT: 'http', DAGGER_SESSION_TOKEN: 'x'}, /is no port/],
  [{DAGGER_SESSION_PORT: '1', DAGGER_SESSION_TOKEN: 'x'}, /broke off: connect ECONNREFUSED/],
])('a given session that cannot be: %j', async (env, message) => {
  const {paths} = temporaryHome();
  const {code, message: said} = await failure(engineOf(paths, env).engine.version());
  expect(code).toBe('ENGINE_UNREACHABLE');
  expect(said).toMatch(message);
});

test('DAGGER_LOG=1 keeps what the CLI says, over restarts too', async () => {
  const {engine, paths} = scene(undefined, {DAGGER_LOG: '1'});
  await engine.version();
  await engine.release();
  await engine.version();
  await expect.poll(() => readFileSync(file(paths, 'session.log'), 'utf8')).toBe('connected to the engine\n'.repeat(2));
});

test('somebody who opens its stdin and leaves again does not end it', async () => {
  const {engine, paths} = scene();
  await engine.version();
  closeSync(openSync(file(paths, 'session.in'), 'w'));
  expect(await engine.version()).toBe('v0.21.8');
});

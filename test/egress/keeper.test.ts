import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, lstatSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test, vi} from 'vitest';
import type {EgressPolicy} from '../../src/egress/egress.ts';
import {keptEgress} from '../../src/egress/keeper/kept-egress.ts';
import {openLine} from '../../src/egress/keeper/line.ts';
import {systemClock} from '../../src/lib/clock.ts';
import {silentLog} from '../../src/lib/log.ts';
import {keeperFiles} from '../../src/lib/paths.ts';
import {bundle} from '../support/bundle.ts';
import {temporaryHome} from '../support/home.ts';
import {type Internet, openInternet} from '../support/internet.ts';
import {connected, secured, sent} from '../support/through-proxy.ts';

const patience = {timeout: 15_000, interval: 20};
const plain = 'GET http://allowed.example/ HTTP/1.1\r\nHost: allowed.example\r\nConnection: close\r\n\r\n';
const brokered =
  'GET /model/v1/x HTTP/1.1\r\nHost: relay\r\nX-Api-Key: token-of-the-session\r\nConnection: close\r\n\r\n';

let built: string;
let program: string;
let internet: Internet;
let home: ReturnType<typeof temporaryHome>;
let directory: string;
let socket: string;
let keys: string[];
const children: ChildProcess[] = [];

beforeAll(async () => {
  built = mkdtempSync(path.join(tmpdir(), 'trails-keeper-'));
  program = await bundle('test/support/keeper-program.ts', built);
});
afterAll(() => rmSync(built, {recursive: true, force: true}));

beforeEach(async () => {
  keys = [];
  home = temporaryHome();
  directory = path.join(home.home, 'egress');
  socket = path.join(directory, 'proxy.sock');
  internet = await openInternet((request, response) => {
    keys.push(String(request.headers['x-api-key'] ?? ''));
    if (request.url !== '/stream') return void response.end('fine');
    response.write('first;');
    request.on('end', () => response.end('last')).resume();
  });
});
afterEach(async () => {
  const pid = await keeperPid().catch(() => undefined);
  for (const child of children.splice(0)) child.kill('SIGKILL');
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  await internet.close();
});

const keeperPid = async (): Promise<number> => {
  const line = await openLine(keeperFiles(home.paths).socket, {clock: systemClock});
  line.close();
  return line.hello.pid;
};

const policy = (changes: Partial<EgressPolicy> = {}): EgressPolicy => ({
  rules: [{host: 'allowed.example', decision: 'allow', from: 'request'}],
  token: 'token-of-the-session',
  routes: [
    {
      ...{name: 'model', upstream: 'https://model.example', header: 'X-Api-Key', format: '{key}'},
      ...{key: 'the-real-key', paths: ['/v1/']},
    },
  ],
  ...changes,
});

/** A daemon that serves one session, once it does. */
async function daemon(given: EgressPolicy = policy(), version = '1'): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, 'daemon'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...{TRAILS_HOME: home.home, TEST_DIRECTORY: directory, TEST_POLICY: JSON.stringify(given), TEST_VERSION: version},
      TEST_PORTS: JSON.stringify(internet.ports),
      TEST_CA: path.join(import.meta.dirname, '../fixtures/egress/cert.pem'),
    },
  });
  children.push(child);
  await once(child.stdout!, 'data');
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** An answer in the middle of coming. */
async function streaming() {
  const {socket: client} = await connected(socket, 'allowed.example:443');
  const secure = await secured(client, 'allowed.example');
  secure.write('POST /stream HTTP/1.1\r\nHost: allowed.example\r\nContent-Length: 5\r\n\r\n');
  let text = '';
  secure.on('data', chunk => {
    text += chunk;
  });
  await vi.waitFor(() => expect(text).toContain('first;'), patience);
  return async () => {
    secure.write('go on');
    await vi.waitFor(() => expect(text).toContain('last'), patience);
    secure.destroy();
  };
}

test('an answer in the middle of coming outlives the daemon, and the next daemon finds the same keeper with the keys', async () => {
  const first = await daemon();
  const pid = await keeperPid();
  const goOn = await streaming();
  await killed(first);
  await goOn();
  expect(await sent(socket, brokered)).toContain('200 OK');
  // It no longer knows the keys.
  await daemon(policy({token: '', routes: []}));
  expect(await keeperPid()).toBe(pid);
  expect(await sent(socket, plain)).toContain('200 OK');
  expect(await sent(socket, brokered)).toContain('200 OK');
  expect(keys.filter(key => key !== '')).toEqual(['the-real-key', 'the-real-key']);
});

test('a keeper that was killed is started anew, with every session and its keys', async () => {
  await daemon();
  const pid = await keeperPid();
  process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => expect(await sent(socket, brokered)).toContain('200 OK'), patience);
  expect(await keeperPid()).not.toBe(pid);
});

test('a keeper of another version hands over and ends when the last answer is through', async () => {
  const first = await daemon();
  const old = await keeperPid();
  const goOn = await streaming();
  await killed(first);
  await daemon(policy({token: '', routes: []}), '2');
  expect(await keeperPid()).not.toBe(old);
  expect(await sent(socket, brokered)).toContain('200 OK');
  expect(existsSync(`/proc/${old}`)).toBe(true);
  await goOn();
  await vi.waitFor(() => expect(existsSync(`/proc/${old}`)).toBe(false), patience);
});

test('what it holds is nowhere but in its memory, and nobody else may ask it', async () => {
  await daemon();
  const {socket: control, output} = keeperFiles(home.paths);
  expect(lstatSync(control).mode & 0o777).toBe(0o600);
  expect(readFileSync(output, 'utf8')).toBe('');
  const pid = await keeperPid();
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('the-real-key');
});

test('the client tells of states, of what it was refused, and finds none where none is', async () => {
  await daemon();
  const start = () => () => 'it must not be started';
  const options = {socket: keeperFiles(home.paths).socket, version: '1', start, clock: systemClock, log: silentLog};
  const egress = keptEgress(options);
  const other = path.join(home.home, 'other');
  await egress.serve('s2', other, policy({rules: []}));
  const told = new Promise<string>(resolve => {
    egress.onChange(resolve);
  });
  expect(await sent(path.join(other, 'proxy.sock'), plain)).toContain('trails allow s2 allowed.example');
  expect(await told).toBe('s2');
  expect(egress.state('s2').attempts).toMatchObject([{host: 'allowed.example', outcome: 'denied', count: 1}]);
  await egress.once('s2', 'allowed.example');
  expect(await sent(path.join(other, 'proxy.sock'), plain)).toContain('200 OK');
  await expect(egress.serve('s3', path.join(home.paths.config, 'x\0y'), policy())).rejects.toThrow('Could not listen');
  await egress.end('s2');
  await egress.end('s2');
  expect(existsSync(path.join(other, 'proxy.sock'))).toBe(false);
  await egress.close();

  const nobody = keptEgress({...options, socket: path.join(home.home, 'none.sock')});
  await nobody.end('s1');
  await expect(nobody.serve('s1', directory, policy())).rejects.toThrow('it must not be started');
  await nobody.close();
});

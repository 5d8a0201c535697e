import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {foundHere} from '../../src/cli/agents-command.ts';
import {AppError} from '../../src/errors.ts';
import {configAt} from '../../src/lib/config.ts';
import {onPath} from '../../src/lib/on-path.ts';
import type {ImageInfo, SessionsPort} from '../../src/sessions/port.ts';
import {temporaryDirectory} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sampleAgent} from '../support/sample-agents.ts';
import {fakePort} from './fake-port.ts';
import {cli, startCli} from './run.ts';

const image = (reference: string): ImageInfo & {provider: string} => ({
  ...{reference, id: 'i', sizeBytes: 1, createdAt: 0, provider: 'podman'},
});

/** A directory with programs of these names. */
function programs(...names: readonly string[]): string {
  const directory = temporaryDirectory();
  for (const name of names) writeFileSync(path.join(directory, name), '', {mode: 0o755});
  return directory;
}

const codex = sampleAgent({
  ...{name: 'codex', title: 'Codex', command: ['codex', '--x'], modes: ['ask', 'all'], credentials: ['KEY']},
  ...{image: 'localhost/trails/codex:latest', install: 'npm i codex', resumes: true},
});
const mine = sampleAgent({
  ...{name: 'mine', title: 'Mine', command: ['mine'], image: 'host', builds: false, install: 'get mine'},
  from: 'config.yaml:3',
});
const own = sampleAgent({
  ...{name: 'own', title: 'Own', command: ['own'], image: 'registry.local/own:1', builds: false},
  from: 'config.yaml:7',
});

const portOf = (images: SessionsPort['images'], agents = [codex, mine, own]) =>
  fakePort([], {agents: async () => agents, images}).port;

test('each agent is told with the place it would come from', async () => {
  const directory = programs('mine');
  const port = portOf(async () => [image('localhost/trails/codex:latest')]);
  const {code, stdout, stderr} = await cli(['agents'], {port, env: {PATH: `/nowhere:${directory}`}});
  expect(code).toBe(0);
  expect(stdout.replaceAll(directory, '/bin').replace(/ +/g, ' ')).toBe(
    [
      'NAME AGENT HERE MODES GET IT',
      'codex Codex image localhost/trails/codex:latest ask all',
      'mine* Mine /bin/mine -',
      'own* Own missing - registry.local/own:1: pulled at the first use',
      '',
    ].join('\n'),
  );
  expect(stderr).toBe('* mine: config.yaml:3, own: config.yaml:7\n');
});

test('--json has exactly what scripts rely on', async () => {
  const directory = programs('codex');
  const port = portOf(async () => [], [codex]);
  const {stdout, stderr} = await cli(['agents', '--json'], {port, env: {PATH: directory}});
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual([
    {
      ...{name: 'codex', title: 'Codex', command: ['codex', '--x'], modes: ['ask', 'all'], resumes: true},
      ...{credentials: ['KEY'], image: 'localhost/trails/codex:latest', install: 'npm i codex', from: ''},
      found: {where: 'host', at: path.join(directory, 'codex')},
    },
  ]);
});

test('without an engine the machine itself is looked at, and that is said', async () => {
  const port = portOf(async () => {
    throw new AppError('ENGINE_UNREACHABLE', 'no engine');
  });
  const {code, stdout, stderr} = await cli(['agents'], {port, env: {PATH: programs('mine')}});
  expect(code).toBe(0);
  expect(stdout).toMatch(/^codex +Codex +missing +ask all +npm i codex$/m);
  expect(stderr).toContain('`trails images build codex`');
  expect(stderr).toContain('No engine tells its images');
});

test('an engine that says nothing is waited for some seconds', async () => {
  const clock = manualClock();
  let asked = () => {};
  const asking = new Promise<void>(resolve => {
    asked = resolve;
  });
  const port = portOf(signal => {
    asked();
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  const {done} = startCli(['agents', '--json'], {port, clock});
  await asking;
  clock.pass(3000);
  expect(await done).toMatchObject({code: 0});
});

test('a bug on the way is not taken for a missing engine', async () => {
  const port = portOf(async () => {
    throw new TypeError('a bug');
  });
  expect(await cli(['agents'], {port})).toMatchObject({code: 70, stderr: expect.stringContaining('a bug')});
});

test('a broken agent of config.yaml is named', async () => {
  const {port} = fakePort([], {
    agents: async () => {
      throw new AppError('CONFIG_INVALID', '/x/config.yaml:7:14: agents.mine.modes.all: a list of arguments is needed');
    },
  });
  const {code, stderr} = await cli(['agents'], {port});
  expect(code).toBe(78);
  expect(stderr).toContain('error: /x/config.yaml:7:14: agents.mine.modes.all: a list of arguments is needed');
});

test('the configured image decides where agents come from', async () => {
  const searchPath = programs('codex', 'own');
  const at = (name: string) => ({where: 'host', at: path.join(searchPath, name)});
  const images = ['localhost/trails/codex:latest', 'localhost/all:1'];
  const look = (agent: typeof codex, configured: string) => foundHere(agent, {image: configured, images, searchPath});
  expect(look(codex, 'auto')).toEqual({where: 'image', at: images[0]});
  expect(look(codex, 'host')).toEqual(at('codex'));
  expect(look(codex, 'all:1')).toEqual({where: 'image', at: 'localhost/all:1'});
  expect(look(codex, 'none:1')).toBeNull();
  expect(look(own, 'auto'), 'the image of the user, or nothing').toBeNull();
  expect(look(own, 'host')).toEqual(at('own'));

  const config = configAt(temporaryDirectory());
  await config.set('image', 'host');
  const port = portOf(async () => images.map(image), [codex]);
  const {stdout} = await cli(['agents', '--json'], {port, config, env: {PATH: searchPath}});
  expect(JSON.parse(stdout)[0].found).toEqual(at('codex'));
});

test('a program is a file that may be run, in an absolute directory of the PATH', () => {
  const directory = programs('yes', 'no');
  chmodSync(path.join(directory, 'no'), 0o644);
  mkdirSync(path.join(directory, 'folder'));
  expect(onPath('yes', `relative:/nowhere:${directory}:/bin`)).toBe(path.join(directory, 'yes'));
  expect(onPath('folder', directory)).toBeUndefined();
  expect(onPath('no', directory)).toBeUndefined();
  expect(onPath('yes', path.relative(process.cwd(), directory))).toBeUndefined();
  expect(onPath('yes', undefined)).toBeUndefined();
  expect(onPath(path.join(directory, 'yes'), '')).toBe(path.join(directory, 'yes'));
  expect(onPath('./yes', directory)).toBeUndefined();
});

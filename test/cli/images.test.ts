import path from 'node:path';
import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {configAt} from '../../src/lib/config.ts';
import type {BuildRequest, ImageInfo} from '../../src/sessions/port.ts';
import {temporaryDirectory} from '../support/home.ts';
import {sampleAgent} from '../support/sample-agents.ts';
import {fakePort} from './fake-port.ts';
import {cli, type World} from './run.ts';

const image = (name: string): ImageInfo => ({
  reference: `localhost/trails/${name}:1`,
  id: 'i',
  sizeBytes: 1,
  createdAt: 0,
});

/** What was asked of a port that builds everything but these. */
async function build(argv: readonly string[], world: World = {}, broken: readonly string[] = []) {
  const asked: BuildRequest[] = [];
  const agents = [
    ...[sampleAgent(), sampleAgent({name: 'claude', image: 'c:1'}), sampleAgent({name: 'fine', image: 'c:1'})],
    ...[sampleAgent({name: 'mine', image: 'own:1', builds: false}), sampleAgent({name: 'codex', image: 'd:1'})],
  ];
  const {port} = fakePort([], {
    agents: async () => agents,
    async buildImage(request, onLine) {
      asked.push(request);
      onLine(`STEP 1\x1b[2J of ${request.name}`);
      if (broken.includes(request.name)) throw new AppError('CANNOT_CREATE', `${request.name} cannot be built`);
      return image(request.name);
    },
  });
  return {...(await cli(['images', 'build', ...argv], {port, ...world})), asked};
}

test('build tells its steps on stderr and the image on stdout', async () => {
  const {code, stdout, stderr, asked} = await build(['codex']);
  expect({code, stdout}).toEqual({code: 0, stdout: 'localhost/trails/codex:1\n'});
  expect(stderr).toContain('STEP 1');
  expect(stderr).not.toContain('\x1b');
  expect(asked).toEqual([{name: 'codex', args: {}}]);
  const {stdout: json} = await build(['codex', '--json']);
  expect(JSON.parse(json)).toMatchObject({
    reference: 'localhost/trails/codex:1',
    createdAt: '1970-01-01T00:00:00.000Z',
  });
});

test("without a name it is the configured agent's", async () => {
  const config = configAt(temporaryDirectory());
  expect((await build([], {config})).asked).toMatchObject([{name: 'shell'}]);
  await config.set('agent', 'claude');
  expect((await build([], {config})).asked).toMatchObject([{name: 'claude'}]);
});

test('--all builds each image once, goes on behind one that fails, and names it', async () => {
  const {code, stdout, stderr, asked} = await build(['--all'], {}, ['claude']);
  expect(asked.map(({name}) => name)).toEqual(['shell', 'claude', 'codex']);
  expect(code).toBe(73);
  expect(stdout).toBe('localhost/trails/shell:1\nlocalhost/trails/codex:1\n');
  expect(stderr).toContain('claude: claude cannot be built\n');
  expect(stderr).toContain('error: Not built: claude\n');
  const {stdout: json} = await build(['--all', '--json']);
  expect(JSON.parse(json)).toHaveLength(3);
  expect(await build(['codex', '--all'])).toMatchObject({code: 64, asked: []});
});

test('one that fails says so once', async () => {
  const {code, stderr} = await build(['codex'], {}, ['codex']);
  expect(code).toBe(73);
  expect(stderr.match(/cannot be built/g)).toHaveLength(1);
});

test('build arguments and certificates reach the build', async () => {
  const env = {TRAILS_BASE_IMAGE: 'debian:13', HTTPS_PROXY: 'http://u:p@proxy'};
  const given = ['--build-arg', 'CODEX_VERSION=1=2', '--build-arg', 'HTTPS_PROXY', '--ca', 'ca.pem'];
  const {asked} = await build(['codex', ...given], {env, cwd: () => '/src'});
  const args = {BASE_IMAGE: 'debian:13', CODEX_VERSION: '1=2', HTTPS_PROXY: 'http://u:p@proxy'};
  expect(asked).toEqual([{name: 'codex', args, ca: path.resolve('/src/ca.pem')}]);
  const over = await build(['codex', '--build-arg', 'BASE_IMAGE=ubuntu:24.04'], {env});
  expect(over.asked).toMatchObject([{args: {BASE_IMAGE: 'ubuntu:24.04'}}]);
  for (const bad of ['NOT_SET', '=x']) {
    expect(await build(['codex', '--build-arg', bad])).toMatchObject({code: 64, asked: []});
  }
});

test('rm takes several, and says what it removed', async () => {
  const {port, calls} = fakePort([], {
    async removeImage(name) {
      if (name === 'used') throw new AppError('ENGINE_REFUSED', 'used is in use');
      return `localhost/${name}`;
    },
  });
  expect(await cli(['images', 'rm', 'a', 'b'], {port})).toMatchObject({code: 0, stdout: 'localhost/a\nlocalhost/b\n'});
  expect(calls.filter(([name]) => name === 'removeImage')).toHaveLength(2);
  expect(JSON.parse((await cli(['images', 'rm', 'a', '--json'], {port})).stdout)).toEqual(['localhost/a']);
  const {code, stdout, stderr} = await cli(['images', 'rm', 'a', 'used', 'b'], {port});
  expect({code, stdout}).toEqual({code: 73, stdout: 'localhost/a\n'});
  expect(stderr).toContain('used is in use');
});

import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {agentsSource} from '../../src/agents/custom/agents-source.ts';
import type {AppError} from '../../src/errors.ts';
import {createMock} from '../../src/providers/mock/provider.ts';
import type {ImageBuild, ImageInfo, Images, Provider} from '../../src/providers/provider.ts';
import type {Caller} from '../../src/sessions/port.ts';
import {createService, type Service} from '../../src/sessions/service.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {portProgram} from '../support/port-programs.ts';
import {contextOver} from '../support/service-fixture.ts';

const opened: Service[] = [];
afterEach(async () => {
  for (const service of opened.splice(0)) await service.close();
});

const takes: Readonly<Record<string, readonly string[]>> = {
  base: ['BASE_IMAGE', 'NODE_VERSION', 'PIP_CERT'],
  codex: ['BASE_IMAGE', 'CODEX_VERSION'],
};

/** A service over an engine that has these images and builds at once. */
function service(config: string, there: readonly string[] = [], images: Caller['images'] = {}) {
  const {paths} = temporaryHome();
  writeFileSync(path.join(paths.config, 'config.yaml'), config);
  const clock = manualClock();
  const built: ImageBuild[] = [];
  let all = [...there];
  const info = (reference: string): ImageInfo => ({reference, id: reference, sizeBytes: 1, createdAt: 0});
  const engine: Images = {
    list: async () => all.map(info),
    takes: name => takes[name],
    async build(build) {
      built.push(build);
      all.push(build.reference);
      return info(build.reference);
    },
    async remove(reference) {
      all = all.filter(one => one !== reference);
    },
  };
  const mock = createMock({clock, programFor: portProgram});
  const provider: Provider = {
    ...mock,
    images: engine,
    // It runs in whatever image: which one was chosen is the session's to tell.
    createEnvironment: (spec, ...rest) => mock.createEnvironment({...spec, image: 'host'}, ...rest),
  };
  const context = {
    ...contextOver(paths, provider, clock),
    agents: agentsSource(path.join(paths.config, 'config.yaml')),
  };
  const made = createService({context, defaults: async () => ({...context.defaults, image: 'auto'})});
  opened.push(made);
  const port = made.as({pid: process.pid, command: 'trails test', images});
  const build = (name: string, rest: {args?: Record<string, string>; ca?: string} = {}) =>
    port.buildImage({name, args: {}, ...rest}, () => {});
  return {port, built, build, paths, left: () => all};
}

const localBase = 'localhost/trails/base:latest';

test("an agent's image is built on ours, which is built first when it is not there", async () => {
  const {build, built} = service('');
  expect(await build('codex')).toMatchObject({reference: 'localhost/trails/codex:latest'});
  await build('codex');
  expect(built).toEqual([
    {name: 'base', reference: localBase, args: {}},
    {name: 'codex', reference: 'localhost/trails/codex:latest', args: {BASE_IMAGE: localBase}},
    {name: 'codex', reference: 'localhost/trails/codex:latest', args: {BASE_IMAGE: localBase}},
  ]);
});

test('what is said for the base builds it anew, and never takes its place', async () => {
  const {build, built} = service('', [localBase]);
  await build('codex', {args: {CODEX_VERSION: '1'}});
  expect(built.splice(0)).toMatchObject([{name: 'codex', args: {BASE_IMAGE: localBase, CODEX_VERSION: '1'}}]);
  for (const args of [{BASE_IMAGE: 'debian:13'}, {NODE_VERSION: '24.1.0'}]) {
    await build('codex', {args});
    expect(built.splice(0)).toMatchObject([
      {name: 'base', args},
      {name: 'codex', args: {BASE_IMAGE: localBase}},
    ]);
  }
  await build('shell', {args: {BASE_IMAGE: 'debian:13'}});
  expect(built).toMatchObject([{name: 'base', args: {BASE_IMAGE: 'debian:13'}}]);
});

test('the client says what our images are called', async () => {
  const {port, build, built} = service('', ['localhost/mine/base:v2'], {prefix: 'mine', tag: 'v2'});
  await build('codex');
  expect(built).toMatchObject([{reference: 'mine/codex:v2', args: {BASE_IMAGE: 'mine/base:v2'}}]);
  expect((await port.agents()).find(({name}) => name === 'codex')).toMatchObject({
    image: 'mine/codex:v2',
    builds: true,
  });
  const {build: wrong, built: none} = service('', [], {prefix: 'A b'});
  await expect(wrong('codex')).rejects.toMatchObject({code: 'USAGE'});
  expect(none).toEqual([]);
});

test('certificates go to every build; what cannot be is refused before anything is built', async () => {
  const {build, built, paths} = service(
    'agents: {codex: {image: r/codex:1}, mine: {command: [x]}, two: {like: claude}}',
  );
  const ca = path.join(paths.state, 'ca.pem');
  writeFileSync(ca, 'x');
  const refused: [string, Parameters<typeof build>[1], string, string][] = [
    ['codex', {}, 'USAGE', 'codex runs in r/codex:1, which is not built here (config.yaml:1)'],
    ['mine', {}, 'USAGE', 'mine has no image of its own (config.yaml:1)'],
    ['nobody', {}, 'AGENT_UNKNOWN', 'nobody'],
    ['two', {}, 'IMAGE_MISSING', 'images/claude'],
    ['base', {args: {CODEX_VERSION: '1'}}, 'USAGE', 'There is no build argument "CODEX_VERSION"'],
    ['base', {ca: `${ca}.not`}, 'USAGE', 'There is no file of certificates'],
    ['base', {ca: paths.state}, 'USAGE', 'There is no file of certificates'],
    ['base', {ca: `${paths.state}/a,type=env`}, 'USAGE', 'has a comma'],
  ];
  for (const [name, rest, code, message] of refused) {
    await expect(build(name, rest), message).rejects.toMatchObject({code, message: expect.stringContaining(message)});
  }
  expect(built).toEqual([]);
  await build('base', {ca});
  expect(built).toEqual([{name: 'base', reference: localBase, args: {}, ca}]);
});

test('an image is removed by its agent, or by any of its names', async () => {
  const there = [localBase, 'localhost/trails/codex:latest', 'localhost/other:1', 'localhost/kept:1'];
  const {port, left} = service('agents: {mine: {command: [x]}}', there);
  expect(await port.removeImage('codex')).toBe('localhost/trails/codex:latest');
  expect(await port.removeImage('base')).toBe(localBase);
  expect(await port.removeImage('other:1')).toBe('localhost/other:1');
  expect(left()).toEqual(['localhost/kept:1']);
  await expect(port.removeImage('codex')).rejects.toMatchObject({code: 'IMAGE_MISSING'});
  await expect(port.removeImage('mine')).rejects.toMatchObject({code: 'USAGE'});
});

test('a broken agent stops what needs the agents, and nothing else', async () => {
  const {port, build} = service('agents: {mine: {command: x}}');
  expect(await port.list()).toEqual([]);
  expect(await port.images()).toEqual([]);
  for (const call of [() => port.agents(), () => build('codex')]) {
    await expect(call()).rejects.toThrow(expect.objectContaining({code: 'CONFIG_INVALID'}) as AppError);
  }
});

test('a session runs in the image of its agent: that of the user, ours if it is there, or none', async () => {
  const config = 'agents: {mine: {like: shell, image: r/mine:1}, bare: {command: [sleep, forever]}}';
  const {port} = service(config, ['localhost/mine/base:latest'], {prefix: 'mine'});
  const create = async (agent: string, image?: string) => {
    const request = {
      ...{agent, args: ['idle'], repo: temporaryDirectory(), workspace: 'copy' as const, env: {}, limits: {}},
      size: {columns: 80, rows: 24},
    };
    const made = await port.create(
      {...request, ...(image === undefined ? {} : {image})},
      () => {},
      new AbortController().signal,
    );
    return made.image;
  };
  expect(await create('mine')).toBe('r/mine:1');
  expect(await create('shell')).toBe('localhost/mine/base:latest');
  expect(await create('bare')).toBe('host');
  expect(await create('mine', 'host')).toBe('host');
});

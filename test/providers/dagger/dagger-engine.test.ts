import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import type {AppError} from '../../../src/errors.ts';
import {createDaggerEngine} from '../../../src/providers/dagger/connection/dagger-engine.ts';
import type {DaggerEngine, Recipe} from '../../../src/providers/dagger/connection/engine.ts';
import type {BoxInput} from '../../support/dagger/local-box.ts';
import {openStubSession} from '../../support/dagger/open-stub.ts';
import type {StubOptions} from '../../support/dagger/stub-engine.ts';
import {temporaryHome} from '../../support/home.ts';
import {manualClock} from '../../support/manual-clock.ts';

const opened: (DaggerEngine | {[Symbol.asyncDispose](): Promise<void>})[] = [];
afterEach(async () => {
  for (const one of opened.splice(0))
    await ('close' in one ? (one as DaggerEngine).close() : one[Symbol.asyncDispose]());
});

async function scene(options: Partial<StubOptions> = {}, more: Readonly<Record<string, string>> = {}) {
  const {home, paths} = temporaryHome();
  const boxes: BoxInput[] = [];
  const stub = await openStubSession({
    async startBox(input) {
      boxes.push(input);
      const {promise, resolve} = Promise.withResolvers<number>();
      return {exited: promise, kill: async () => resolve(137)};
    },
    ...options,
  });
  const env = {DAGGER_SESSION_PORT: String(stub.port), DAGGER_SESSION_TOKEN: stub.token, ...more};
  const engine = createDaggerEngine({paths, env, clock: manualClock()});
  opened.push({[Symbol.asyncDispose]: () => stub.close()}, engine);
  const workspace = path.join(home, 'workspace');
  mkdirSync(workspace);
  writeFileSync(path.join(workspace, 'a'), 'A');
  symlinkSync('/etc/passwd', path.join(workspace, 'link'));
  const recipe: Recipe = {
    image: 'docker.io/trails/tooled:1',
    unique: 'start-1',
    env: {FOO: 'a "b" $HOME\n'},
    uploads: [{source: workspace, target: '/workspace', owner: {uid: 1000, gid: 1000}}],
    files: [
      {target: '/run/trails-link/keeper', content: 'print "\\n{}";', mode: 0o600},
      {
        target: '/run/trails-link/keys/host',
        content: 'SECRET-of-the-host\nits-second-line\n',
        mode: 0o400,
        secret: true,
      },
    ],
    socket: {source: path.join(home, 's.sock'), target: '/run/trails-link/socket'},
    args: ['perl', '/run/trails-link/keeper'],
  };
  return {engine, stub, boxes, recipe, home, workspace};
}

const failure = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught as AppError,
  );
  return {code: error?.code, message: error?.message, hint: error?.hint};
};

test('a recipe becomes one service: with everything in it, as it was given', async () => {
  const {engine, boxes, recipe, workspace, stub} = await scene();
  const service = await engine.start(recipe);
  expect(boxes).toEqual([
    {
      env: {...recipe.env, TRAILS_ENVIRONMENT: 'start-1'},
      directories: [{source: workspace, target: '/workspace', owner: {uid: 1000, gid: 1000}}],
      files: recipe.files.map(({target, content, mode}) => ({target, content, mode})),
      ...{socket: recipe.socket, args: recipe.args},
    },
  ]);
  expect(stub.running()).toBe(1);
  await engine.stop(service);
  expect(stub.running()).toBe(0);
  await engine.stop(service);
});

test('a file is brought in as one', async () => {
  const {engine, boxes, recipe, workspace} = await scene();
  const upload = {source: path.join(workspace, 'a'), target: '/opt/a', owner: {uid: 1000, gid: 1000}, file: true};
  await engine.start({...recipe, uploads: [upload]});
  expect(boxes[0]?.directories).toEqual([upload]);
});

test('what is secret is in one document alone: that which makes it a secret', async () => {
  const {engine, recipe, stub} = await scene();
  await engine.start(recipe);
  const holding = stub.documents.filter(document => /SECRET-of-the-host|its-second-line/.test(document));
  expect(holding).toHaveLength(1);
  expect(holding[0]).toMatch(/^\s*\{\s*setSecret/);
});

test('root makes the container, whatever user the image has', async () => {
  const {engine, recipe, stub} = await scene();
  await engine.start(recipe);
  expect(stub.documents.join('\n')).toMatch(/withUser \(name: "root"\)/);
  expect(stub.documents.join('\n')).toMatch(
    /asService \(args: \["perl","\/run\/trails-link\/keeper"\],useEntrypoint: false\)/,
  );
});

test('a service of a session that is gone needs no stopping', async () => {
  const {engine, recipe} = await scene();
  const service = await engine.start(recipe);
  const {engine: other, stub, recipe: own} = await scene();
  await other.start(own);
  await other.stop(service);
  expect(stub.running()).toBe(1);
});

test('an image is brought by the ways there are, each told in words', async () => {
  const {engine, home} = await scene();
  const steps: string[] = [];
  const archive = path.join(home, 'image.tar');
  writeFileSync(archive, 'stub-image:sh,perl,setpriv,sshd,tar,git');
  await engine.prepare(`tar:${archive}`, ({step}) => steps.push(step));
  await engine.prepare('docker.io/trails/tooled:1', ({step}) => steps.push(step));
  await engine.prepare('localhost/trails/codex:latest', ({step}) => steps.push(step));
  expect(steps.filter(step => !/^(starting|looking)/.test(step))).toEqual([
    `bringing in ${archive}`,
    'pulling docker.io/trails/tooled:1',
    'building images/codex',
  ]);
});

test('an image of ours under a registry of its own is pulled, and built where the registry has it not', async () => {
  const {engine} = await scene({}, {TRAILS_IMAGE_PREFIX: 'registry.example/team', TRAILS_IMAGE_TAG: '7'});
  const steps: string[] = [];
  await engine.prepare('registry.example/team/claude:7', ({step}) => steps.push(step));
  expect(steps).toEqual([
    'starting the Dagger session',
    'pulling registry.example/team/claude:7',
    'building images/claude',
    'looking for the tools of a session',
  ]);
});

test('an image that lacks tools is refused, with each and how to get them', async () => {
  const {engine} = await scene();
  expect(await failure(engine.prepare('docker.io/library/debian:12-slim', () => {}))).toEqual({
    code: 'CANNOT_CREATE',
    message:
      'The image docker.io/library/debian:12-slim lacks dropbear or sshd (carries terminals and commands), git (brings commits out)',
    hint: 'In its Containerfile: RUN apt-get update && apt-get install -y --no-install-recommends dropbear-bin git',
  });
});

test('an image without a shell is refused with what the engine said', async () => {
  const {engine} = await scene();
  const {code, message} = await failure(engine.prepare('docker.io/trails/empty:1', () => {}));
  expect(code).toBe('CANNOT_CREATE');
  expect(message).toBe(
    'The image docker.io/trails/empty:1 has no shell that runs: exec: "sh": executable file not found in $PATH',
  );
});

test.each([
  ['docker.io/library/nope:1', /^The image docker\.io\/library\/nope:1 cannot be had: pulling .*no such host$/],
  ['tar:/nowhere.tar', /stat nowhere\.tar: no such file or directory$/],
  ['host', /^The tools of this machine cannot be had on a Dagger engine$/],
  ['\u001b[31mred', /^"red" is no image on a Dagger engine$/],
])('no image %j', async (image, message) => {
  const {engine, recipe, stub} = await scene();
  for (const work of [engine.prepare(image, () => {}), engine.start({...recipe, image})]) {
    const {code, message: said} = await failure(work);
    expect(code).toBe('IMAGE_MISSING');
    expect(said).toMatch(message);
  }
  expect(stub.running()).toBe(0);
});

test('a file that is no archive of an image', async () => {
  const {engine, workspace} = await scene();
  const {code, message} = await failure(engine.prepare(`tar:${path.join(workspace, 'a')}`, () => {}));
  expect(code).toBe('IMAGE_MISSING');
  expect(message).toContain('image archive import: unexpected EOF');
});

test('an upload that is refused is told with its cause', async () => {
  const {engine, recipe, workspace, stub} = await scene({isAllowed: () => false});
  const {code, message} = await failure(engine.start(recipe));
  expect(code).toBe('ENGINE_REFUSED');
  expect(message).toMatch(new RegExp(`^The environment could not be started: .*open ${workspace}: permission denied$`));
  expect(stub.running()).toBe(0);
});

test('what an engine says of a secret is not told', async () => {
  const {engine, recipe} = await scene({
    startBox: async ({files}) => {
      throw new Error(`\u001b[1mbad key\u001b[0m ${files[1]?.content} [traceparent:00-11]`);
    },
  });
  const {code, message} = await failure(engine.start(recipe));
  expect(code).toBe('ENGINE_REFUSED');
  expect(message).toBe('The environment could not be started: bad key ***');
});

test('who leaves while it starts leaves nothing running', async () => {
  const stop = new AbortController();
  const {promise: begun, resolve: begin} = Promise.withResolvers<void>();
  const {promise: ready, resolve: finish} = Promise.withResolvers<void>();
  const {engine, recipe, stub} = await scene({
    async startBox() {
      begin();
      await ready;
      const {promise, resolve} = Promise.withResolvers<number>();
      return {exited: promise, kill: async () => resolve(137)};
    },
  });
  const starting = engine.start(recipe, stop.signal).catch((error: Error) => error.message);
  await begun;
  stop.abort(new Error('left'));
  finish();
  expect(await starting).toBe('left');
  await expect.poll(() => stub.running()).toBe(0);
});

test('a session that breaks off in the middle is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  const {promise: begun, resolve: begin} = Promise.withResolvers<void>();
  const {engine, recipe, stub} = await scene({
    startBox() {
      begin();
      return Promise.withResolvers<never>().promise;
    },
  });
  const starting = failure(engine.start(recipe));
  await begun;
  await stub.close();
  expect(await starting).toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: expect.stringMatching(/^The Dagger session broke off: /),
  });
  await new Promise(resolve => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

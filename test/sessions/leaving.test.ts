import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {temporaryHome} from '../support/home.ts';
import {openServiceFixture} from '../support/service-fixture.ts';

const here = (file: string) => JSON.stringify(pathToFileURL(path.resolve(file)).href);

test('a service that nobody closes does not keep its process', async () => {
  const {home} = temporaryHome();
  const script = `
    import {pathsFrom} from ${here('src/lib/paths.ts')};
    import {systemClock as clock} from ${here('src/lib/clock.ts')};
    import {silentLog} from ${here('src/lib/log.ts')};
    import {workerOf} from ${here('src/lib/worker.ts')};
    import {createMock} from ${here('src/providers/mock/provider.ts')};
    import {builtIn} from ${here('src/agents/registry.ts')};
    import {createRegistry} from ${here('src/providers/registry.ts')};
    import {createChanges} from ${here('src/sessions/changes.ts')};
    import {createService} from ${here('src/sessions/service.ts')};
    import {createThreadPool} from ${here('src/workspaces/threads/thread-pool.ts')};
    import {openStore} from ${here('src/sessions/store.ts')};
    import {fakeEgress} from ${here('test/support/fake-egress.ts')};
    const paths = pathsFrom({TRAILS_HOME: ${JSON.stringify(home)}});
    const registry = createRegistry({mock: async () => createMock({clock, programFor: () => host => host.print('here')})}, []);
    const defaults = {provider: 'mock', image: 'host', network: 'none', profile: 'strict', credentials: 'forward', runtime: {name: 'auto', fallback: false}, limits: {memoryBytes: 2 ** 28, cpus: 1, pids: 99}, fleet: {maxRunning: 0, memoryBytes: 0, hibernate: 'off', idleMs: 60_000}};
    const context = {paths, clock, registry, defaults, agents: async () => builtIn, store: openStore(paths.state), changes: createChanges(), threads: createThreadPool(clock), egress: fakeEgress(clock.now).egress, machine: {home: paths.config, configHome: undefined, path: ''}, worker: workerOf(process.pid), log: silentLog, caller: {pid: 1, command: 'test'}};
    const port = createService({context}).as(context.caller);
    const request = {name: 'api', agent: 'shell', args: ['x'], workspace: 'bind', repo: ${JSON.stringify(home)} + '/config', env: {}, limits: {}, size: {columns: 80, rows: 24}};
    await port.create(request, () => {}, new AbortController().signal);
    console.log((await port.list()).map(view => view.phase).join());
  `;
  const result = await run(process.execPath, ['--input-type=module', '-e', script], {timeoutMs: 20_000});
  expect(result).toMatchObject({exitCode: 0, stdout: 'running'});
});

test('leaving twice is leaving once, and watchers end with it', async () => {
  const fixture = await openServiceFixture();
  const {port} = fixture;
  const repo = fixture.repo();
  const request = {
    name: 'api',
    agent: 'shell',
    args: ['echo'],
    repo,
    env: {},
    limits: {},
    size: {columns: 80, rows: 24},
  };
  await port.create(request, () => {}, new AbortController().signal);
  const never = new AbortController().signal;
  const drain = async (iterable: AsyncIterable<unknown>) => {
    for await (const _ of iterable) fixture.pass(1000);
  };
  const following = Promise.all([
    drain(port.watch(never)),
    drain(port.watchScreen('api', {scrolled: 0, maxFps: 10}, never)),
    drain(port.logs('api', {follow: true}, never)),
  ]);
  await port.screen('api');
  await Promise.all([port.close(), port.close()]);
  await following;
  await fixture.close();
});

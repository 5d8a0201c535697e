import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {agentsOf, builtIn} from '../../../src/agents/registry.ts';
import {systemClock} from '../../../src/lib/clock.ts';
import {createRegistry} from '../../../src/providers/registry.ts';
import type {Caches, CreateRequest, SessionsPort} from '../../../src/sessions/port.ts';
import {createService, type Service} from '../../../src/sessions/service.ts';
import {openTestPodman} from '../../support/podman.ts';
import {contextOver} from '../../support/service-fixture.ts';

const never = new AbortController().signal;
const size = {columns: 200, rows: 40};

describe('what outlives sessions, in real containers', {timeout: 120_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  let service: Service;
  let port: SessionsPort;
  let caches: Caches = 'shared';
  const inHome = (...names: string[]) => path.join(podman.home, 'user', ...names);
  const inState = (...names: string[]) => path.join(podman.paths.state, ...names);

  beforeAll(async () => {
    podman = await openTestPodman();
    mkdirSync(inHome('.config/kept'), {recursive: true});
    writeFileSync(inHome('.config/kept/login'), 'logged in');
    const pack = path.join(podman.paths.config, 'toolpacks/mine/bin');
    mkdirSync(pack, {recursive: true});
    writeFileSync(path.join(pack, 'packed'), '#!/bin/sh\necho from the pack\n');
    chmodSync(path.join(pack, 'packed'), 0o755);
    const shell = builtIn.named('shell');
    const mine = {
      ...{...shell, name: 'mine', home: [{path: '.config/kept'}]},
      managed: [{path: '/home/agent/.config/kept/managed', content: 'ours'}],
    };
    const base = contextOver(podman.paths, podman.provider, systemClock);
    const registry = createRegistry({podman: async () => ({...podman.provider, close: async () => {}})}, ['podman']);
    const context = {
      ...{...base, registry, agents: async () => agentsOf([...builtIn.all, mine])},
      machine: {home: inHome(), configHome: undefined, path: '/usr/bin:/bin'},
    };
    service = createService({
      context,
      defaults: async () => ({...base.defaults, provider: 'podman', caches}),
    });
    port = service.as({pid: process.pid, command: 'trails test'});
  });
  afterEach(async () => {
    for (const {id} of await port.list()) await port.remove(id, {force: true});
    caches = 'shared';
  });
  afterAll(async () => {
    await service.close();
    await podman.close();
  });

  const create = (name: string, script: string, changes: Partial<CreateRequest> = {}) => {
    const repo = path.join(podman.home, 'repos', name);
    mkdirSync(repo, {recursive: true});
    const base = {name, agent: 'shell', workspace: 'copy', repo, image: 'host', env: {}, limits: {}, size} as const;
    return port.create({...base, args: ['sh', '-c', script], ...changes}, () => {}, never);
  };
  const output = async (name: string) => {
    const lines: string[] = [];
    for await (const piece of port.logs(name, {follow: false}, never)) lines.push(...piece.lines);
    return lines.join('\n');
  };
  const shows = (name: string, text: string) => expect.poll(() => output(name), {timeout: 20_000}).toContain(text);

  test('a kept home is made like a session’s own, outlives it, and is there for the next one', async () => {
    const first =
      'cat ~/.config/kept/login ~/.config/kept/managed; echo remembered > ~/.config/kept/notes; echo " end"';
    expect(await create('one', `${first}; exec sleep 1000`, {agent: 'mine', home: 'work'})).toMatchObject({
      home: 'work',
    });
    await shows('one', 'logged inours end');
    const kept = inState('homes/mine/work');
    await expect(create('two', 'true', {agent: 'mine', home: 'work'})).rejects.toMatchObject({
      ...{code: 'WORKSPACE_LOCKED', message: 'The home "work" of mine is in use by session "one"'},
    });
    expect(await port.kept()).toContainEqual(
      expect.objectContaining({kind: 'home', name: 'mine/work', path: kept, usedBy: ['one']}),
    );
    await port.remove('one', {force: true});
    expect(readFileSync(path.join(kept, '.config/kept/notes'), 'utf8')).toBe('remembered\n');
    await create('two', 'cat ~/.config/kept/notes ~/.config/kept/managed; exec sleep 1000', {
      agent: 'mine',
      home: 'work',
    });
    await shows('two', 'remembered');
    await shows('two', 'ours');
    // One that stopped lets go of it; then it has to wait for the other one.
    await port.stop('two');
    await create('three', 'exec sleep 1000', {agent: 'mine', home: 'work'});
    await expect(port.start('two', size)).rejects.toMatchObject({code: 'WORKSPACE_LOCKED'});
  });

  test('a link that an agent left in a kept home leads nowhere', async () => {
    const outside = path.join(podman.home, 'outside');
    mkdirSync(outside, {recursive: true});
    const kept = inState('homes/mine/trap');
    await create('one', 'exec sleep 1000', {agent: 'mine', home: 'trap'});
    await port.remove('one', {force: true});
    rmSync(path.join(kept, '.config'), {recursive: true});
    symlinkSync(outside, path.join(kept, '.config'));
    await expect(create('two', 'true', {agent: 'mine', home: 'trap'})).rejects.toMatchObject({code: 'NOT_ALLOWED'});
    expect(existsSync(path.join(outside, 'kept'))).toBe(false);
    expect(await port.list()).toEqual([]);
  });

  test('caches are shared by sessions, and cannot lend their rights', async () => {
    const say = 'echo "npm: $npm_config_cache"; cat /etc/bazel.bazelrc; mkdir -p /caches/npm; echo x > /caches/npm/a';
    await create('one', `${say}; grep " /caches " /proc/mounts; grep NoNewPrivs /proc/self/status; exec sleep 1000`);
    await shows('one', 'npm: /caches/npm');
    await shows('one', '--repository_cache=/caches/bazel/repos');
    // An idmapped mount has its options from where it lies: there, no process gets more rights by what it runs.
    await expect.poll(() => output('one')).toMatch(/ \/caches \S+ rw,(\S*,)?(nosuid,(\S*,)?nodev|idmapped)/);
    await expect.poll(() => output('one')).toMatch(/NoNewPrivs:\s+1/);
    await create('two', 'cat /caches/npm/a; echo "and more"; exec sleep 1000');
    await shows('two', 'x\nand more');
    expect(await port.pruneKept({names: ['npm'], unusedMs: 0})).toMatchObject({
      ...{removed: [], left: [{name: 'npm', why: 'one, two work with it'}]},
    });
    await port.remove('one', {force: true});
    await port.remove('two', {force: true});
    expect(await port.pruneKept({names: [], unusedMs: 60_000})).toMatchObject({removed: [], left: [{name: 'npm'}]});
    expect(await port.pruneKept({names: [], unusedMs: 0})).toMatchObject({removed: [{name: 'npm'}], left: []});
    expect((await port.kept()).filter(({kind}) => kind === 'cache')).toEqual([]);
  });

  test('private caches go with their session, and off there are none', async () => {
    caches = 'private';
    const one = await create('one', 'echo x > /caches/a; echo made; exec sleep 1000');
    await shows('one', 'made');
    expect(existsSync(inState('sessions', one.id, 'caches/a'))).toBe(true);
    caches = 'off';
    await create('two', 'ls /caches; echo "npm: $npm_config_cache."; exec sleep 1000');
    await shows('two', 'npm: .');
    expect(await output('two')).toContain('No such file or directory');
  });

  test('programs of a toolpack are found, and are not the agent’s to change', async () => {
    await create('one', 'packed; echo x > /opt/toolpacks/mine/bin/packed; echo "ended $?"; exec sleep 1000');
    await shows('one', 'from the pack');
    await expect.poll(() => output('one')).toMatch(/Read-only file system[\s\S]*ended [12]/);
    expect(statSync(path.join(podman.paths.config, 'toolpacks/mine/bin/packed')).size).toBe(29);
  });
});

import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {CreateProgress, CreateRequest} from '../../src/sessions/port.ts';
import {code, never, type PortScene, size} from './port-scene.ts';

const tooMuch = {memoryBytes: os.totalmem() * 2, cpus: os.availableParallelism() + 1};
const asRoot = process.getuid?.() === 0;

export function describeCreating(scene: PortScene): void {
  describe('creating', () => {
    test('a session is made in steps, in order, and runs', async () => {
      const seen: CreateProgress[] = [];
      const view = await scene.create({name: 'api'}, progress => seen.push(progress));
      expect(view).toMatchObject({name: 'api', agent: 'shell', command: ['echo'], phase: 'running', exitCode: null});
      expect(view.id).toMatch(/^[0-9a-z]{26}$/);
      expect(seen.map(step => step.index)).toEqual([1, 2, 3, 4]);
      expect(new Set(seen.map(step => step.total))).toEqual(new Set([4]));
      expect(await scene.fixture.engine.names()).toEqual([`trails-${view.id}`]);
    });

    test('how hard it is held is as asked, in its row and in the audit log, and stays at a restart', async () => {
      const loosened = ['tmp-exec', 'debug'] as const;
      const {id} = await scene.create({profile: 'strict', loosen: ['debug', 'tmp-exec', 'debug']});
      await scene.port.restart('api', size);
      expect((await scene.port.get('api')).sandbox).toEqual({profile: 'strict', loosened});
      const rows = await Array.fromAsync(scene.port.audit({ref: id}, never));
      expect(rows.find(row => row.action === 'create')?.detail).toContain('strict, loosened: tmp-exec debug');
      expect((await scene.create({name: 'plain'})).sandbox).toEqual({profile: 'strict', loosened: []});
      const relaxed = await scene.create({name: 'loose', profile: 'relaxed', loosen: ['writable-root']});
      expect(relaxed.sandbox.loosened).toEqual(['tmp-exec', 'debug', 'namespaces', 'writable-root']);
    });

    test('meanwhile the list tells its step', async () => {
      const held = scene.fixture.engine.hold('spawnAgent');
      const made = scene.create();
      await held.entered;
      expect((await scene.port.get('api')).note).toBe('starting the agent');
      expect((await scene.port.get('api')).phase).toBe('creating');
      held.release();
      expect((await made).note).toBe('');
    });

    test('without a name it gets a suggested one, and validate has nothing against that', async () => {
      const {name: _, ...request} = scene.request();
      expect(await scene.port.validate(request)).toEqual({});
      expect((await scene.port.create(request, () => {}, never)).name).toMatch(/^[a-z]+-[a-z]+$/);
    });

    test('an agent that ends at once leaves a stopped session with its code', async () => {
      expect(await scene.create({args: ['exitWith', '3']})).toMatchObject({phase: 'stopped', exitCode: 3});
    });

    test.each([1, 2, 3, 4])('cancelled at step %i nothing is left', async index => {
      const stop = new AbortController();
      const made = scene.create({}, progress => progress.index === index && stop.abort(), stop.signal);
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await scene.expectNothing();
      expect((await scene.create()).phase).toBe('running');
    });

    test.each([
      'createEnvironment',
      'spawnAgent',
    ])('cancelled while the engine is in %s nothing is left', async call => {
      const stop = new AbortController();
      const held = scene.fixture.engine.hold(call);
      const made = scene.create({}, () => {}, stop.signal);
      await held.entered;
      stop.abort();
      held.release();
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await scene.expectNothing();
    });

    test('removed by force while it is being made, it is gone', async () => {
      const held = scene.fixture.engine.hold('spawnAgent');
      const made = scene.create();
      await held.entered;
      await expect(scene.port.remove('api', {force: false})).rejects.toEqual(code('PHASE_FORBIDS'));
      const removed = scene.port.remove('api', {force: true});
      await removed;
      held.release();
      await expect(made).rejects.toThrow();
      await scene.expectNothing();
    });

    test('an image that is not there is told, and nothing is left', async () => {
      await expect(scene.create({image: 'no/such:image'})).rejects.toEqual(
        code('IMAGE_MISSING', expect.stringContaining('no/such:image')),
      );
      await scene.expectNothing();
    });

    test('leaving cancels it and leaves nothing behind', async () => {
      const held = scene.fixture.engine.hold('createEnvironment');
      const made = scene.create();
      await held.entered;
      const other = scene.fixture.another();
      const closed = scene.port.close();
      held.release();
      await expect(made).rejects.toEqual(code('CANCELLED'));
      await closed;
      expect(await other.list()).toEqual([]);
      expect(await scene.fixture.engine.names()).toEqual([]);
    });
  });

  describe('what cannot be made is refused with its reason, and changes nothing', () => {
    const file = (scene: PortScene) => {
      const place = path.join(scene.fixture.repo('files'), 'file');
      writeFileSync(place, '');
      return place;
    };
    const cases: readonly [
      string,
      (scene: PortScene) => Partial<CreateRequest>,
      string,
      keyof CreateRequest,
      RegExp,
    ][] = [
      ['an empty name', () => ({name: ''}), 'NAME_INVALID', 'name', /needed/],
      ['upper case', () => ({name: 'Api'}), 'NAME_INVALID', 'name', /"api" would do/],
      ['200 characters', () => ({name: 'a'.repeat(200)}), 'NAME_INVALID', 'name', /200 characters; 40/],
      ['a path for a name', () => ({name: '../x'}), 'NAME_INVALID', 'name', /cannot have/],
      ['an unknown agent', () => ({agent: 'hal'}), 'AGENT_UNKNOWN', 'agent', /"hal".*shell/],
      ['an unknown provider', () => ({provider: 'cloud'}), 'PROVIDER_UNKNOWN', 'provider', /./],
      ['no image', () => ({image: ''}), 'IMAGE_MISSING', 'image', /needed/],
      ['a repo that is missing', () => ({repo: '/no/such/place'}), 'REPO_UNUSABLE', 'repo', /does not exist/],
      ['a repo that is a file', scene => ({repo: file(scene)}), 'REPO_UNUSABLE', 'repo', /is a file/],
      ['the whole machine', () => ({repo: '/'}), 'REPO_UNUSABLE', 'repo', /whole machine/],
      [
        'the directory of our own state',
        scene => ({repo: path.dirname(scene.fixture.repo('x'))}),
        'REPO_UNUSABLE',
        'repo',
        /state of Trails/,
      ],
      ['no memory', () => ({limits: {memoryBytes: 0}}), 'LIMIT_INVALID', 'limits', /16m/],
      ['no number of CPUs', () => ({limits: {cpus: Number.NaN}}), 'LIMIT_INVALID', 'limits', /CPUs/],
      ['half a process', () => ({limits: {pids: 99.5}}), 'LIMIT_INVALID', 'limits', /whole number/],
      [
        'more memory than there is',
        () => ({limits: {memoryBytes: tooMuch.memoryBytes}}),
        'LIMIT_INVALID',
        'limits',
        /This machine has/,
      ],
      [
        'more CPUs than there are',
        () => ({limits: {cpus: tooMuch.cpus}}),
        'LIMIT_INVALID',
        'limits',
        /This machine has/,
      ],
      ['a variable that is no name', () => ({env: {'A=B': 'x'}}), 'USAGE', 'env', /"A=B"/],
      ['a setup step without a command', () => ({setup: ['true', ' ']}), 'USAGE', 'setup', /needs a command/],
      ['a clone of no repository', () => ({workspace: 'clone'}), 'REPO_UNUSABLE', 'workspace', /no git repository/],
    ];

    test.each(cases)('%s', async (_name, changes, expected, field, words) => {
      const request = scene.request(changes(scene));
      const error = await scene.port.create(request, () => {}, never).catch((thrown: unknown) => thrown);
      expect(error).toEqual(code(expected));
      const problems = await scene.port.validate(request);
      expect(Object.keys(problems)).toEqual([field]);
      expect(problems[field]).toMatch(words);
      await scene.expectNothing();
    });

    test('an unknown provider is answered with the known ones', async () => {
      await expect(scene.create({provider: 'cloud'})).rejects.toMatchObject({hint: expect.stringContaining('mock')});
    });

    test('a repo that cannot be read', async ({skip}) => {
      skip(asRoot, 'root can read everything');
      const repo = scene.fixture.repo('locked');
      chmodSync(repo, 0);
      await expect(scene.create({repo})).rejects.toEqual(code('REPO_UNUSABLE'));
    });

    test('a name that is taken; the session that has it stays as it is', async () => {
      const first = await scene.create();
      const request = scene.request({repo: scene.fixture.repo('other')});
      expect(await scene.port.validate(request)).toEqual({name: expect.stringContaining('"api"')});
      await expect(scene.port.create(request, () => {}, never)).rejects.toEqual(code('NAME_TAKEN'));
      expect(await scene.port.get('api')).toMatchObject({id: first.id, phase: 'running', note: ''});
    });

    test('of two at once with one name one is made', async () => {
      const results = await Promise.allSettled([
        scene.create({repo: scene.fixture.repo('one')}),
        scene.create({repo: scene.fixture.repo('two')}),
      ]);
      expect(results.map(result => result.status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await scene.fixture.engine.names()).toHaveLength(1);
    });
  });

  describe('a directory belongs to one session at a time', () => {
    test('the same, its parent and its child are refused while it runs, and free after a stop', async () => {
      const parent = scene.fixture.repo('tree');
      const repo = path.join(parent, 'repo');
      const child = path.join(repo, 'src');
      mkdirSync(child, {recursive: true});
      await scene.create({name: 'first', repo});
      for (const taken of [repo, parent, child]) {
        const request = scene.request({name: 'second', repo: taken});
        expect(await scene.port.validate(request)).toEqual({repo: expect.stringContaining('"first"')});
        await expect(scene.port.create(request, () => {}, never)).rejects.toEqual(code('WORKSPACE_LOCKED'));
      }
      await scene.port.stop('first');
      expect(await scene.create({name: 'second', repo: child})).toMatchObject({phase: 'running'});
      await expect(scene.port.start('first', {columns: 80, rows: 24})).rejects.toEqual(code('WORKSPACE_LOCKED'));
      expect((await scene.port.get('first')).phase).toBe('stopped');
      await scene.port.remove('second', {force: true});
      expect((await scene.port.start('first', {columns: 80, rows: 24})).phase).toBe('running');
      await expect(scene.create({name: 'third', repo: parent})).rejects.toEqual(code('WORKSPACE_LOCKED'));
    });
  });
}

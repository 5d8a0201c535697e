import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import type {Defaults} from '../../../src/sessions/context.ts';
import type {CreateRequest} from '../../../src/sessions/port.ts';
import type {Project} from '../../../src/sessions/project/project-file.ts';
import {judged} from '../../../src/sessions/project/wishes.ts';

const request = (over: Partial<CreateRequest> = {}): CreateRequest => ({
  ...{agent: '', args: [], repo: '/src/api', env: {}, limits: {}, size: {columns: 80, rows: 24}},
  ...over,
});

const defaults: Defaults = {
  ...{provider: 'mock', agent: 'shell', caches: 'off', image: 'auto', network: 'allowlist', mode: 'edits'},
  ...{profile: 'relaxed', credentials: 'forward', runtime: {name: 'auto', fallback: false}},
  limits: {memoryBytes: 2 ** 30, cpus: 2, pids: 512},
  fleet: {maxRunning: 0, memoryBytes: 0, hibernate: 'off', idleMs: 1},
};

const judge = (project: Partial<Project>, trusted = false, over: Partial<CreateRequest> = {}) =>
  judged(
    project,
    {
      ...{request: request(over), defaults, agent: builtIn.named('claude')},
      ...{network: over.network ?? 'allowlist', workspace: 'clone'},
    },
    trusted,
  );

const tightening: readonly [Partial<Project>, string, Partial<Defaults>][] = [
  [{network: 'none'}, 'network: none', {network: 'none'}],
  [{profile: 'strict'}, 'profile: strict', {profile: 'strict'}],
  [{credentials: 'broker'}, 'credentials: broker', {credentials: 'broker'}],
  [{mode: 'ask'}, 'mode: ask', {mode: 'ask'}],
  [{limits: {memoryBytes: 2 ** 29}}, 'limits.memory: 512m', {limits: {...defaults.limits, memoryBytes: 2 ** 29}}],
  [{limits: {pids: 100}}, 'limits.pids: 100', {limits: {...defaults.limits, pids: 100}}],
  [{limits: {diskBytes: 2 ** 30}}, 'limits.disk: 1g', {limits: {...defaults.limits, diskBytes: 2 ** 30}}],
];

test.each(tightening)('%j needs no trust', (project, words, changed) => {
  const result = judge(project);
  expect(result).toMatchObject({applied: [words], refused: []});
  expect(result.defaults).toEqual({...defaults, ...changed});
  expect(result.request).toEqual(request());
});

test('a kernel of its own needs no trust, and is not taken away without', () => {
  expect(judge({runtime: 'runsc'})).toMatchObject({applied: ['runtime: runsc'], request: {runtime: 'runsc'}});
  expect(judge({runtime: 'crun'})).toMatchObject({applied: [], refused: ['runtime: crun'], request: request()});
});

const beyond: readonly [Partial<Project>, string, Partial<CreateRequest> | undefined, Partial<Defaults> | undefined][] =
  [
    [{agent: 'codex'}, 'agent: codex', {agent: 'codex'}, undefined],
    [{args: ['--yolo', 'a b']}, 'args: "--yolo" "a b"', {args: ['--yolo', 'a b']}, undefined],
    [{image: 'evil:1'}, 'image: evil:1', undefined, {image: 'evil:1'}],
    [{workspace: 'bind'}, 'workspace: bind', {workspace: 'bind'}, undefined],
    [{mode: 'all'}, 'mode: all', undefined, {mode: 'all'}],
    [{setup: ['npm ci']}, 'setup: npm ci', {setup: ['npm ci']}, undefined],
    [{limits: {cpus: 3}}, 'limits.cpus: 3', undefined, {limits: {...defaults.limits, cpus: 3}}],
    [{network: 'open'}, 'network: open', undefined, {network: 'open'}],
    [{allow: ['.evil.example']}, 'allow: .evil.example', {allow: ['.evil.example']}, undefined],
    [
      {loosen: ['writable-root']},
      'loosen: writable-root (the files of its image',
      {loosen: ['writable-root']},
      undefined,
    ],
    [{env: ['TOKEN']}, 'env: TOKEN, as it is set', {env: {TOKEN: 'mine'}}, undefined],
  ];

test.each(beyond)('%j is left out until it is trusted', (project, words, asked, usual) => {
  const here = {here: {TOKEN: 'mine', OTHER: 'x'}};
  const untrusted = judge(project, false, here);
  expect(untrusted).toMatchObject({applied: [], refused: [expect.stringContaining(words)]});
  expect(untrusted.request).toEqual(request(here));
  expect(untrusted.defaults).toEqual(defaults);
  const trusted = judge(project, true, here);
  expect(trusted).toMatchObject({applied: [expect.stringContaining(words)], refused: []});
  expect(trusted.request).toEqual({...request(here), ...asked});
  expect(trusted.defaults).toEqual({...defaults, ...usual});
});

test('what a person asks for is not for the file to change, trusted or not', () => {
  const said: Partial<CreateRequest> = {
    ...{agent: 'codex', args: ['x'], image: 'mine:1', workspace: 'copy', mode: 'all', network: 'open'},
    ...{profile: 'relaxed', credentials: 'forward', runtime: 'crun', env: {TOKEN: 'given'}},
    limits: {memoryBytes: 2 ** 31, cpus: 4, pids: 600},
  };
  const project: Partial<Project> = {
    ...{agent: 'gemini', args: ['y'], image: 'other', workspace: 'bind', mode: 'ask', network: 'none'},
    ...{profile: 'strict', credentials: 'broker', runtime: 'runsc', env: ['TOKEN']},
    limits: {memoryBytes: 2 ** 20, cpus: 1, pids: 10},
  };
  for (const trusted of [false, true]) {
    const result = judge(project, trusted, said);
    expect(result).toMatchObject({applied: [], refused: []});
    expect(result.request).toEqual(request(said));
    expect(result.defaults).toEqual(defaults);
  }
});

test('lists go together: the setup of the project first, in its order', () => {
  const said = {setup: ['three'], allow: ['npm'], loosen: ['debug' as const]};
  const project: Partial<Project> = {
    setup: ['one', 'two'],
    allow: ['npm', 'pypi'],
    loosen: ['debug', 'tmp-exec', 'writable-root'],
  };
  const {request: made, applied} = judge(project, true, said);
  expect(made.setup).toEqual(['one', 'two', 'three']);
  expect(made.allow).toEqual(['npm', 'pypi']);
  // `relaxed` loosens the other two by itself.
  expect(made.loosen).toEqual(['debug', 'writable-root']);
  expect(applied).toHaveLength(4);
});

test('what is so anyway is no wish', () => {
  const project: Partial<Project> = {
    ...{agent: 'shell', image: 'auto', workspace: 'clone', mode: 'edits', network: 'allowlist', profile: 'relaxed'},
    ...{credentials: 'forward', runtime: 'auto', args: [], setup: []},
    limits: defaults.limits,
  };
  expect(judge(project)).toMatchObject({applied: [], refused: []});
});

test('a mode that the agent does not have is none', () => {
  const shell = {
    request: request(),
    defaults,
    agent: builtIn.named('shell'),
    network: 'none',
    workspace: 'copy',
  } as const;
  expect(judged({mode: 'ask'}, shell, true)).toMatchObject({applied: [], refused: [], defaults});
});

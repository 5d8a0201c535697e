import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {agentsOf, builtIn} from '../../../src/agents/registry.ts';
import {systemClock} from '../../../src/lib/clock.ts';
import {createRegistry} from '../../../src/providers/registry.ts';
import type {Context} from '../../../src/sessions/context.ts';
import type {CreateRequest, SessionsPort} from '../../../src/sessions/port.ts';
import {createService} from '../../../src/sessions/service.ts';
import {openTestPodman} from '../../support/podman.ts';
import {contextOver} from '../../support/service-fixture.ts';
import {commandLines, filesBelow} from '../../support/traces.ts';

const never = new AbortController().signal;
const size = {columns: 200, rows: 40};
const key = 'sk-sesame-0123456789abcdefghij';

describe('an agent of this machine in a real container', {timeout: 120_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  let port: SessionsPort;
  let context: Context;
  let close = async () => {};
  const inHome = (...names: string[]) => path.join(podman.home, 'user', ...names);
  const write = (place: string, text: string, mode = 0o644) => {
    mkdirSync(path.dirname(inHome(place)), {recursive: true});
    writeFileSync(inHome(place), text);
    chmodSync(inHome(place), mode);
  };
  /** A service over the same state, as after the daemon was started anew: the engine stays, what was in memory is gone. */
  const open = (agents = builtIn) => {
    const registry = createRegistry({podman: async () => ({...podman.provider, close: async () => {}})}, ['podman']);
    const base = contextOver(podman.paths, podman.provider, systemClock);
    context = {
      ...base,
      registry,
      agents: async () => agents,
      defaults: {...base.defaults, provider: 'podman'},
      machine: {home: inHome(), configHome: undefined, path: inHome('bin')},
    };
    const service = createService({context});
    close = () => service.close();
    port = service.as({pid: process.pid, command: 'trails test'});
  };
  const request = (name: string, changes: Partial<CreateRequest>): CreateRequest => {
    const repo = path.join(podman.home, 'repos', name);
    mkdirSync(repo, {recursive: true});
    return {
      name,
      agent: 'claude',
      args: [],
      workspace: 'bind',
      repo,
      image: 'host',
      env: {},
      limits: {},
      size,
      ...changes,
    };
  };
  const create = (name: string, changes: Partial<CreateRequest> = {}) =>
    port.create(request(name, changes), () => {}, never);
  const output = async (name: string) => {
    const lines: string[] = [];
    for await (const piece of port.logs(name, {follow: false}, never)) lines.push(...piece.lines);
    return lines.join('\n');
  };
  const shows = (name: string, text: string) => expect.poll(() => output(name), {timeout: 20_000}).toContain(text);
  const stateOf = (id: string, ...names: string[]) => path.join(podman.paths.state, 'sessions', id, ...names);

  beforeAll(async () => {
    podman = await openTestPodman();
    // A program whose interpreter is not in /usr, installed as npm installs into a project: what it needs lies beside it.
    mkdirSync(inHome('tools/bin'), {recursive: true});
    mkdirSync(inHome('bin'), {recursive: true});
    copyFileSync('/bin/sh', inHome('tools/bin/agentsh'));
    chmodSync(inHome('tools/bin/agentsh'), 0o755);
    symlinkSync('../tools/bin/agentsh', inHome('bin/agentsh'));
    write('app/node_modules/part/part.sh', 'part() { echo "part is there"; }\n');
    write(
      'app/node_modules/@anthropic-ai/claude-code/cli.sh',
      [
        '#!/usr/bin/env agentsh',
        '. "$(dirname "$0")/../../part/part.sh"; part',
        'echo "arguments: $*"',
        'echo "key: $ANTHROPIC_API_KEY"; echo "extra: $EXTRA"; echo "updater: $DISABLE_AUTOUPDATER"',
        'echo "zone: $TZ"; echo "editor: $EDITOR."; echo "author: $GIT_AUTHOR_NAME"; echo "git: $(git config user.name)"',
        'echo "helper: $(git config credential.helper)."; echo "settings: $(cat ~/.claude.json | tr -d " \\n")"',
        'echo "mine: $(cat ~/.claude/agents/mine.md)"; echo changed >> ~/.claude/agents/mine.md',
        'echo "left: $(ls ~/.claude/debug ~/.ssh 2>&1 | wc -l)"; (echo x > /run/trails/hook) 2>&1 | head -1',
        'echo "managed: $(grep -c trails/hook /etc/claude-code/managed-settings.json)"',
        `echo '{"session_id":"conversation-1","tool_name":"Bash","tool_input":{"command":"hidden words"}}' | /run/trails/hook PreToolUse`,
        'echo made > /workspace/made; echo "end of $$"; [ "$1" = stay ] || exit 3; exec sleep 1000',
      ].join('\n'),
      0o755,
    );
    mkdirSync(inHome('app/node_modules/.bin'), {recursive: true});
    symlinkSync('../@anthropic-ai/claude-code/cli.sh', inHome('app/node_modules/.bin/claude'));
    symlinkSync('../app/node_modules/.bin/claude', inHome('bin/claude'));
    // A virtual environment of a Python elsewhere.
    write('python-3/bin/python3', '', 0o755);
    copyFileSync('/bin/sh', inHome('python-3/bin/python3'));
    write('python-3/lib/library.sh', 'echo "the library of python"\n');
    write('venvs/aider/pyvenv.cfg', `home = ${inHome('python-3/bin')}\nversion = 3.12.1\n`);
    write('venvs/aider/lib/package.sh', 'echo "the package of aider"\n');
    mkdirSync(inHome('venvs/aider/bin'), {recursive: true});
    symlinkSync(inHome('python-3/bin/python3'), inHome('venvs/aider/bin/python'));
    const library = `. ${inHome('python-3/lib/library.sh')}; . ${inHome('venvs/aider/lib/package.sh')}`;
    write('venvs/aider/bin/aider', `#!${inHome('venvs/aider/bin/python')}\n${library}\nexec sleep 1000\n`, 0o755);
    symlinkSync('../venvs/aider/bin/aider', inHome('bin/aider'));

    write('.claude.json', '{"theme": "dark", "projects": {"/elsewhere": {}}}', 0o600);
    write('.claude/agents/mine.md', 'my agent\n');
    write('.claude/debug/log.txt', 'left behind\n');
    write('.ssh/id_ed25519', 'a key\n', 0o600);
    symlinkSync(inHome('.ssh/id_ed25519'), inHome('.claude/stolen'));
    write('.gitconfig', '[user]\n\tname = Ada\n[credential]\n\thelper = !steal\n');
    open();
  }, 600_000);
  afterAll(async () => {
    await close();
    await podman?.close();
  }, 60_000);

  test('finds its program, its settings, its hooks and its variables, and leaves no value anywhere', async () => {
    const here = {
      ...{ANTHROPIC_API_KEY: key, UNRELATED: 'not asked for', TZ: 'Asia/Tokyo', EDITOR: '/opt/editor --wait'},
      ...{PATH: inHome('bin'), GIT_AUTHOR_NAME: 'Ada L'},
    };
    const steps: string[] = [];
    const made = await port.create(
      request('api', {
        args: ['stay'],
        here,
        env: {EXTRA: 'extra-sesame'},
        mode: 'edits',
        setup: ['echo "step: $EXTRA"'],
      }),
      ({step}) => steps.push(step),
      never,
    );
    await shows('api', 'end of');
    const text = await output('api');
    expect(text).toContain('step: extra-sesame');
    expect(text).toContain('part is there');
    expect(text).toContain('arguments: --permission-mode acceptEdits stay');
    expect(text).toContain(`key: ${key}`);
    expect(text).toContain('extra: extra-sesame');
    expect(text).toContain('updater: 1');
    expect(text).toContain('zone: Asia/Tokyo');
    expect(text).toContain('editor: .');
    expect(text).toContain('author: Ada L');
    expect(text).toContain('git: Ada');
    expect(text).toContain('helper: .');
    const [, settings = ''] = /settings: (.*)/.exec(text) ?? [];
    expect(JSON.parse(settings)).toEqual({
      theme: 'dark',
      projects: {'/elsewhere': {}, '/workspace': {hasTrustDialogAccepted: true}},
      hasCompletedOnboarding: true,
      customApiKeyResponses: {approved: [key.slice(-20)]},
    });
    expect(text).toContain('mine: my agent');
    expect(text).toMatch(/Read-only file system|Permission denied/);
    expect(text).toMatch(/managed: [1-9]/);
    expect(steps).toContainEqual(expect.stringContaining('~/.claude/stolen: is a link that leads out'));
    expect(existsSync(stateOf(made.id, 'home/.claude/stolen'))).toBe(false);
    expect(existsSync(stateOf(made.id, 'home/.claude/debug'))).toBe(false);
    // A copy: what it changes is its own.
    expect(readFileSync(inHome('.claude/agents/mine.md'), 'utf8')).toBe('my agent\n');
    expect(readFileSync(stateOf(made.id, 'home/.claude/agents/mine.md'), 'utf8')).toBe('my agent\nchanged\n');
    expect(readFileSync(stateOf(made.id, 'exchange/hooks.jsonl'), 'utf8')).toBe(
      '{"event":"PreToolUse","tool":"Bash","kind":"","session":"conversation-1"}\n',
    );

    const view = await port.get('api');
    expect(view).toMatchObject({mode: 'edits', variables: ['ANTHROPIC_API_KEY', 'EXTRA'], missing: [], resumes: true});
    expect(view.command[0]).toBe(inHome('app/node_modules/@anthropic-ai/claude-code/cli.sh'));
    const audit: unknown[] = [];
    for await (const row of port.audit({ref: 'api'}, never)) audit.push(row);
    const {stdout: inspected} = await podman.podman('inspect', `trails-${view.id}`);
    const state = readdirSync(podman.paths.state).filter(name => name.startsWith('trails.db'));
    const database = state.map(name => readFileSync(path.join(podman.paths.state, name), 'latin1'));
    const traces = [
      inspected,
      JSON.stringify([view, audit]),
      filesBelow(stateOf(view.id)),
      commandLines(),
      ...database,
    ];
    expect(traces.join('\n')).toContain('ANTHROPIC_API_KEY');
    for (const trace of traces) expect(trace).not.toMatch(new RegExp(`${key}|extra-sesame`));
    expect(readdirSync(stateOf(view.id, 'secrets'))).toEqual([]);
    await port.remove('api', {force: true});
  });

  test('goes on with its conversation, gives way to a shell, and says which values are nowhere', async () => {
    const here = {ANTHROPIC_API_KEY: key};
    const {id} = await create('web', {here, args: ['--model', 'small']});
    await expect.poll(async () => (await port.get('web')).phase).toBe('stopped');
    expect(await port.get('web')).toMatchObject({exitCode: 3, mode: 'ask'});

    await expect.poll(() => context.store.byId(id)?.conversation).toBe('conversation-1');
    await port.start('web', size, {how: 'resume'});
    // Its hooks told which conversation it was.
    await shows('web', 'arguments: --resume conversation-1 --permission-mode manual --model small');
    expect(await output('web')).not.toContain('key: \n');
    await expect.poll(async () => (await port.get('web')).phase).toBe('stopped');

    await close();
    open();
    expect(await port.start('web', size, {how: 'resume'})).toMatchObject({missing: ['ANTHROPIC_API_KEY']});
    // The values it had are gone with the service before.
    await expect.poll(async () => (await output('web')).match(/^key:$/gm)?.length).toBe(1);
    await expect.poll(async () => (await port.get('web')).phase).toBe('stopped');
    expect((await output('web')).match(/--resume conversation-1/g)).toHaveLength(2);

    expect(await port.start('web', size, {how: 'shell', here: {...here, OTHER: 'x'}})).toMatchObject({
      ...{phase: 'running', missing: [], variables: ['ANTHROPIC_API_KEY']},
    });
    const shell = await port.attach('web', size);
    shell.write(Buffer.from('echo "in a shell: $ANTHROPIC_API_KEY"\r'));
    await shows('web', `in a shell: ${key}`);
    shell.detach();
    expect(context.store.byId(id)).toMatchObject({run: 'shell'});
    await port.remove('web', {force: true});
  });

  test('in a virtual environment it finds its packages and its Python', async () => {
    const made = await create('py', {agent: 'aider'});
    await shows('py', 'the package of aider');
    expect(await output('py')).toContain('the library of python');
    expect(made.mode).toBeNull();
    await expect(port.restart('py', size, {env: {'A B': 'x'}})).rejects.toMatchObject({code: 'USAGE'});
    expect(await port.get('py')).toMatchObject({phase: 'running'});
    await port.remove('py', {force: true});
  });

  test("what is shared is the user's own, and nothing is planted in it", async () => {
    await close();
    open(agentsOf([{...builtIn.named('claude'), share: true}]));
    await create('shared');
    await shows('shared', 'end of');
    expect(await output('shared')).toContain('mine: my agent');
    expect(readFileSync(inHome('.claude/agents/mine.md'), 'utf8')).toBe('my agent\nchanged\n');
    expect(readFileSync(inHome('.claude.json'), 'utf8')).toBe('{"theme": "dark", "projects": {"/elsewhere": {}}}');
    expect(existsSync(inHome('.claude/settings.json'))).toBe(false);
    await port.remove('shared', {force: true});
    expect(existsSync(inHome('.claude/agents/mine.md'))).toBe(true);
    await close();
    open();
  });

  test('one that is not there is named with how to get it, and nothing is left', async () => {
    await expect(create('no', {agent: 'codex'})).rejects.toMatchObject({
      code: 'AGENT_MISSING',
      message: expect.stringContaining('Codex is not on this machine'),
      hint: expect.stringMatching(/npm install -g @openai\/codex.*trails images build codex/),
    });
    await expect(create('no', {agent: 'aider', mode: 'ask'})).rejects.toMatchObject({code: 'MODE_UNKNOWN'});
    await expect(create('no', {agent: 'shell', mode: 'all'})).rejects.toMatchObject({code: 'MODE_UNKNOWN'});
    expect(await port.list()).toEqual([]);
    expect(readdirSync(path.join(podman.paths.state, 'sessions'))).toEqual([]);
  });
});

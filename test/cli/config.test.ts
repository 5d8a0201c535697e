import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {readAgents} from '../../src/agents/custom/agents-source.ts';
import {schemas} from '../../src/composition/schemas.ts';
import {AppError} from '../../src/errors.ts';
import {configAt} from '../../src/lib/config.ts';
import {defaults, settings} from '../../src/lib/settings.ts';
import {temporaryDirectory} from '../support/home.ts';
import {cli} from './run.ts';

const written = (text: string) => {
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, 'config.yaml'), text);
  return configAt(directory);
};

test('without a file every setting has its default, and no file appears', async () => {
  const config = configAt(path.join(temporaryDirectory(), 'not-there'));
  expect(await config.load()).toEqual(defaults);
  expect(existsSync(config.path)).toBe(false);
});

test('the table of settings and the defaults are the same thing', async () => {
  const config = configAt(temporaryDirectory());
  for (const {key, fallback} of settings) {
    const value = key.split('.').reduce<unknown>((tree, part) => (tree as Record<string, unknown>)[part], defaults);
    expect(value, key).toBe(fallback);
    expect(await config.get(key)).toBe(fallback);
  }
});

test('a file fills in only what it says', async () => {
  const config = written('limits:\n  cpus: 1.5\nkeys: {detach: ctrl-a}\n');
  expect(await config.load()).toEqual({
    ...defaults,
    limits: {...defaults.limits, cpus: 1.5},
    keys: {detach: 'ctrl-a'},
  });
});

test.each(['', '# only a remark\n', 'limits:\n'])('the file %j is as good as none', async text => {
  expect(await written(text).load()).toEqual(defaults);
});

test.each([
  ['limits: {memory: lots}', 'limits.memory: Memory "lots"'],
  ['limits: {cpus: two}', 'limits.cpus: a number is needed'],
  ['limits: 5', ':1:9: limits: settings are needed, one a line'],
  ['netwrok: open', ':1:1: netwrok: there is no such setting; did you mean network?'],
  ['limits: {memry: 2g}', ':1:10: limits.memry: there is no such setting; did you mean memory?'],
  ['# mine\nfleet:\n  maxRuning: 2', ':3:3: fleet.maxRuning: there is no such setting; did you mean maxRunning?'],
  ['provider: 7', 'provider: a string is needed'],
  ['network: all', ':1:10: network: one of auto, none, allowlist, open is needed'],
  ['keys: {detach: q}', 'keys.detach: "q" is not a key such as ctrl-q'],
  ['colour: red', ':1:1: colour: there is no such setting; there are provider, agent'],
  ['- a\n- b', ':1:1: it does not hold settings'],
  ['limits: {cpus: 1', 'config.yaml:1:17: Flow map in block collection must be'],
])('the file %j is refused, naming file and key', async (text, message) => {
  const config = written(text);
  await expect(config.load()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    exitCode: 78,
    message: expect.stringContaining(message),
  });
  await expect(config.load()).rejects.toThrow(config.path);
});

test('a file that is nested too deeply is told so, once', async () => {
  const config = written(`limits: ${'['.repeat(20_000)}`);
  await expect(config.load()).rejects.toThrow(/^[^\n]+:1:1: it is nested too deeply$/);
});

test('every mistake is told, with its place, from the settings and from the agents', async () => {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'config.yaml');
  writeFileSync(
    file,
    'netwrk: open\nlimits:\n  cpus: two\nagents:\n  mine: {comand: [x]}\n  yours: {command: [y], share: 1}\n',
  );
  const config = configAt(directory, [readAgents]);
  const told = [
    `${file}:1:1: netwrk: there is no such setting; did you mean network?`,
    `${file}:3:9: limits.cpus: a number is needed`,
    `${file}:5:10: agents.mine.comand: there is no such setting; did you mean command?`,
    `${file}:6:32: agents.yours.share: true or false is needed`,
  ];
  await expect(config.check()).rejects.toMatchObject({code: 'CONFIG_INVALID', message: told.join('\n')});
  const {code, stderr} = await cli(['config', 'check'], {config});
  expect(code).toBe(78);
  expect(stderr).toBe(`error: ${told.join('\n       ')}\nhint: Run \`trails config edit\`.\n`);
  writeFileSync(file, 'agents: [\n');
  await expect(config.check(), 'once').rejects.toThrow(/^[^\n]+config\.yaml:\d+:\d+: [^\n]+$/);
});

test('check says that nothing is wrong, and that there is no file', async () => {
  expect(await cli(['config', 'check'], {config: written('network: none\n')})).toMatchObject({
    ...{code: 0, stderr: 'Nothing is wrong with it\n'},
  });
  const config = configAt(path.join(temporaryDirectory(), 'not-there'));
  expect((await cli(['config', 'check'], {config})).stderr).toContain('There is none');
});

test('the schema knows every setting and every field of an agent', async () => {
  type Node = {readonly properties: Readonly<Record<string, Node>>; readonly additionalProperties: Node};
  const schema = JSON.parse((await cli(['config', 'schema'])).stdout) as Node;
  for (const {key, meaning, fallback} of settings) {
    const node = key.split('.').reduce((at, name) => at.properties[name]!, schema);
    expect(node, key).toMatchObject({description: meaning, default: fallback});
  }
  expect(Object.keys(schema.properties.agents!.additionalProperties.properties)).toContain('command');
  const project = JSON.parse((await cli(['config', 'schema', '--project'])).stdout) as Node;
  expect(Object.keys(project.properties)).toEqual(expect.arrayContaining(['setup', 'limits', 'loosen']));
});

test('reading writes nothing', async () => {
  const config = written('# mine\nprovider: podman\n');
  await config.load();
  expect(readFileSync(config.path, 'utf8')).toBe('# mine\nprovider: podman\n');
});

test('set keeps what a person wrote around it', async () => {
  const config = written('# mine\nprovider: podman # here\n');
  expect(await config.set('limits.cpus', '3')).toBe(3);
  expect(readFileSync(config.path, 'utf8')).toBe('# mine\nprovider: podman # here\nlimits:\n  cpus: 3\n');
  expect(await config.load()).toMatchObject({provider: 'podman', limits: {cpus: 3}});
});

test('set keeps the agents as they are written, with their comments', async () => {
  const agents = [
    'agents:',
    '  # mine',
    '  mine:   # here',
    '    command: [ my-agent,   --tui ]   # a long line that would be broken anew if it were printed again',
    '    env: {A.B: 1.10, "x.y": \'z\'}',
    "    status: {titles: [{id: busy, status: working, title: '^\\*'}, {id: rest, status: ready, title: '^[^*]'}]}",
  ].join('\n');
  for (const behind of ['\n# the end\n', '\nprovider: podman # here\n', '\n\nnetwork: open\n\n', '']) {
    const config = written(`# head\n${agents}${behind}`);
    await config.set('agent', 'mine');
    await config.set('limits.cpus', '3');
    const text = readFileSync(config.path, 'utf8');
    expect(text.slice(0, agents.length + 7)).toBe(`# head\n${agents}`);
    expect(text).toContain(behind.trim());
    expect(await config.load()).toMatchObject({agent: 'mine', limits: {cpus: 3}});
  }
});

test('agents are no settings: whoever reads them checks them, and a load does not', async () => {
  const directory = temporaryDirectory();
  writeFileSync(path.join(directory, 'config.yaml'), 'provider: podman\nagents: 5\n');
  const asked: string[] = [];
  const config = configAt(directory, [
    async file => {
      asked.push(file);
      throw new AppError('CONFIG_INVALID', `${file}:2:9: agents: no`);
    },
  ]);
  expect(await config.load()).toMatchObject({provider: 'podman'});
  expect(asked).toEqual([]);
  expect(await cli(['config', 'edit'], {config})).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('config.yaml:2:9: agents: no'),
  });
  expect(asked).toEqual([config.path]);
});

test('set makes a file only its owner can read', async () => {
  const config = configAt(path.join(temporaryDirectory(), 'new'));
  await config.set('provider', 'docker');
  expect(statSync(config.path).mode & 0o777).toBe(0o600);
  expect(await config.get('provider')).toBe('docker');
});

test.each([
  ['limits.cpus', 'many'],
  ['limits.cpus', ''],
  ['limits.memory', '2x'],
  ['network', 'all'],
  ['image', 'a b'],
])('set %s to %j is refused and the file stays', async (key, value) => {
  const config = written('provider: podman\n');
  await expect(config.set(key, value)).rejects.toMatchObject({code: 'CONFIG_INVALID'});
  expect(readFileSync(config.path, 'utf8')).toBe('provider: podman\n');
});

test('get, set and path from the command line', async () => {
  const config = configAt(temporaryDirectory());
  expect(await cli(['config', 'path'], {config})).toMatchObject({stdout: `${config.path}\n`});
  expect(await cli(['config', 'set', 'limits.memory', '4g'], {config})).toMatchObject({code: 0, stdout: ''});
  expect(await cli(['config', 'get', 'limits.memory'], {config})).toMatchObject({stdout: '4g\n'});
  expect((await cli(['config', 'get'], {config})).stdout).toMatch(/^limits\.memory +4g$/m);
  expect(JSON.parse((await cli(['config', 'get', '--json'], {config})).stdout)).toMatchObject({'limits.cpus': 2});
  const unknown = await cli(['config', 'get', 'limit'], {config});
  expect(unknown).toMatchObject({code: 64, stderr: expect.stringContaining('Settings: provider, ')});
});

test('edit opens a file that explains itself and checks what came out', async () => {
  const config = configAt(path.join(temporaryDirectory(), 'new'));
  const ran: (readonly string[])[] = [];
  const edit = (write?: string) =>
    cli(['config', 'edit'], {
      config,
      env: {EDITOR: 'nano -w'},
      async runHere(file, args) {
        ran.push([file, ...args]);
        if (write !== undefined) writeFileSync(config.path, write);
        return 0;
      },
    });
  expect(await edit()).toMatchObject({code: 0});
  expect(ran).toEqual([['nano', '-w', config.path]]);
  expect(readFileSync(config.path, 'utf8')).toContain('# limits.memory (4g)');
  const [first] = readFileSync(config.path, 'utf8').split('\n');
  expect(first).toBe('# yaml-language-server: $schema=./config.schema.json');
  const schema: unknown = JSON.parse(readFileSync(path.join(config.path, '../config.schema.json'), 'utf8'));
  expect(schema).toEqual(schemas.config);
  expect(await edit('network: all\n')).toMatchObject({code: 78, stderr: expect.stringContaining('network')});
  expect(await edit('network: open\n'), 'a bad file can be mended').toMatchObject({code: 0});
});

test('an editor that is not there is said', async () => {
  const directory = temporaryDirectory();
  mkdirSync(path.join(directory, 'c'));
  const {code, stderr} = await cli(['config', 'edit'], {runHere: async () => 127, env: {VISUAL: 'emacsen'}});
  expect(code).toBe(64);
  expect(stderr).toContain('The editor emacsen ended with 127');
});

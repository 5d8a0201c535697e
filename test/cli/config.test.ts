import {existsSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
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
  ['limits: 5', 'limits: there is no such setting'],
  ['provider: 7', 'provider: a string is needed'],
  ['network: all', 'network: one of none, open is needed'],
  ['keys: {detach: q}', 'keys.detach: "q" is not a key such as ctrl-q'],
  ['colour: red', 'colour: there is no such setting'],
  ['- a\n- b', 'it does not hold settings'],
  ['limits: {cpus: 1', 'config.yaml: '],
])('the file %j is refused, naming file and key', async (text, message) => {
  const config = written(text);
  await expect(config.load()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    exitCode: 78,
    message: expect.stringContaining(message),
  });
  await expect(config.load()).rejects.toThrow(config.path);
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
  expect((await cli(['config', 'get'], {config})).stdout).toContain('limits.memory  4g');
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

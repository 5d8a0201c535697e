import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {HomePath, Seed} from '../../../src/agents/agent.ts';
import {copyHome} from '../../../src/agents/home/copy.ts';
import {withoutLogins} from '../../../src/agents/home/logins.ts';
import {type HomeLimits, planHome} from '../../../src/agents/home/plan.ts';
import {plantSeeds} from '../../../src/agents/home/seeds.ts';
import {homeTarget} from '../../../src/agents/home/target.ts';
import {claude} from '../../../src/agents/known/claude.ts';
import {codex} from '../../../src/agents/known/codex.ts';
import {gemini} from '../../../src/agents/known/gemini.ts';
import {qwen} from '../../../src/agents/known/qwen.ts';
import {temporaryDirectory} from '../../support/home.ts';

const asRoot = process.getuid?.() === 0;

function scene() {
  const base = temporaryDirectory();
  const home = path.join(base, 'user');
  const into = path.join(base, 'session');
  mkdirSync(home);
  const write = (place: string, text = place, mode = 0o644) => {
    mkdirSync(path.dirname(path.join(home, place)), {recursive: true});
    writeFileSync(path.join(home, place), text);
    chmodSync(path.join(home, place), mode);
  };
  const link = (target: string, place: string) => {
    mkdirSync(path.dirname(path.join(home, place)), {recursive: true});
    symlinkSync(target, path.join(home, place));
  };
  const owner = asRoot ? {uid: 1234, gid: 1235} : statSync(base);
  const target = () => homeTarget(into, owner);
  const copy = async (paths: readonly HomePath[], limits?: HomeLimits) =>
    copyHome(home, await planHome(home, paths, limits), target());
  const copied = () =>
    readdirSync(into, {recursive: true, withFileTypes: true})
      .filter(entry => !entry.isDirectory())
      .map(entry => path.relative(into, path.join(entry.parentPath, entry.name)))
      .sort();
  return {base, home, into, write, link, copy, copied, target, owner};
}

test('what is named comes along with its modes, what belongs to a process or a cache stays behind', async () => {
  const {home, into, write, copy, copied, owner} = scene();
  write('.tool/config.json', '{}', 0o600);
  write('.tool/bin/run', '#!/bin/sh\n', 0o4755);
  write('.tool/cache/big');
  write('.tool/deep/down/cache/big');
  write('.tool/logs.d/kept');
  write('.tool/today.log');
  write('.tool/only/here');
  write('.other/file');
  write('.tool.json');
  write('.tool-extra');
  const server = net.createServer().listen(path.join(home, '.tool/agent'));
  await new Promise(resolve => server.once('listening', resolve));
  const left = await copy([
    {path: '.tool', without: ['cache', '*.log', 'only/here']},
    {path: '.tool.*'},
    {path: '.missing'},
  ]);
  server.close();
  expect(left).toEqual([]);
  expect(copied()).toEqual(['.tool.json', '.tool/bin/run', '.tool/config.json', '.tool/logs.d/kept']);
  expect(statSync(path.join(into, '.tool/config.json')).mode & 0o7777).toBe(0o600);
  expect(statSync(path.join(into, '.tool/bin/run')).mode & 0o7777).toBe(0o755);
  for (const place of ['', '.tool', '.tool/bin', '.tool/bin/run', '.tool.json'])
    expect(lstatSync(path.join(into, place)).uid, place).toBe(owner.uid);
});

test('what an agent was told about other work stays behind; its own parts of the same names come along', async () => {
  const {write, copy, copied} = scene();
  write('.claude/projects/-src-secret/one.jsonl');
  write('.claude/history.jsonl');
  write('.claude/skills/plan/projects/kept.md');
  write('.claude/settings.json');
  write('.codex/sessions/2026/one.jsonl');
  write('.codex/auth.json');
  await copy([...claude.home, ...codex.home]);
  expect(copied()).toEqual(['.claude/settings.json', '.claude/skills/plan/projects/kept.md', '.codex/auth.json']);
});

test('links are followed to files of the same home, and nowhere else', async () => {
  const {base, into, write, link, copy, copied} = scene();
  writeFileSync(path.join(base, 'outside'), 'not yours');
  write('dotfiles/tool/settings.json', 'mine');
  write('dotfiles/other/nested/x', 'x');
  write('.ssh/id', 'a key');
  write('.config/gh/.ssh/x', 'x');
  write('.secrets/token', 'a token');
  link('../dotfiles/tool/settings.json', '.tool/settings.json');
  link('../../outside', '.tool/out');
  link('/etc/passwd', '.tool/absolute');
  link('../.ssh/id', '.tool/key');
  link('../.secrets/token', '.tool/token');
  link('../dotfiles', '.tool/directory');
  link('loop', '.tool/loop');
  link('gone', '.tool/dangling');
  link('dotfiles/other', '.linked');
  link('../outside', '.outside');
  const left = await copy([{path: '.tool'}, {path: '.linked'}, {path: '.outside'}]);
  expect(copied()).toEqual(['.linked/nested/x', '.tool/settings.json']);
  expect(lstatSync(path.join(into, '.tool/settings.json')).isSymbolicLink()).toBe(false);
  expect(readFileSync(path.join(into, '.tool/settings.json'), 'utf8')).toBe('mine');
  expect(left.map(one => one.path).sort()).toEqual(
    [
      '~/.outside',
      ...['absolute', 'dangling', 'directory', 'key', 'loop', 'out', 'token'].map(one => `~/.tool/${one}`),
    ].sort(),
  );
});

test.each(['../outside', '/etc/passwd', '.tool/../../outside', '.', ''])('%j is no path of a home', async place => {
  const {base, copy, copied, write} = scene();
  writeFileSync(path.join(base, 'outside'), 'not yours');
  write('.tool/a');
  expect(await copy([{path: place}])).toMatchObject([{why: 'is no path of a home'}]);
  expect(copied()).toEqual([]);
});

test('what is too much is left behind whole, and told; what comes after may still fit', async () => {
  const {write, copy, copied} = scene();
  for (let index = 0; index < 30; index++) write(`.tool/sessions/${index}`);
  write('.tool/config', 'x'.repeat(100));
  write('.big', 'x'.repeat(5000));
  write('.small');
  const paths = [{path: '.tool', without: ['sessions']}, {path: '.tool/sessions'}, {path: '.big'}, {path: '.small'}];
  const left = await copy(paths, {files: 20, bytes: 4000});
  expect(copied()).toEqual(['.small', '.tool/config']);
  expect(left.map(one => one.path)).toEqual(['~/.tool/sessions', '~/.big']);
  expect(left[0]?.why).toContain('too much');
});

test('what has gone since it was looked at is told; a home that cannot be read is no error', async () => {
  const {home, write, copied, target} = scene();
  write('.tool/a');
  write('.tool/b');
  const plan = await planHome(home, [{path: '.tool'}]);
  unlinkSync(path.join(home, '.tool/a'));
  symlinkSync('/etc/passwd', path.join(home, '.tool/a'));
  expect(await copyHome(home, plan, target())).toEqual([
    {path: '~/.tool/a', why: expect.stringContaining('cannot be read')},
  ]);
  expect(copied()).toEqual(['.tool/b']);
  expect(await planHome('/no/such/home', [{path: '.tool'}])).toMatchObject({entries: [], leftBehind: [{path: '~'}]});
});

test('a place that cannot be written is a clear error', async () => {
  const {home, into, write, target} = scene();
  write('.tool/a');
  const plan = await planHome(home, [{path: '.tool'}]);
  const made = target();
  writeFileSync(path.join(into, '.tool'), 'in the way');
  await expect(copyHome(home, plan, made)).rejects.toMatchObject({code: 'STATE_UNUSABLE'});
});

const seed = (changes: Partial<Seed>): Seed => ({path: '.tool/x.json', format: 'json', content: {}, ...changes});

test('seeds are brought into what the user has, which stays', async () => {
  const {into, write, copy, target} = scene();
  write('.tool/x.json', '{"theme": "dark", "deep": {"mine": 1, "list": ["a"]}, "off": false}');
  await copy([{path: '.tool'}]);
  const content = {theme: 'light', deep: {ours: 2, mine: 3, list: ['a', '{tail:KEY:4}', '{tail:NONE:4}']}, off: true};
  expect(
    plantSeeds(target(), [seed({content}), seed({path: 'new/y.json', content: {a: 1}})], {KEY: 'abcdefgh'}),
  ).toEqual([]);
  expect(JSON.parse(readFileSync(path.join(into, '.tool/x.json'), 'utf8'))).toEqual({
    theme: 'dark',
    deep: {mine: 1, list: ['a', 'efgh'], ours: 2},
    off: false,
  });
  expect(JSON.parse(readFileSync(path.join(into, 'new/y.json'), 'utf8'))).toEqual({a: 1});
});

test('seeds are planted where they are meant to be, with plain values', () => {
  const {into, target} = scene();
  const content = 'url = "{value:URL|https://usual}"\n';
  const text = (place: string) =>
    existsSync(path.join(into, place)) ? readFileSync(path.join(into, place), 'utf8') : undefined;
  const plant = (place: string, values: Record<string, string>, changes: Partial<Seed> = {}) => {
    plantSeeds(target(), [seed({path: place, format: 'text', content, ...changes})], values);
    return text(place);
  };
  expect(plant('a', {URL: 'http://here:1/v1'})).toBe('url = "http://here:1/v1"\n');
  expect(plant('a', {URL: 'http://there'})).toBe('url = "http://here:1/v1"\n');
  expect(plant('b', {URL: 'x"\n[evil]'})).toBe('url = "https://usual"\n');
  expect(plant('c', {}, {when: 'KEY'})).toBeUndefined();
  expect(plant('c', {KEY: 'x'}, {when: 'KEY', unless: 'a'})).toBeUndefined();
  expect(plant('c', {KEY: 'x'}, {when: 'KEY', unless: 'login'})).toBe('url = "https://usual"\n');
});

test.each(['[1]', '{"a": 1,}', 'not JSON'])('a file of the user that holds %j stays, and is told', async text => {
  const {into, write, copy, target} = scene();
  write('.tool/x.json', text);
  await copy([{path: '.tool'}]);
  expect(plantSeeds(target(), [seed({content: {a: 1}})], {})).toMatchObject([{path: '~/.tool/x.json'}]);
  expect(readFileSync(path.join(into, '.tool/x.json'), 'utf8')).toBe(text);
});

test.each(
  [claude, codex, gemini, qwen].map(agent => [agent.name, agent] as const),
)('of %s no login is copied where its keys stay outside, and the rest is', async (_, agent) => {
  const {write, copy, copied} = scene();
  const [top = ''] = agent.home.map(({path}) => path).filter(path => !path.endsWith('.json'));
  const logins = (agent.logins ?? []).map(file => file.replace('*', '-v2'));
  expect(logins.length).toBeGreaterThan(0);
  for (const file of [...logins, `${top}/settings`, `${top}/below/.env`]) write(file);
  await copy(withoutLogins(agent));
  expect(copied()).toEqual([`${top}/below/.env`, `${top}/settings`]);
});

import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {changeMode} from '../../../src/lib/beneath.ts';
import type {Paths} from '../../../src/lib/paths.ts';
import {cacheFiles, cacheVariables, toolCaches} from '../../../src/sessions/kept/cache-table.ts';
import {findKept, measured} from '../../../src/sessions/kept/find-kept.ts';
import {checkHomeFree, checkHomeName, mountPointIn} from '../../../src/sessions/kept/homes.ts';
import {repaired} from '../../../src/sessions/kept/repair-kept.ts';
import {walkKept} from '../../../src/sessions/kept/walk-kept.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {sampleRecord} from '../../support/sample-record.ts';

function kept() {
  const root = realpathSync(temporaryDirectory());
  const paths: Paths = {
    config: path.join(root, 'config'),
    state: path.join(root, 'state'),
    runtime: path.join(root, 'run'),
  };
  const place = (...names: string[]) => path.join(paths.state, ...names);
  const write = (name: string, text = 'x') => {
    mkdirSync(path.dirname(place(name)), {recursive: true});
    writeFileSync(place(name), text);
    return place(name);
  };
  return {root, paths, place, write};
}

test('every tool of the table has a directory of its own, and is pointed to it', () => {
  for (const {name} of toolCaches) {
    const said = [...Object.values(cacheVariables), ...cacheFiles.map(({content}) => content)];
    expect(
      said.some(text => text.includes(`/caches/${name}`)),
      name,
    ).toBe(true);
  }
  expect(JSON.stringify([Object.values(cacheVariables), cacheFiles])).not.toContain('DIR');
  expect(cacheVariables).toMatchObject({CARGO_HOME: '/caches/cargo', GOCACHE: '/caches/go/build'});
});

test('what is kept is found, with who works with it; what an agent put beside it is not', async () => {
  const {paths, place, write} = kept();
  write('caches/1000/npm/_cacache/a', 'x'.repeat(10_000));
  linkSync(place('caches/1000/npm/_cacache/a'), place('caches/1000/npm/_cacache/b'));
  symlinkSync('/usr', place('caches/1000/npm/usr'));
  symlinkSync('/usr', place('caches/1000/pip'));
  write('caches/1000/file');
  write('homes/claude/work/.claude.json');
  write('homes/claude/.making-01x/half');
  const records = [
    sampleRecord({id: 'a', name: 'one', caches: 'shared', agent: 'claude', home: 'work'}),
    sampleRecord({id: 'b', name: 'two', caches: 'shared', phase: 'stopped'}),
    sampleRecord({id: 'c', name: 'three', caches: 'private', agent: 'codex', home: 'work'}),
  ];
  const found = findKept(paths, records);
  expect(found.map(({kind, name, usedBy}) => [kind, name, usedBy])).toEqual([
    ['cache', 'npm', ['one']],
    ['home', 'claude/work', ['one']],
  ]);
  const {bytes, changedAt} = await measured(found[0]!);
  expect(bytes).toBeGreaterThanOrEqual(10_000);
  // Neither the file's second name nor what the link leads to.
  expect(bytes).toBeLessThan(40_000);
  expect(Math.abs((changedAt ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('repair takes away what killed tools left, opens what is shut, and follows no link', async () => {
  const {root, paths, place, write} = kept();
  const outside = path.join(root, 'outside');
  writeFileSync(outside, 'x', {mode: 0o200});
  const left = write('caches/0/npm/_cacache/tmp/half');
  const lock = write('caches/0/npm/_locks/x.lock');
  const stays = write('caches/0/npm/_cacache/index/x.lock');
  const shut = write('caches/0/npm/_cacache/content/a');
  symlinkSync(outside, place('caches/0/npm/_cacache/tmp-link'));
  chmodSync(shut, 0o000);
  const [npm] = findKept(paths, []);
  expect(await repaired(npm!)).toBe('npm: 1 made readable again, 2 left by tools that were killed, removed');
  expect([left, lock, stays].map(file => existsSync(file))).toEqual([false, false, true]);
  expect(lstatSync(shut).mode & 0o777).toBe(0o400);
  expect(lstatSync(outside).mode & 0o777).toBe(0o200);
  expect(await repaired(npm!)).toBe('');
});

test.runIf(process.getuid?.() === 0)(
  'repair gives files back to whom the caches are for, links themselves included',
  async () => {
    const {root, paths, place, write} = kept();
    const outside = path.join(root, 'outside');
    writeFileSync(outside, 'x');
    write('caches/1000/npm/a');
    symlinkSync(outside, place('caches/1000/npm/link'));
    const {lchownSync} = await import('node:fs');
    lchownSync(place('caches/1000'), 1000, 1000);
    const [npm] = findKept(paths, []);
    expect(await repaired(npm!)).toBe('npm: 2 given back to their owner');
    expect(
      [place('caches/1000/npm/a'), place('caches/1000/npm/link'), outside].map(file => lstatSync(file).uid),
    ).toEqual([...[1000, 1000, 0]]);
  },
);

test('what takes the place of a cache, or of a file in it, while they are mended is not followed', async () => {
  const {root, paths, place, write} = kept();
  const outside = path.join(root, 'outside');
  mkdirSync(outside);
  writeFileSync(path.join(outside, 'secret'), 'x', {mode: 0o200});
  write('caches/0/npm/a');
  write('caches/0/pip/a');
  const [npm, pip] = findKept(paths, []);
  rmSync(place('caches/0/npm'), {recursive: true});
  symlinkSync(outside, place('caches/0/npm'));
  expect(await repaired(npm!)).toBe('');
  expect(await measured(npm!)).toMatchObject({bytes: 0, changedAt: null});

  const seen: string[] = [];
  await walkKept(pip!.path, ({parent, name}) => {
    rmSync(place('caches/0/pip/a'));
    symlinkSync(path.join(outside, 'secret'), place('caches/0/pip/a'));
    changeMode(parent, name, () => 0o777);
    seen.push(name);
  });
  expect(seen).toEqual(['a']);
  expect(lstatSync(path.join(outside, 'secret')).mode & 0o777).toBe(0o200);
});

test('a home is one session’s at a time, in the phases in which it is worked in', () => {
  const holder = sampleRecord({id: 'a', name: 'one', agent: 'claude', home: 'work'});
  const asked = {agent: 'claude', home: 'work'};
  expect(() => checkHomeFree([holder], asked)).toThrow('in use by session "one"');
  for (const record of [
    {...holder, phase: 'stopped' as const},
    {...holder, agent: 'codex'},
    {...holder, home: 'other'},
  ])
    expect(() => checkHomeFree([record], asked)).not.toThrow();
  expect(() => checkHomeFree([holder], asked, 'a')).not.toThrow();
  expect(() => checkHomeFree([{...holder, home: null}], {...asked, home: null})).not.toThrow();
});

test.each(['', '..', 'a/b', '.x', 'A', '-a', 'a'.repeat(41), 'a\0'])('%j names no home', name => {
  expect(() => checkHomeName(name)).toThrow(expect.objectContaining({code: 'NAME_INVALID'}));
});

test('a mount point in a used home is made beside what is there, and never through a link', () => {
  const {root, write} = kept();
  const home = path.dirname(write('home/.config/mine'));
  mountPointIn(path.dirname(home), '.config/new/settings', false, undefined);
  mountPointIn(path.dirname(home), '.config/mine', false, undefined);
  mountPointIn(path.dirname(home), '.gnupg', true, undefined);
  expect(existsSync(path.join(home, 'new/settings'))).toBe(true);
  const outside = path.join(root, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, path.join(home, 'link'));
  symlinkSync(path.join(outside, 'file'), path.join(home, 'file'));
  for (const place of ['.config/link/settings', '.config/file'])
    expect(() => mountPointIn(path.dirname(home), place, false, undefined)).toThrow(
      expect.objectContaining({code: 'NOT_ALLOWED', message: expect.stringContaining(`~/${place}`)}),
    );
  expect(() => mountPointIn(path.dirname(home), '.config/link', true, undefined)).toThrow('cannot be mounted');
  expect(existsSync(path.join(outside, 'settings'))).toBe(false);
  expect(existsSync(path.join(outside, 'file'))).toBe(false);
});

import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, expect, test} from 'vitest';
import {bundle, manifest, root} from '../../scripts/bundle.ts';
import {publishedManifest, writePackage} from '../../scripts/package.ts';
import {temporaryDirectory} from '../support/home.ts';

const dist = path.join(root, 'dist');

beforeAll(async () => {
  await bundle({main: path.join(root, 'src/main.ts'), outdir: dist});
});

function trails(args: readonly string[], options: {readonly home?: string; readonly node?: readonly string[]} = {}) {
  const {status, stdout, stderr} = spawnSync(
    process.execPath,
    [...(options.node ?? []), path.join(dist, 'main.js'), ...args],
    {
      encoding: 'utf8',
      input: '',
      env: {PATH: process.env.PATH, TRAILS_HOME: options.home ?? temporaryDirectory()},
    },
  );
  return {status, stdout, stderr};
}

test('the bundle knows its version and its help', () => {
  expect(trails(['--version'])).toEqual({status: 0, stdout: `${manifest().version}\n`, stderr: ''});
  expect(trails(['--help'])).toMatchObject({status: 0, stdout: expect.stringContaining('Usage: trails'), stderr: ''});
});

test('the bundle reads and writes settings', () => {
  const home = temporaryDirectory();
  expect(trails(['config', 'get', 'image'], {home})).toEqual({status: 0, stdout: 'auto\n', stderr: ''});
  expect(trails(['config', 'set', 'image', 'host'], {home})).toEqual({
    status: 0,
    stdout: '',
    stderr: 'image is host\n',
  });
  expect(trails(['config', 'get', 'image'], {home})).toEqual({status: 0, stdout: 'host\n', stderr: ''});
});

test('without a terminal the dashboard says so, with 64', () => {
  const {status, stderr} = trails([]);
  expect(status).toBe(64);
  expect(stderr).toContain('stdin is not one');
});

test('an older Node is told so in words', () => {
  const older =
    "data:text/javascript,Object.defineProperty(process, 'versions', {value: {...process.versions, node: '22.20.0'}})";
  const {status, stderr} = trails(['ls'], {node: ['--import', older]});
  expect(status).toBe(69);
  expect(stderr).toContain('error: Trails needs Node >= 24.15, this is ');
  expect(stderr).not.toContain('    at ');
});

test('nothing is built again when nothing changed', async () => {
  expect(await bundle({main: path.join(root, 'src/main.ts'), outdir: dist})).toBe(false);
});

test('a published package carries no other package, least of all a Node', async () => {
  const to = path.join(temporaryDirectory(), 'package');
  await writePackage(to);
  const published = JSON.parse(readFileSync(path.join(to, 'package.json'), 'utf8')) as Record<string, unknown>;
  expect(Object.keys(published)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/dependencies|scripts|private|devEngines/i)]),
  );
  expect(published).toMatchObject({name: 'trails', bin: {trails: 'dist/main.js'}, engines: {node: '>=24.15'}});
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--offline'], {
      cwd: to,
      encoding: 'utf8',
      env: {...process.env, npm_config_cache: temporaryDirectory()},
    }),
  ) as [{files: {path: string}[]}];
  const files = packed.files.map(one => one.path);
  expect(files).toEqual(
    expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md', 'package.json', 'dist/main.js', 'dist/trails.js']),
  );
  expect(
    files.filter(file => !/^(dist|images|schema)\/|^(README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(file)),
  ).toEqual([]);
  expect(files).not.toContain('dist/.stamp');
  expect(existsSync(path.join(to, 'node_modules'))).toBe(false);
});

test('what is not on the list is not published', () => {
  expect(
    publishedManifest({name: 'trails', private: true, dependencies: {a: '1'}, optionalDependencies: {b: '1'}}),
  ).toEqual({
    name: 'trails',
    files: expect.any(Array),
  });
});

import {linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {measure} from '../../../src/sessions/fleet/disk.ts';
import {becomes, PortScene} from '../../contracts/port-scene.ts';
import {openService} from '../../support/service-fixture.ts';

const scene = new PortScene();
const made: string[] = [];
afterEach(async () => {
  await scene.end();
  for (const directory of made.splice(0)) rmSync(directory, {recursive: true, force: true});
});
const megabyte = 2 ** 20;
const fill = (file: string) => writeFileSync(file, Buffer.alloc(megabyte, 1));

function tree(): string {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-disk-')));
  made.push(root);
  for (const name of ['work', 'home', 'elsewhere']) mkdirSync(path.join(root, name));
  return root;
}

test('files are counted once, also those with two names; links lead nowhere', async () => {
  const root = tree();
  const [work, home, elsewhere] = ['work', 'home', 'elsewhere'].map(name => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  fill(path.join(work, 'one'));
  linkSync(path.join(work, 'one'), path.join(home, 'again'));
  fill(path.join(elsewhere, 'big'));
  symlinkSync(elsewhere, path.join(work, 'link'));
  const bytes = await measure([work, home, path.join(root, 'missing')]);
  expect(bytes).toBeGreaterThanOrEqual(megabyte);
  expect(bytes).toBeLessThan(1.5 * megabyte);
  expect(await measure([path.join(root, 'missing')])).toBe(0);
});

test('one that holds more than it may is told so, once, in its note and in the audit log', async () => {
  const fixture = await openService();
  scene.begin(fixture);
  const {workspace} = await scene.create({limits: {diskBytes: megabyte}, args: ['idle', 'here']});
  expect((await scene.port.stats()).map(({diskBytes}) => diskBytes! < megabyte)).toEqual([true]);
  fill(path.join(workspace.path, 'one'));
  fixture.pass(60_000);
  await becomes(scene.port, 'api', ({note}) => note === 'it holds more on the disk than it may');
  const rows = [];
  for await (const row of scene.port.audit({}, AbortSignal.timeout(5000))) if (row.action === 'disk') rows.push(row);
  expect(rows).toMatchObject([{name: 'api', detail: expect.stringMatching(/^1\.0M of 1M: /)}]);
  rmSync(path.join(workspace.path, 'one'));
  fixture.pass(60_000);
  await becomes(scene.port, 'api', ({note}) => note === '');
});

test('a home that is kept counts like one of its own', async () => {
  const fixture = await openService();
  scene.begin(fixture);
  const {agent} = await scene.create({home: 'work', limits: {diskBytes: megabyte}, args: ['idle', 'here']});
  const home = path.join(fixture.paths.state, 'homes', agent, 'work');
  mkdirSync(home, {recursive: true});
  fill(path.join(home, 'one'));
  fixture.pass(60_000);
  await becomes(scene.port, 'api', ({note}) => note === 'it holds more on the disk than it may');
});

import {expect, test} from 'vitest';
import type {KeptInfo, PruneRequest} from '../../src/sessions/port.ts';
import {epoch, fakePort} from './fake-port.ts';
import {cli} from './run.ts';

const npm: KeptInfo = {
  ...{kind: 'cache', name: 'npm\x1b[2J', path: '/s/caches/1000/npm', bytes: 3 * 2 ** 20},
  ...{changedAt: epoch - 3_600_000, usedBy: ['api']},
};
const home: KeptInfo = {kind: 'home', name: 'claude/work', path: '/s/h', bytes: 0, changedAt: null, usedBy: []};

function world() {
  const asked: PruneRequest[] = [];
  const port = {
    ...fakePort().port,
    kept: async () => [npm, home],
    async pruneKept(request: PruneRequest) {
      asked.push(request);
      return {removed: [home], left: [{name: 'npm', why: 'api works with it'}]};
    },
    repairKept: async () => ['npm: 2 given back to their owner'],
  };
  return {port, asked};
}

test('ls shows kinds, sizes, ages and users, cleaned', async () => {
  const {stdout} = await cli(['cache', 'ls'], world());
  const [head, first, second] = stdout.split('\n');
  expect(head).toMatch(/^KIND +NAME +SIZE +CHANGED +USED BY +PATH$/);
  expect(first).toMatch(/^cache +npm +3\S* ?\S* +1h +api +\/s\/caches\/1000\/npm$/);
  expect(second).toMatch(/^home +claude\/work +\S.* +- +- +\/s\/h$/);
  expect(JSON.parse((await cli(['cache', 'ls', '--json'], world())).stdout)).toMatchObject([
    ...[{name: npm.name, bytes: npm.bytes, changedAt: '2026-11-21T11:00:00.000Z'}, {changedAt: null}],
  ]);
});

test('prune takes what is old, by name what is named, and says what stays and why', async () => {
  const {port, asked} = world();
  const {code, stderr} = await cli(['cache', 'prune'], {port});
  expect(code).toBe(0);
  expect(stderr).toMatch(/^removed claude\/work, .*\nleft npm: api works with it\n$/);
  await cli(['cache', 'prune', 'npm', 'claude/work', '--unused', '7d'], {port});
  await cli(['cache', 'prune', '--all'], {port});
  expect(asked).toEqual([
    {names: [], unusedMs: 30 * 86_400_000},
    {names: ['npm', 'claude/work'], unusedMs: 7 * 86_400_000},
    {names: [], unusedMs: 0},
  ]);
  expect(await cli(['cache', 'prune', '--unused', 'long'], {port})).toMatchObject({code: 64});
  expect(asked).toHaveLength(3);
});

test('repair tells what it mended', async () => {
  expect(await cli(['cache', 'repair'], world())).toMatchObject({
    code: 0,
    stderr: 'npm: 2 given back to their owner\n',
  });
  expect((await cli(['cache', 'repair'])).stderr).toBe('nothing was to be mended\n');
});

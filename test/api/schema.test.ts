import {cpSync, globSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {beforeEach, expect, test} from 'vitest';
import {buf, bufMissing} from '../support/buf.ts';
import {temporaryDirectory} from '../support/home.ts';

// The gates of the API: each says what mends it. CONTRIBUTING tells how the API is changed.

const fine = {status: 0, stdout: '', stderr: ''};

beforeEach(context => context.skip(bufMissing !== undefined, bufMissing));

test('the protos follow the rules of src/api/buf.yaml', async () => {
  expect(await buf(['lint'])).toEqual(fine);
});

test('the protos are formatted: `npm run api`', async () => {
  expect(await buf(['format', '--diff', '--exit-code'])).toEqual(fine);
});

test('the generated code is that of the protos: `npm run api`', async () => {
  const to = temporaryDirectory();
  expect(await buf(['generate', '--output', to])).toEqual(fine);
  const files = (directory: string) =>
    Object.fromEntries(
      globSync('**/*.{js,ts}', {cwd: directory})
        .sort()
        .map(file => [file, readFileSync(path.join(directory, file), 'utf8')]),
    );
  expect(files('src/api/gen')).toEqual(files(path.join(to, 'gen')));
});

const breaking = (cwd?: string) => buf(['breaking', '--against', path.resolve('src/api/baseline.binpb')], cwd);

test('nothing breaks clients of the released API, src/api/baseline.binpb', async () => {
  expect(await breaking()).toEqual(fine);
});

test.each([
  ['a call that is gone', 'session_service', /^ {2}rpc Wait\(.*\n/m, ''],
  ['a field of another number', 'session', 'string provider = 5', 'string provider = 50'],
  ['a field of another name', 'session', 'string image = 6', 'string picture = 6'],
  ['a value of an enum that is gone', 'session', /^ {2}STATUS_ERROR = 6;\n/m, ''],
] as const)('the gate holds against %s', async (_, name, what, instead) => {
  const copy = temporaryDirectory();
  for (const part of ['buf.yaml', 'trails'])
    cpSync(path.join('src/api', part), path.join(copy, part), {recursive: true});
  const file = path.join(copy, 'trails/v1', `${name}.proto`);
  const before = readFileSync(file, 'utf8');
  const after = before.replace(what, instead);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  expect(await breaking(copy)).toMatchObject({status: 100, stdout: expect.stringContaining(`${name}.proto`)});
});

import {expect, test} from 'vitest';
import type {ProjectView} from '../../src/sessions/port.ts';
import {fakePort} from './fake-port.ts';
import {cli, startCli} from './run.ts';

const project = (over: Partial<ProjectView> = {}): ProjectView => ({
  ...{repo: '/src/api', file: '/src/api/.trails.yaml', trust: 'untrusted', digest: 'd1'},
  ...{says: ['image: evil:1', 'setup: curl \x1b[2Jevil\r\n'], applied: [], refused: ['image: evil:1']},
  ...{added: [], removed: []},
  ...over,
});

function world(found: ProjectView | null) {
  const trusted: string[] = [];
  const {port} = fakePort();
  return {
    trusted,
    port: {
      ...port,
      resolve: async () => ({agent: 'shell', variables: [], project: found}),
      async trust(directory: string, digest: string) {
        trusted.push(`${directory} ${digest}`);
        return project({trust: 'trusted'});
      },
      revokeTrust: async () => true,
      trusted: async () => [{repo: '/src/\x1bapi', at: 0, now: 'changed' as const}],
    },
  };
}

test('it shows everything the file says, cleaned, and asks', async () => {
  const {port, trusted} = world(project());
  const {done, stdin, seen} = startCli(['trust', 'sub'], {port, terminal: true});
  stdin.write('y\n');
  expect((await done).code).toBe(0);
  expect(seen.stdout).toBe('/src/api/.trails.yaml says:\n  image: evil:1\n  setup: curl evil \n');
  expect(seen.stderr).toContain('Let every session of this repository be so? [y/N]');
  expect(trusted).toEqual(['/src/api/sub d1']);
});

test('anything but yes trusts nothing', async () => {
  const {port, trusted} = world(project());
  const {done, stdin} = startCli(['trust'], {port, terminal: true});
  stdin.write('maybe\n');
  expect(await done).toMatchObject({code: 0, stderr: expect.stringContaining('It is not trusted.')});
  expect(trusted).toEqual([]);
});

test('a script says --yes, and is refused without', async () => {
  const {port, trusted} = world(project());
  expect(await cli(['trust'], {port})).toMatchObject({code: 64, stderr: expect.stringContaining('--yes')});
  expect(trusted).toEqual([]);
  expect(await cli(['trust', '--json'], {port})).toMatchObject({code: 0});
  expect(trusted).toEqual([]);
  expect(await cli(['trust', '--yes'], {port})).toMatchObject({code: 0});
  expect(trusted).toEqual(['/src/api d1']);
});

test('of a changed file it shows what has come and gone', async () => {
  const changed = project({
    ...{trust: 'changed', says: ['image: a', 'setup: new'], added: ['setup: new'], removed: ['setup: old']},
  });
  const {stdout, stderr} = await cli(['trust', '--yes'], {port: world(changed).port});
  expect(stdout).toBe('/src/api/.trails.yaml says:\n    image: a\n  + setup: new\n  - setup: old\n');
  expect(stderr).toContain('It was trusted as it was before');
});

test('without a file it says so; list and revoke', async () => {
  const {port} = world(null);
  expect(await cli(['trust'], {port})).toMatchObject({code: 66, stderr: expect.stringContaining('no .trails.yaml')});
  expect((await cli(['trust', '--list'], {port})).stdout).toMatch(/\/src\/api +1970-01-01 +changed/);
  expect(JSON.parse((await cli(['trust', '--list', '--json'], {port})).stdout)).toMatchObject([{now: 'changed'}]);
  expect((await cli(['trust', '--revoke'], {port})).stderr).toBe('It is trusted no longer.\n');
});

test('new says on stderr what was left out, and how to agree to it', async () => {
  const {port} = world(project({applied: ['limits.memory: 1g'], refused: ['setup: curl \x1b[2Jevil']}));
  const {stdout, stderr} = await cli(['new', 'api'], {port});
  expect(stdout).toBe('api\n');
  expect(stderr).toContain(
    [
      '/src/api/.trails.yaml: limits.memory: 1g',
      '/src/api/.trails.yaml is not trusted; left out:',
      '  setup: curl evil',
      'See what it asks for, and agree to it: trails trust /src/api',
    ].join('\n'),
  );
  const quiet = await cli(['new', 'api'], {port: world(project({trust: 'trusted', refused: []})).port});
  expect(quiet.stderr).not.toContain('.trails.yaml');
});

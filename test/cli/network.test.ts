import {describe, expect, test} from 'vitest';
import type {NetworkView, SessionsPort} from '../../src/sessions/port.ts';
import {epoch, fakePort, sessionView} from './fake-port.ts';
import {cli} from './run.ts';

const view: NetworkView = {
  network: 'allowlist',
  rules: [
    {host: 'evil.example', hosts: ['evil.example'], decision: 'block', from: 'session'},
    {host: 'npm', hosts: ['registry.npmjs.org', 'nodejs.org'], decision: 'allow', from: 'request'},
    {host: '.anthropic.com', hosts: ['.anthropic.com'], decision: 'allow', from: 'agent'},
  ],
  attempts: [
    {
      ...{host: 'telemetry.example', port: 443, outcome: 'denied', reason: 'it is not on the list', count: 12},
      ...{firstAt: epoch - 60_000, lastAt: epoch - 3000, ruled: null},
    },
    {
      ...{host: 'api.anthropic.com', port: 443, outcome: 'allowed', reason: '', count: 3},
      ...{firstAt: epoch - 60_000, lastAt: epoch - 65_000, ruled: 'allow'},
    },
    {
      ...{host: 'b\x1b[31mad', port: 80, outcome: 'failed', reason: 'no\x07pe', count: 1},
      ...{firstAt: epoch, lastAt: epoch, ruled: 'allow'},
    },
  ],
  routes: [],
  problem: '',
};
const session = sessionView({network: 'allowlist', denied: 1});
const worldOf = (own: Partial<SessionsPort> = {}) =>
  fakePort([session], {network: async () => view, decide: async () => view, ...own});

describe('trails network', () => {
  test('prints the rules with where each comes from, and what was tried', async () => {
    const {port, names} = worldOf();
    const {code, stdout, stderr} = await cli(['network', 'api'], {port});
    expect({code, stdout: stdout.split('\n'), stderr}).toEqual({
      code: 0,
      stdout: [
        'RULE   HOST            FROM',
        'block  evil.example    by you, for this session',
        'allow  npm             asked for when it was made: registry.npmjs.org, nodejs.org',
        'allow  .anthropic.com  its agent needs it',
        '',
        'OUTCOME  HOST               COUNT  AGO  WHY',
        'denied   telemetry.example    ×12   3s  it is not on the list',
        'allowed  api.anthropic.com     ×3   1m',
        'failed   bad:80                ×1   0s  nope',
        '',
      ],
      stderr: 'To let it through: trails allow api telemetry.example\n',
    });
    // Nobody may have looked at what went into a pipe.
    expect(names()).not.toContain('networkSeen');
  });

  test('on a terminal it has been looked at', async () => {
    const {port, names} = worldOf();
    await cli(['network', 'api'], {port, terminal: true});
    expect(names()).toContain('networkSeen');
  });

  test('as JSON it is one document', async () => {
    const {port} = worldOf();
    const {stdout} = await cli(['network', 'api', '--json'], {port});
    expect(JSON.parse(stdout)).toMatchObject({
      network: 'allowlist',
      problem: null,
      rules: [{host: 'evil.example', from: 'session'}, {}, {}],
      attempts: [{host: 'telemetry.example', count: 12, lastAt: new Date(epoch - 3000).toISOString()}, {}, {}],
    });
    expect(stdout).not.toContain('\x1b');
  });

  test('following, each attempt is a line when it comes', async () => {
    const [first, second] = view.attempts;
    const {port} = worldOf({
      async *watchNetwork() {
        yield {...view, attempts: [second!]};
        yield {...view, attempts: [first!, second!]};
        yield {...view, attempts: [{...first!, count: 13}, second!]};
      },
    });
    const {stdout} = await cli(['network', 'api', '--follow', '--json'], {port});
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map(line => [JSON.parse(line).host, JSON.parse(line).count])).toEqual([
      ['api.anthropic.com', 3],
      ['telemetry.example', 12],
      ['telemetry.example', 13],
    ]);
  });

  test.each([
    ['none', 'nothing can be reached'],
    ['open', 'everything can be reached'],
  ] as const)('of the network %s there is nothing to list', async (network, words) => {
    const {port} = fakePort([sessionView({network})]);
    expect((await cli(['network', 'api'], {port})).stdout).toContain(words);
  });
});

describe('deciding on a host', () => {
  test.each([
    [['allow', 'api', 'a.example'], 'session', 'api may reach a.example'],
    [['allow', 'api', 'a.example', '--once'], 'once', 'within a minute'],
    [['allow', 'api', 'npm', '--repo'], 'repo', 'all sessions of its repository'],
    [['block', 'api', '.example'], 'block', '.example is blocked'],
    [['network', 'api', '--forget', 'a.example'], 'forget', 'nothing is said about a.example'],
  ] as const)('%j is the decision %s', async (argv, decision, words) => {
    const {port, calls} = worldOf();
    const {code, stdout, stderr} = await cli(argv, {port});
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(words);
    const host = argv.findLast(word => !word.startsWith('--'));
    expect(calls).toContainEqual(['decide', session.id, {host, decision}]);
  });

  test('once and for the repository do not go together', async () => {
    const {port, names} = worldOf();
    const {code} = await cli(['allow', 'api', 'a.example', '--once', '--repo'], {port});
    expect([code, names()]).toEqual([64, []]);
  });
});

test('what went through a broker is counted', async () => {
  const routes = [{name: 'anthropic', requests: 12, failed: 1}];
  const {port} = fakePort([{...session, credentials: 'broker'}], {network: async () => ({...view, routes})});
  expect((await cli(['network', 'api'], {port})).stdout).toContain(
    'Keys added outside: anthropic 12 requests, 1 failed',
  );
  expect((await cli(['show', 'api'], {port})).stdout).toContain('stay outside of it; anthropic 12 requests, 1 failed');
});

test('show tells how the network stands', async () => {
  const {port} = worldOf();
  const {stdout} = await cli(['show', 'api'], {port});
  expect(stdout).toContain('allowlist: 3 rules, 1 destination reached, 1 denied');
});

import {expect, test} from 'vitest';
import {AppError, type ErrorCode} from '../../src/errors.ts';
import {fakePort} from './fake-port.ts';
import {cli, startCli} from './run.ts';

const failing = (error: unknown) =>
  fakePort([], {
    list: async () => {
      throw error;
    },
  }).port;

const codes: readonly (readonly [ErrorCode, number])[] = [
  ['USAGE', 64],
  ['NAME_INVALID', 64],
  ['NAME_TAKEN', 73],
  ['SESSION_UNKNOWN', 66],
  ['SESSION_AMBIGUOUS', 64],
  ['AGENT_UNKNOWN', 64],
  ['PROVIDER_UNKNOWN', 64],
  ['IMAGE_MISSING', 66],
  ['REPO_UNUSABLE', 66],
  ['WORKSPACE_LOCKED', 75],
  ['LIMIT_INVALID', 64],
  ['PHASE_FORBIDS', 75],
  ['ENGINE_UNREACHABLE', 69],
  ['ENGINE_REFUSED', 73],
  ['DAEMON_UNREACHABLE', 69],
  ['DAEMON_VERSION', 69],
  ['CANNOT_CREATE', 73],
  ['UNSUPPORTED', 69],
  ['NOT_A_TERMINAL', 64],
  ['NOT_ALLOWED', 77],
  ['STATE_UNUSABLE', 73],
  ['CONFIG_INVALID', 78],
  ['TIMEOUT', 124],
];

test.each(codes)('%s ends with %i, once in words and once as JSON', async (code, exit) => {
  const port = failing(new AppError(code, 'what happened', {hint: 'what to do'}));
  expect(await cli(['ls'], {port})).toMatchObject({
    code: exit,
    stdout: '',
    stderr: 'error: what happened\nhint: what to do\n',
  });
  const json = await cli(['ls', '--json'], {port});
  expect(json).toMatchObject({code: exit, stderr: ''});
  expect(JSON.parse(json.stdout)).toEqual({error: {code, message: 'what happened', hint: 'what to do'}});
});

test('a bug keeps its stack and ends with 70', async () => {
  const {code, stderr} = await cli(['ls'], {port: failing(new TypeError('undefined is not a session'))});
  expect(code).toBe(70);
  expect(stderr).toMatch(/TypeError: undefined is not a session\n\s+at /);
  expect(stderr).toContain('error: internal error: undefined is not a session');
});

test('with --json the stack of a bug goes to stderr', async () => {
  const {stdout, stderr} = await cli(['ls', '--json'], {port: failing(new TypeError('oh'))});
  expect(JSON.parse(stdout)).toMatchObject({error: {code: 'INTERNAL'}});
  expect(stderr).toContain('at ');
});

test.each([
  [['lss'], "unknown command 'lss'", 'Did you mean ls?'],
  [['ls', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
  [['images', 'bild'], "unknown command 'bild'", 'Did you mean build?'],
  [['images'], 'trails images needs a command', '`trails help images`'],
  [['show'], "missing required argument 'name'", '`trails help`'],
  [['ls', 'one'], 'too many arguments', '`trails help`'],
  [['ls', '--', 'one'], 'takes nothing behind --', '`trails help`'],
  [['new', '--network', 'all'], 'Allowed choices are none, allowlist, open', '`trails help`'],
  [['logs', 'api', '--tail', 'few'], '--tail needs a whole number, not "few"', '`trails help`'],
  [['exec', 'api'], 'trails exec needs a command', 'behind --'],
  [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish', '`trails help`'],
  [['lss\x1b[2J'], "unknown command 'lss'", '`trails help`'],
])('%j is a usage error', async (argv, message, hint) => {
  const {code, stdout, stderr, opened} = await cli(argv);
  expect(code).toBe(64);
  expect(stdout).toBe('');
  expect(stderr).toContain(message);
  expect(stderr).toMatch(/^hint: /m);
  expect(stderr).toContain(hint);
  expect(stderr).not.toContain('\x1b');
  expect(opened).toEqual([]);
});

test('a list that never ends cannot be one JSON document', async () => {
  const {code, stdout} = await cli(['logs', 'api', '-f', '--json']);
  expect(code).toBe(64);
  expect(JSON.parse(stdout)).toMatchObject({error: {code: 'USAGE', message: expect.stringContaining('--follow')}});
});

test('help and version are results, not errors', async () => {
  expect(await cli(['--version'])).toMatchObject({code: 0, stdout: '1.2.3\n', stderr: ''});
  expect(await cli(['--help'])).toMatchObject({code: 0, stdout: expect.stringContaining('Usage: trails'), stderr: ''});
  expect((await cli(['help', 'new'])).stdout).toContain('--memory <amount>');
});

test('a reader that leaves ends the command without a word', async () => {
  const {port} = fakePort([], {
    async *logs(_ref, _options, signal) {
      for (let line = 0; !signal.aborted; line++) yield {lines: [`line ${line}`], next: line + 1};
    },
  });
  const run = startCli(['logs', 'api', '-f'], {port});
  run.stdout.once('data', () => run.stdout.destroy(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'})));
  expect(await run.done).toMatchObject({code: 0, stderr: ''});
});

test('Ctrl-C leaves a command that hangs, with 130', async () => {
  const asked = Promise.withResolvers<void>();
  const {port, names} = fakePort([], {
    list: () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const run = startCli(['ls'], {port});
  await asked.promise;
  run.interrupt();
  expect(await run.done).toMatchObject({code: 130, stdout: '', stderr: ''});
  expect(names()).toContain('close');
});

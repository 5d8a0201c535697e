import {expect, test} from 'vitest';
import type {Daemon, DaemonStatus} from '../../src/cli/context.ts';
import {AppError} from '../../src/errors.ts';
import {epoch} from './fake-port.ts';
import {cli} from './run.ts';

const status: DaemonStatus = {
  version: '0.2.0',
  pid: 4711,
  since: epoch - 3 * 60_000,
  ...{sessions: 3, liveSessions: 2, clients: 1},
  ...{socket: '/run/user/1000/trails/trails.sock', log: '/home/me/.local/state/trails/daemon.log'},
};

const daemon = (changes: Partial<Daemon> = {}): Daemon => ({
  run: async () => 0,
  keep: async () => 0,
  start: async () => status,
  stop: async () => true,
  status: async () => status,
  ...changes,
});

test('status says who it is, since when and for how many', async () => {
  const {code, stdout} = await cli(['daemon', 'status'], {daemon: daemon()});
  expect(code).toBe(0);
  expect(stdout).toMatch(/^version +0\.2\.0\npid +4711\nsince +2026-11-21T11:57:00\.000Z \(3m\)\n/);
  expect(stdout).toMatch(/^sessions +3, 2 live\nclients +1\nsocket +\S+trails\.sock\nlog +\S+daemon\.log$/m);
});

test('status --json is one document', async () => {
  const {stdout} = await cli(['daemon', 'status', '--json'], {daemon: daemon()});
  expect(JSON.parse(stdout)).toEqual({...status, running: true, since: '2026-11-21T11:57:00.000Z'});
});

test('status without a daemon ends with 69 and starts none', async () => {
  const start = () => Promise.reject(new Error('started'));
  const none = daemon({status: async () => undefined, start});
  expect(await cli(['daemon', 'status'], {daemon: none})).toMatchObject({code: 69, stdout: ''});
  const {code, stdout} = await cli(['daemon', 'status', '--json'], {daemon: none});
  expect({code, ...JSON.parse(stdout)}).toEqual({code: 69, running: false});
});

test('stop says that sessions run on; without a daemon it is fine too', async () => {
  expect(await cli(['daemon', 'stop'], {daemon: daemon()})).toMatchObject({
    code: 0,
    stderr: 'The daemon has ended. Sessions run on, and the next command starts it again.\n',
  });
  const none = daemon({stop: async () => false});
  expect(await cli(['daemon', 'stop'], {daemon: none})).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('No daemon runs'),
  });
});

test('start says which one runs, or why none does', async () => {
  expect(await cli(['daemon', 'start'], {daemon: daemon()})).toMatchObject({
    code: 0,
    stderr: 'The daemon runs: version 0.2.0, process 4711.\n',
  });
  const start = () => Promise.reject(new AppError('DAEMON_UNREACHABLE', 'no luck', {hint: 'look there'}));
  expect(await cli(['daemon', 'start'], {daemon: daemon({start})})).toMatchObject({
    code: 69,
    stderr: 'error: no luck\nhint: look there\n',
  });
});

test('run ends with the code of the daemon, and says when another one was first', async () => {
  expect(await cli(['daemon', 'run'], {daemon: daemon()})).toMatchObject({code: 0, stdout: '', stderr: ''});
  expect(await cli(['daemon', 'run'], {daemon: daemon({run: async () => 75})})).toMatchObject({
    code: 75,
    stderr: expect.stringContaining('Another daemon runs already'),
  });
});

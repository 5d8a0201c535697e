import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {configAt} from '../../src/lib/config.ts';
import type {Attachment, AttachmentEnd} from '../../src/sessions/port.ts';
import {temporaryDirectory} from '../support/home.ts';
import {fakePort, finishedProcess} from './fake-port.ts';
import {cli, startCli} from './run.ts';

async function* none(): AsyncIterable<never> {}

const ending = (end: AttachmentEnd): Attachment => ({
  output: none(),
  write() {},
  resize() {},
  detach() {},
  closed: Promise.resolve(end),
});
const attachable = (end: AttachmentEnd) => fakePort(undefined, {attach: async () => ending(end)});

test.each(['attach', 'shell'])('%s without a terminal says so, and asks nothing of anybody', async command => {
  const {code, stderr, opened} = await cli([command, 'api']);
  expect(code).toBe(64);
  expect(stderr).toContain('needs a terminal, and stdin is not one');
  expect(opened).toEqual([]);
});

test('attach tells how to come back, or how the session ended', async () => {
  const {port, calls} = attachable({reason: 'detached'});
  expect(await cli(['attach', 'ap'], {port, terminal: true})).toMatchObject({
    code: 0,
    stderr: 'left api; it goes on: trails attach api\n',
  });
  expect(calls).toContainEqual(['attach', 'ap', {columns: 100, rows: 30}]);
  const ended = attachable({reason: 'exited', exitCode: 3});
  expect(await cli(['attach', 'api'], {port: ended.port, terminal: true})).toMatchObject({
    code: 0,
    stderr: 'api ended with exit code 3\n',
  });
});

test('a session lost while attached is an error', async () => {
  const {port} = attachable({reason: 'lost', detail: 'the engine went away'});
  const {code, stderr} = await cli(['attach', 'api'], {port, terminal: true});
  expect(code).toBe(69);
  expect(stderr).toContain('lost api: the engine went away');
});

test('the detach key is the configured one', async () => {
  const config = configAt(temporaryDirectory());
  await config.set('keys.detach', 'ctrl-]');
  const {port} = attachable({reason: 'detached'});
  const keys: string[] = [];
  await cli(['attach', 'api'], {
    port,
    config,
    terminal: true,
    runAttach: async ({attachment, detachKey}) => {
      keys.push(detachKey);
      return attachment.closed;
    },
  });
  expect(keys).toEqual(['ctrl-]']);
});

test('shell ends with the exit code of the shell', async () => {
  const {port} = fakePort(undefined, {shell: async () => finishedProcess(4, [['stdout', '']])});
  const run = cli(['shell', 'api'], {
    port,
    terminal: true,
    runAttach: async ({attachment}) => attachment.closed,
  });
  expect(await run).toMatchObject({code: 4});
});

test('exec passes bytes on as they are to a pipe, and ends with the code of the command', async () => {
  const {port, calls} = fakePort(undefined, {
    exec: async () =>
      finishedProcess(7, [
        ['stdout', '\x1b[31mred\r\n'],
        ['stderr', 'oops\n'],
      ]),
  });
  expect(await cli(['exec', 'api', '--', 'ls', '--json', '-l'], {port, input: ''})).toMatchObject({
    code: 7,
    stdout: '\x1b[31mred\r\n',
    stderr: 'oops\n',
  });
  expect(calls).toContainEqual(['exec', 'api', {argv: ['ls', '--json', '-l']}]);
});

test('exec feeds what comes on stdin', async () => {
  const handle = finishedProcess(0);
  const ended = Promise.withResolvers<void>();
  const {port} = fakePort(undefined, {
    exec: async () => ({...handle, end: () => ended.resolve(), exit: ended.promise.then(() => 0)}),
  });
  expect(await cli(['exec', 'api', '--', 'cat'], {port, input: 'hello'})).toMatchObject({code: 0});
  expect(Buffer.concat(handle.written).toString()).toBe('hello');
});

test('on a terminal, what exec prints cannot move the cursor, not even cut in two', async () => {
  const {port} = fakePort(undefined, {
    exec: async () =>
      finishedProcess(0, [
        ['stdout', 'a\x1b[3'],
        ['stdout', '1mb\x1b]0;ti'],
        ['stdout', 'tle\x07c\x1b[2Jd\n'],
      ]),
  });
  expect((await cli(['exec', 'api', '--', 'ls'], {port, terminal: true})).stdout).toBe('a\x1b[31mbcd\n');
});

test('exec -t hands the terminal over with its size', async () => {
  const {port, calls} = fakePort(undefined, {exec: async () => finishedProcess(5)});
  const run = cli(['exec', 'api', '-t', '--', 'vim'], {
    port,
    terminal: true,
    runAttach: async ({attachment}) => attachment.closed,
  });
  expect(await run).toMatchObject({code: 5});
  expect(calls).toContainEqual(['exec', 'api', {argv: ['vim'], tty: {columns: 100, rows: 30}}]);
  expect(await cli(['exec', 'api', '-t', '--', 'vim'], {port})).toMatchObject({code: 64});
});

test('Ctrl-C ends the command that exec runs', async () => {
  const handle = finishedProcess(0);
  const begun = Promise.withResolvers<void>();
  const killed = Promise.withResolvers<number>();
  const silent = {...handle, onOutput: () => begun.resolve(), kill: () => killed.resolve(143), exit: killed.promise};
  const {port} = fakePort(undefined, {exec: async () => silent});
  const run = startCli(['exec', 'api', '--', 'sleep', '1000'], {port});
  await begun.promise;
  run.interrupt();
  expect(await run.done).toMatchObject({code: 130});
});

test('an unknown session is an error of exec, not an exit code', async () => {
  const {port} = fakePort([], {
    exec: async () => {
      throw new AppError('SESSION_UNKNOWN', 'There is no session "api"');
    },
  });
  expect(await cli(['exec', 'api', '--', 'ls'], {port})).toMatchObject({code: 66});
});

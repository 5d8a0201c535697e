import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import type {SessionsPort, SessionView} from '../../src/sessions/port.ts';
import {samplePrompt} from '../support/fake-prompts.ts';
import {fakePort as anyPort, sessionView} from './fake-port.ts';
import {cli} from './run.ts';

/** Sessions whose agents take every prompt. */
const fakePort = (sessions?: readonly SessionView[], own: Partial<SessionsPort> = {}) =>
  anyPort(sessions, {
    send: async () => samplePrompt(),
    awaitPrompt: async () => samplePrompt({state: 'delivered', detail: 'the agent said so'}),
    takeBackPrompt: async () => {},
    ...own,
  });
const two = [sessionView(), sessionView({id: '01k9fakesession0000000000b', name: 'web'})];
const working = [sessionView({status: {...sessionView().status, status: 'working'}})];

test('a prompt for an agent that can take it is told with what became of it', async () => {
  const {port, calls} = fakePort();
  const {code, stdout} = await cli(['send', 'api', 'fix the tests'], {port});
  expect({code, stdout}).toEqual({code: 0, stdout: 'api: delivered: the agent said so\n'});
  expect(calls).toContainEqual(['send', '01k9fakesession0000000000a', 'fix the tests']);
});

test('for an agent at work it is queued, and said how to take it back', async () => {
  const {port, names} = fakePort(working);
  const {code, stdout} = await cli(['send', 'api', 'go on'], {port});
  expect({code, stdout}).toEqual({
    ...{code: 0, stdout: 'api: queued: the agent works (take it back: trails send api --take-back p1)\n'},
  });
  expect(names()).not.toContain('awaitPrompt');
});

test('--wait waits, --timeout is handed on, and one that is late ends with 124', async () => {
  const late = async () => {
    throw new AppError('TIMEOUT', 'The prompt for api is queued');
  };
  const {port, calls} = fakePort(working);
  expect(await cli(['send', 'api', 'go on', '--wait', '--timeout', '5s'], {port})).toMatchObject({code: 0});
  expect(calls).toContainEqual([
    'awaitPrompt',
    '01k9fakesession0000000000a',
    'p1',
    {timeoutMs: 5000},
    expect.anything(),
  ]);
  const slow = fakePort(working, {awaitPrompt: late});
  expect(await cli(['send', 'api', 'go on', '--wait'], {port: slow.port})).toMatchObject({code: 124});
});

test('one that failed ends with 75', async () => {
  const failed = samplePrompt({state: 'failed', detail: 'it did not show'});
  const {port} = fakePort(two, {awaitPrompt: async () => failed});
  const {code, stdout} = await cli(['send', 'api', 'x', '--json'], {port});
  expect(code).toBe(75);
  expect(JSON.parse(stdout)).toEqual({id: 'p1', session: 'api', state: 'failed', detail: 'it did not show'});
});

test('several names get it each; with an unknown one among them nobody does', async () => {
  const {port, names} = fakePort(two);
  const {stdout} = await cli(['send', 'api,web', 'go', '--json'], {port});
  expect((JSON.parse(stdout) as {session: string}[]).map(({session}) => session)).toEqual(['api', 'web']);
  const another = fakePort(two);
  expect(await cli(['send', 'api,nobody', 'go'], {port: another.port})).toMatchObject({code: 66});
  expect(another.names()).not.toContain('send');
  expect(names().filter(name => name === 'send')).toHaveLength(2);
});

test('- reads the text from stdin', async () => {
  const {port, calls} = fakePort();
  await cli(['send', 'api', '-'], {port, input: 'one\ntwo\n'});
  expect(calls).toContainEqual(['send', '01k9fakesession0000000000a', 'one\ntwo\n']);
  const big = await cli(['send', 'api', '-'], {port: fakePort().port, input: 'x'.repeat(2 ** 20 + 1)});
  expect(big).toMatchObject({code: 64});
});

test('those there are can be listed, and one taken back', async () => {
  const prompts = async () => [samplePrompt()];
  const {port, calls} = fakePort(two, {prompts});
  const {stdout} = await cli(['send', 'api', '--list'], {port});
  expect(stdout).toMatch(/p1 +api +queued +fix the tests +the agent works/);
  const listed = JSON.parse((await cli(['send', 'api', '--list', '--json'], {port})).stdout) as unknown[];
  expect(listed).toMatchObject([{id: 'p1', session: 'api', state: 'queued', text: 'fix the tests', length: 13}]);
  expect(await cli(['send', 'api', '--take-back', 'p1'], {port})).toMatchObject({
    code: 0,
    stderr: 'p1 is taken back\n',
  });
  expect(calls).toContainEqual(['takeBackPrompt', '01k9fakesession0000000000a', 'p1']);
});

test.each([
  [['send', 'api']],
  [['send', 'api', 'text', '--list']],
  [['send', 'api', 'text', '--take-back', 'p1']],
  [['send', 'api,web', '--take-back', 'p1']],
])('%j says how it is meant', async argv => {
  const {port, names} = fakePort(two);
  expect(await cli(argv, {port})).toMatchObject({code: 64});
  expect(names()).not.toContain('send');
});

test('new takes the first prompt along, from the line or from stdin', async () => {
  for (const [prompt, input] of [
    ['begin', undefined],
    ['-', 'begin'],
  ] as const) {
    const {port, calls} = fakePort([]);
    await cli(['new', 'web', '--agent', 'shell', '--prompt', prompt], {port, ...(input === undefined ? {} : {input})});
    expect(calls.find(([name]) => name === 'create')?.[1]).toMatchObject({prompt: 'begin'});
  }
});

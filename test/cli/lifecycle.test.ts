import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {fakePort, sessionView} from './fake-port.ts';
import {cli} from './run.ts';

const two = [sessionView(), sessionView({id: '01k9fakesession0000000000b', name: 'web'})];

test('stop, start and restart say what became of the session', async () => {
  const {port, calls} = fakePort();
  expect(await cli(['stop', 'api'], {port})).toMatchObject({code: 0, stdout: '', stderr: 'api is stopped\n'});
  expect(await cli(['start', 'api'], {port})).toMatchObject({code: 0, stderr: 'api is running\n'});
  expect(JSON.parse((await cli(['restart', 'api', '--json'], {port})).stdout)).toMatchObject({name: 'api'});
  expect(calls).toContainEqual(['start', 'api', {columns: 100, rows: 30}]);
});

test('start and restart say how, and bring variables; what is nowhere is told with how to give it', async () => {
  const {port, calls} = fakePort([], {
    restart: async (...args) => {
      calls.push(['restart', ...args]);
      return sessionView({missing: ['KEY', 'OTHER']});
    },
  });
  const size = {columns: 100, rows: 30};
  await cli(['start', 'api', '--resume'], {port});
  await cli(['start', 'api', '--shell', '--env', 'A=1', '-e', 'B=x=y'], {port});
  expect(calls).toContainEqual(['start', 'api', size, {how: 'resume'}]);
  expect(calls).toContainEqual(['start', 'api', size, {how: 'shell', env: {A: '1', B: 'x=y'}}]);
  const {code, stderr} = await cli(['restart', 'api'], {port});
  expect(code).toBe(0);
  expect(stderr).toContain('api had to do without KEY, OTHER');
  expect(stderr).toContain('trails restart api --env KEY --env OTHER');
  expect(calls).toContainEqual(['restart', 'api', size]);
  expect(await cli(['start', 'api', '--resume', '--shell'], {port})).toMatchObject({code: 64});
  expect(await cli(['start', 'api', '--env', 'NOT_SET_HERE'], {port})).toMatchObject({code: 64});
});

test('a phase that forbids it is an error to try again', async () => {
  const {port} = fakePort([], {
    stop: async () => {
      throw new AppError('PHASE_FORBIDS', 'api cannot be stopped: it is lost');
    },
  });
  expect(await cli(['stop', 'api'], {port})).toMatchObject({code: 75});
});

test('rm says what goes and what stays, and asks', async () => {
  const {port, names} = fakePort();
  const {code, stderr} = await cli(['rm', 'api'], {port, terminal: true, input: 'y\n'});
  expect(code).toBe(0);
  expect(stderr).toContain('goes:  its container');
  expect(stderr).toContain('stays: /src/api');
  expect(stderr).toContain('Remove api? [y/N]');
  expect(names()).toContain('remove');
});

test.each(['n\n', '\n', ''])('rm with the answer %j removes nothing', async input => {
  const {port, names} = fakePort();
  const {code, stderr} = await cli(['rm', 'api'], {port, terminal: true, input});
  expect(code).toBe(75);
  expect(stderr).toContain('nothing was removed');
  expect(names()).not.toContain('remove');
});

test('rm asks nobody where there is no terminal: it wants --force', async () => {
  const {port, names} = fakePort();
  const {code, stderr} = await cli(['rm', 'api'], {port});
  expect(code).toBe(64);
  expect(stderr).toContain('`--force`');
  expect(names()).toEqual([]);
});

test('rm of several is one question, and none goes when one is unknown', async () => {
  const {port, calls, names} = fakePort(two);
  expect(await cli(['rm', 'api', 'nobody', '--force'], {port})).toMatchObject({code: 66});
  expect(names()).not.toContain('remove');
  const {stdout} = await cli(['rm', 'api', 'web', 'api', '--force', '--json'], {port});
  expect(JSON.parse(stdout)).toEqual(two.map(({id, name}) => ({id, name, removed: true})));
  expect(calls.filter(([name]) => name === 'remove')).toEqual(two.map(({id}) => ['remove', id, {force: true}]));
});

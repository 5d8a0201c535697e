import {expect, test} from 'vitest';
import {fakePort, sessionView} from './fake-port.ts';
import {cli} from './run.ts';

test('a session that waits for room says its place', async () => {
  const queued = sessionView({name: 'api', phase: 'stopped', queued: 2});
  const {port} = fakePort([queued], {create: async () => queued, start: async () => queued});
  const made = await cli(['new', 'api'], {port});
  expect(made).toMatchObject({code: 0, stdout: 'api\n'});
  expect(made.stderr).toContain('api waits for room: it is number 2 of those that do');
  expect((await cli(['start', 'api'], {port})).stderr).toContain('number 2');
  expect((await cli(['ls'], {port})).stdout).toContain('queued 2');
});

test('hibernate and wake take several, and know all of them before anything is done', async () => {
  const asked: string[] = [];
  const sessions = [sessionView({id: 'a', name: 'api'}), sessionView({id: 'b', name: 'web'})];
  const {port} = fakePort(sessions, {
    async hibernate(id, way) {
      asked.push(`${id} ${way}`);
      return sessionView({name: id, asleep: 'paused'});
    },
  });
  expect((await cli(['hibernate', 'api', 'nope'], {port})).code).toBe(66);
  expect(asked).toEqual([]);
  const {code, stderr} = await cli(['hibernate', '--stop', 'api', 'web'], {port});
  expect([code, asked]).toEqual([0, ['a stop', 'b stop']]);
  expect(stderr).toContain('is asleep (paused)');
});

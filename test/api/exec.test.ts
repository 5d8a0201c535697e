import {expect, onTestFinished, test, vi} from 'vitest';
import {remoteSessions} from '../../src/api/client.ts';
import {openLine} from '../../src/api/line.ts';
import type {ExecHandle, SessionsPort} from '../../src/sessions/port.ts';
import {openApi} from '../support/api-server.ts';
import {fakePort} from '../support/fake-port.ts';

async function connected(sessions: SessionsPort) {
  const {socket, clients} = await openApi(sessions);
  const line = openLine({socket, caller: {pid: 1, command: 'test'}, ready: async () => {}});
  onTestFinished(line.close);
  return {port: remoteSessions(line), leave: line.close, clients};
}

/** A command that runs until it is killed, and may be long in starting. */
function endless() {
  const {promise: exit, resolve, reject} = Promise.withResolvers<number>();
  const kill = vi.fn(() => resolve(137));
  const nothing = () => {};
  const handle: ExecHandle = {
    ...{onOutput: nothing, pause: nothing, resume: nothing, write: async () => {}, end: nothing, resize: nothing},
    ...{kill, exit},
  };
  return {handle, kill, fail: reject};
}

test('a command whose client leaves while it is being started does not run on with nobody to read it', async () => {
  const fake = fakePort();
  const {handle, kill} = endless();
  const {promise: started, resolve: start} = Promise.withResolvers<ExecHandle>();
  const exec = vi.spyOn(fake.port, 'exec').mockReturnValue(started);
  const api = await connected(fake.port);
  const lost = expect(api.port.exec('one', {argv: ['sleep', '1000']})).rejects.toThrow();
  await vi.waitFor(() => expect(exec).toHaveBeenCalled());
  api.leave();
  await lost;
  await vi.waitFor(() => expect(api.clients()).toBe(0));
  start(handle);
  await vi.waitFor(() => expect(kill).toHaveBeenCalledTimes(1));
});

test('a command that ended is not killed after it', async () => {
  const fake = fakePort();
  const {handle, kill, fail} = endless();
  vi.spyOn(fake.port, 'exec').mockResolvedValue(handle);
  const api = await connected(fake.port);
  const {exit} = await api.port.exec('one', {argv: ['true']});
  fail(new Error('the engine broke off'));
  await expect(exit).rejects.toThrow('the engine broke off');
  // A further answer comes behind everything of the call before.
  await api.port.agents();
  expect(kill).not.toHaveBeenCalled();
});

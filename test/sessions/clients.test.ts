import {expect, onTestFinished, test} from 'vitest';
import {openService} from '../support/service-fixture.ts';

test('an engine that there is not is not looked for, however often a client names it', async () => {
  const {service, close} = await openService();
  onTestFinished(close);
  const stray = service.as({pid: 1, command: 'curl', provider: 'nope'});
  const unknown = {code: 'PROVIDER_UNKNOWN'};
  await expect(stray.engine()).rejects.toMatchObject(unknown);
  await expect(Array.fromAsync(stray.watch(new AbortController().signal))).rejects.toMatchObject(unknown);
  expect(await stray.list()).toEqual([]);
});

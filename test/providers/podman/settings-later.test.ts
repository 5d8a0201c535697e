import {existsSync, readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {systemClock} from '../../../src/lib/clock.ts';
import {pathsFrom} from '../../../src/lib/paths.ts';
import {createPodman} from '../../../src/providers/podman/provider.ts';
import {endOwnService, settingsFile} from '../../../src/providers/podman/socket.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {writeTestSettings} from '../../support/podman-settings.ts';

test('a service that was started before the settings were written gives way to one that has them', async ({skip}) => {
  const home = temporaryDirectory();
  const paths = pathsFrom({TRAILS_HOME: home});
  const env = {TRAILS_HOME: home, XDG_RUNTIME_DIR: '/nowhere'};
  const provider = createPodman({paths, env, clock: systemClock});
  onTestFinished(async () => {
    await provider.close();
    await endOwnService(paths);
    rmSync(home, {recursive: true, force: true});
  });
  const service = async () => {
    await provider.listEnvironments({'trails.test': home});
    return readFileSync(path.join(paths.runtime, 'podman.pid'), 'utf8');
  };
  if (existsSync('/run/podman/podman.sock')) skip('a Podman service of the machine answers: none of ours is started');
  const before = await service();
  expect(await service()).toBe(before);
  await writeTestSettings(paths);
  if (!existsSync(settingsFile(paths))) skip('this machine needs no settings of ours');
  const after = await service();
  expect(after).not.toBe(before);
  expect(readFileSync(`/proc/${after}/environ`, 'utf8').split('\0')).toContain(
    `CONTAINERS_CONF=${settingsFile(paths)}`,
  );
  expect(await endOwnService(paths)).toBe(true);
  expect(await endOwnService(paths)).toBe(false);
});

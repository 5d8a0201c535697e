import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {homeLabel} from '../../src/sessions/context.ts';
import {stopDaemon} from '../support/daemon.ts';
import {faultyTrails, lost, repoIn} from '../support/faulty-trails.ts';
import {openTestPodman} from '../support/podman.ts';

describe('kill -9 while sessions sleep, wake and wait, on a real Podman', {timeout: 60_000}, () => {
  let podman: Awaited<ReturnType<typeof openTestPodman>>;
  beforeAll(async () => {
    podman = await openTestPodman();
  });
  afterAll(async () => podman?.close());

  const trails = (args: readonly string[], fault?: string) => faultyTrails(podman, args, fault);
  const create = (name: string, fault?: string) => {
    const repo = repoIn(podman.home, name);
    return trails(['new', name, '--workspace', 'bind', '--repo', repo, '--image', 'host'], fault);
  };
  const shown = async (name: string) => {
    const {stdout} = await trails(['show', name, '--json']);
    const {phase, asleep, queued} = JSON.parse(stdout) as Record<string, unknown>;
    return {phase, asleep, queued};
  };
  const states = async () => {
    const label = `label=trails.home=${homeLabel(podman.paths)['trails.home']}`;
    const {stdout: ids} = await podman.podman('ps', '-a', '-q', '--filter', label);
    if (ids.trim() === '') return [];
    const {stdout} = await podman.podman('inspect', '--format', '{{.State.Status}}', ...ids.trim().split('\n'));
    return stdout.trim().split('\n');
  };

  test.each([
    ['hibernate.asked', null, 'running'],
    ['hibernate.paused', 'paused', 'paused'],
  ])('one being put to sleep when killed at %s is as its container is, and wakes', async (step, asleep, state) => {
    const name = step.replace('.', '-');
    await create(name);
    expect((await trails(['hibernate', name], step)).exitCode).toBe(lost);
    expect(await shown(name)).toEqual({phase: 'running', asleep, queued: null});
    expect(await states()).toEqual([state]);
    expect((await trails(['exec', name, '--', 'true'])).exitCode).toBe(0);
    expect(await shown(name)).toMatchObject({asleep: null});
    await trails(['rm', name, '--force']);
    expect(await states()).toEqual([]);
  });

  test('killed over a wake, it is awake; killed while it sleeps, it is found asleep and can be removed', async () => {
    await create('wakes');
    await trails(['hibernate', 'wakes']);
    expect((await trails(['wake', 'wakes'], 'wake.resumed')).exitCode).toBe(lost);
    expect(await shown('wakes')).toMatchObject({phase: 'running', asleep: null});
    await trails(['hibernate', 'wakes']);
    await stopDaemon(podman.paths);
    expect(await shown('wakes')).toMatchObject({phase: 'running', asleep: 'paused'});
    expect((await trails(['rm', 'wakes', '--force'])).exitCode).toBe(0);
    expect(await states()).toEqual([]);
  });

  test('the queue outlives daemons: made, waiting and killed at its start, it runs when there is room', async () => {
    await trails(['config', 'set', 'fleet.maxRunning', '1']);
    await create('first');
    expect((await create('second', 'create.queued')).exitCode).toBe(lost);
    expect(await shown('second')).toEqual({phase: 'stopped', asleep: null, queued: 1});
    // There is room, and the daemon dies over the start.
    await trails(['rm', 'first', '--force'], 'start.asked');
    await vi.waitFor(async () => expect(await shown('second')).toMatchObject({phase: 'running', queued: null}), {
      timeout: 20_000,
      interval: 200,
    });
    await trails(['rm', 'second', '--force']);
    await trails(['config', 'set', 'fleet.maxRunning', '0']);
    expect(await states()).toEqual([]);
  });
});

import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createMock} from '../../src/providers/mock/provider.ts';
import {createService} from '../../src/sessions/service.ts';
import {temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {portProgram} from '../support/port-programs.ts';
import {contextOver} from '../support/service-fixture.ts';

/** Sessions on a machine on which `windows` is a disk of Windows. */
function scene(windows: (home: string) => string) {
  const {home, paths} = temporaryHome();
  const clock = manualClock();
  const context = contextOver(paths, createMock({clock, programFor: portProgram}), clock);
  const mounts = () => `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:50 / ${windows(home)} rw - 9p C:\\134 rw\n`;
  const service = createService({context: {...context, machine: {...context.machine, mounts}}});
  const port = service.as({pid: process.pid, command: 'trails test'});
  const repo = path.join(home, 'mnt/c/work');
  mkdirSync(repo, {recursive: true});
  const request = {
    ...{agent: 'shell', args: [], repo, env: {}, limits: {}, size: {columns: 80, rows: 24}, name: 'api'},
  };
  const create = (workspace: 'bind' | 'copy') =>
    port.create({...request, workspace}, () => {}, new AbortController().signal);
  return {port, create, request, state: paths.state, close: service.close};
}

test('no agent works right on a disk of Windows; a copy of what is there is fine', async () => {
  const {port, create, request, close} = scene(home => path.join(home, 'mnt/c'));
  try {
    await expect(create('bind')).rejects.toMatchObject({
      code: 'REPO_UNUSABLE',
      message: expect.stringMatching(/mnt\/c\/work lies on a disk of Windows: .*\(9p at .*mnt\/c\)$/),
      hint: expect.stringContaining('--workspace clone'),
    });
    expect(await port.list()).toEqual([]);
    expect(await port.validate({...request, workspace: 'bind'})).toMatchObject({
      workspace: expect.stringContaining('a disk of Windows'),
    });
    expect(await create('copy')).toMatchObject({name: 'api', phase: 'running'});
  } finally {
    await close();
  }
});

test('nor in a state that lies on one', async () => {
  const {create, state, close} = scene(home => home);
  try {
    await expect(create('copy')).rejects.toMatchObject({code: 'REPO_UNUSABLE'});
    expect(readdirSync(state)).not.toContain('sessions');
  } finally {
    await close();
  }
});

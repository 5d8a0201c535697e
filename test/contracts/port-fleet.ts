import {describe, expect, test} from 'vitest';
import {code, type PortScene, plain, size} from './port-scene.ts';

export function describeFleet(scene: PortScene): void {
  describe('sleepers', () => {
    test('are paused and woken by hand, and say so', async () => {
      await scene.ready(['echo'], 'ready');
      expect(await scene.port.hibernate('api')).toMatchObject({phase: 'running', asleep: 'paused', queued: null});
      expect(plain(await scene.port.screen('api'))).toContain('ready');
      expect(await scene.port.wake('api', size)).toMatchObject({phase: 'running', asleep: ''});
      expect(await scene.port.wake('api', size)).toMatchObject({asleep: ''});
    });

    test('are stopped where that is asked, and start again', async () => {
      await scene.create();
      expect(await scene.port.hibernate('api', 'stop')).toMatchObject({phase: 'stopped', asleep: 'stopped'});
      expect(await scene.port.wake('api', size)).toMatchObject({phase: 'running', asleep: ''});
    });

    test('of what does not run there are none', async () => {
      await scene.create();
      await scene.port.stop('api');
      await expect(scene.port.hibernate('api')).rejects.toEqual(code('PHASE_FORBIDS'));
      await expect(scene.port.hibernate('nobody')).rejects.toEqual(code('SESSION_UNKNOWN'));
      expect(await scene.port.wake('api', size)).toMatchObject({phase: 'stopped'});
    });
  });
}

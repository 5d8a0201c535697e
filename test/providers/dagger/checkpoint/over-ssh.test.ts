import {chownSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {systemClock} from '../../../../src/lib/clock.ts';
import {createCheckpoints} from '../../../../src/providers/dagger/checkpoint/checkpoints.ts';
import {keeperArgs, keeperFiles} from '../../../../src/providers/dagger/inside/brought.ts';
import {changesProgram} from '../../../../src/providers/dagger/inside/changes.ts';
import {changesFile, socketInside} from '../../../../src/providers/dagger/inside/places.ts';
import {usualPath} from '../../../../src/providers/provider.ts';
import {connected, keeperScene} from '../../../support/dagger/keeper-scene.ts';
import {boxMissing, startBox} from '../../../support/dagger/local-box.ts';
import {temporaryDirectory} from '../../../support/home.ts';

test.skipIf(boxMissing)(
  `a checkpoint comes over the connection that the environment dials (${boxMissing ?? 'real'})`,
  async () => {
    const home = temporaryDirectory();
    const scene = keeperScene(home);
    const link = await scene.link();
    const box = await startBox({
      env: {PATH: usualPath},
      files: [...keeperFiles(scene.keys), {target: changesFile, content: changesProgram, mode: 0o600}],
      directories: [],
      socket: {source: scene.socket, target: socketInside},
      args: keeperArgs,
    });
    try {
      await connected(link);
      const [inside, outside] = [path.join(box.root, 'workspace'), path.join(home, 'outside')];
      mkdirSync(outside);
      const put = (name: string, content: string | Buffer) => {
        writeFileSync(path.join(inside, name), content);
        chownSync(path.join(inside, name), 1000, 1000);
      };
      const checkpoints = createCheckpoints({directory: path.join(home, 'state'), clock: systemClock});
      const take = (signal?: AbortSignal) =>
        checkpoints.take(link, [{name: 'workspace', inside: '/workspace', outside}], signal);
      put('small', 'one');
      put('big', Buffer.alloc(20_000_000, 'x'));
      expect(await take()).toMatchObject({changes: 2, leftOut: []});
      put('small', 'two');
      expect(await take()).toMatchObject({changes: 1});
      expect(readFileSync(path.join(outside, 'small'), 'utf8')).toBe('two');
      expect(readFileSync(path.join(outside, 'big')).equals(readFileSync(path.join(inside, 'big')))).toBe(true);

      put('small', 'three');
      await expect(take(AbortSignal.abort(new Error('called off')))).rejects.toThrow('called off');
      await link.close();
      await expect(take()).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE'});
      expect(readFileSync(path.join(outside, 'small'), 'utf8')).toBe('two');
    } finally {
      await scene.close();
      await box.kill();
    }
  },
);

import {readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {systemClock} from '../../src/lib/clock.ts';
import {createDaggerEngine, sessionDirectory} from '../../src/providers/dagger/connection/dagger-engine.ts';
import type {DaggerEngine} from '../../src/providers/dagger/connection/engine.ts';
import {sessionFilesIn} from '../../src/providers/dagger/connection/session-files.ts';
import {listen, reportingRecipe, secret} from '../support/dagger/reporting.ts';
import {lastingHome, temporaryDirectory} from '../support/home.ts';

export interface EngineFixture {
  readonly image: string;
  /** What the session process is started with. */
  env(home: string): Readonly<Record<string, string | undefined>>;
  /** Why it cannot be had here. */
  readonly missing?: string | undefined;
}

/** What holds of a real engine and of the one that stands in for it: by this the stub is known to be right. */
export function describeDaggerEngine(name: string, {image, env, missing}: EngineFixture): void {
  describe(name, () => {
    let home: ReturnType<typeof lastingHome>;
    let engine: DaggerEngine;
    const recipeOf = (directory: string, unique: string) => reportingRecipe(image, directory, unique);
    const open = () =>
      createDaggerEngine({paths: home.paths, env: {...env(home.home), DAGGER_LOG: '1'}, clock: systemClock});
    beforeAll(() => {
      home = lastingHome();
      engine = open();
    });
    beforeEach(({skip}) => {
      if (missing !== undefined) skip(missing);
    });
    afterAll(async () => {
      await engine.release();
      home.remove();
    });

    test('it tells its version, and has the tools in the image', {timeout: 120_000}, async () => {
      expect(await engine.version()).toMatch(/^v\d+\.\d+\.\d+/);
      await engine.prepare(image, () => {});
    });

    test('a recipe runs as root, with everything as given; the agent reaches none of ours', {
      timeout: 60_000,
    }, async () => {
      const recipe = recipeOf(temporaryDirectory(), 'one');
      const dialled = await listen(recipe.socket.source);
      const service = await engine.start(recipe);
      const said = await dialled.said;
      const parts = said.split(/^== .*\n/m).slice(1);
      expect(parts).toEqual([
        '0\n',
        [
          ...['755 1000:1000 /workspace', '640 1000:1000 /workspace/a', '777 1000:1000 /workspace/link'],
          ...[
            '600 0:0 /run/trails-link/reporter',
            '600 0:0 /run/trails-link/keys/host',
            '600 0:0 /run/trails-link/socket',
            '',
          ],
        ].join('\n'),
        secret,
        'a "b" $HOME\n',
        expect.stringContaining('Permission denied'),
        'out\n',
        '',
      ]);
      await engine.stop(service);
      await dialled.gone;
      await engine.stop(service);
      expect(readFileSync(sessionFilesIn(sessionDirectory(home.paths)).log, 'utf8')).not.toMatch(
        /SECRET-of-a-real|second-line-of/,
      );
    });

    test('equal recipes with another mark are two services', {timeout: 60_000}, async () => {
      const directory = temporaryDirectory();
      const recipe = recipeOf(directory, 'first');
      const one = await listen(recipe.socket.source);
      const service = await engine.start(recipe);
      await one.said;
      const second = {...recipe, unique: 'second', socket: {...recipe.socket, source: path.join(directory, 't.sock')}};
      const two = await listen(second.socket.source);
      const other = await engine.start(second);
      await two.said;
      await engine.stop(service);
      await one.gone;
      await engine.stop(other);
      await two.gone;
    });

    test('a service outlives our hold on its session, and ends with the session', {timeout: 60_000}, async () => {
      const recipe = recipeOf(temporaryDirectory(), 'lasting');
      const dialled = await listen(recipe.socket.source);
      await engine.start(recipe);
      await dialled.said;
      await engine.close();
      engine = open();
      expect(await engine.resume()).toBe(true);
      await engine.release();
      await dialled.gone;
      expect(await engine.resume()).toBe(false);
    });

    test('who leaves while it starts leaves nothing running', {timeout: 60_000}, async () => {
      const recipe = recipeOf(temporaryDirectory(), 'left');
      const dialled = await listen(recipe.socket.source);
      const stop = new AbortController();
      const starting = engine.start(recipe, stop.signal).catch((error: Error) => error.message);
      // As soon as it runs, and before we are told so, if that can be.
      void dialled.said.then(() => stop.abort(new Error('left')));
      const end = await starting;
      await dialled.said;
      if (end !== 'left') await engine.stop(end as Awaited<ReturnType<DaggerEngine['start']>>);
      await dialled.gone;
    });
  });
}

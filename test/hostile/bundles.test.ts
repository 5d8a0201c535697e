import {cpSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {patienceMs} from './attack.ts';
import {bundleAttacks} from './bundles.ts';
import {doEverything} from './everything.ts';
import {openWorkshop} from './git-objects.ts';
import {openScene, type Scene} from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

const mostResidentBytes = 2 ** 31;

test.for(bundleAttacks)('$name', {timeout: patienceMs}, async ({pieces, canary, says, exitCode = 0}) => {
  const session = await scene.create();
  const all = [...pieces(openWorkshop(scene))];
  const copy = path.join(scene.home, 'trails/copy');
  cpSync(scene.user, copy, {recursive: true});
  for (const [at, piece] of all.entries())
    writeFileSync(path.join(copy, 'bundle'), piece, {flag: at === 0 ? 'w' : 'a'});
  scene.canary.plainly(canary, copy);
  expect(scene.canary.fired(), 'a plain command falls for it').toEqual(['hit']);
  rmSync(copy, {recursive: true});

  scene.plant(session, 'echo new > new.txt; echo something > .git/refs/heads/changed');
  scene.prints({pieces: all, exitCode});
  const before = scene.surroundings();
  const {words} = await doEverything(scene, session);
  expect(scene.surroundings()).toEqual(before);
  expect(scene.canary.fired()).toEqual([]);
  expect(process.memoryUsage.rss()).toBeLessThan(mostResidentBytes);
  expect(words).toMatch(says ?? /^commit /m);
  expect(words.length, 'what is said has an end').toBeLessThan(50_000);
  expect(words).not.toMatch(/^[A-Z]+_[A-Z]+ /m);
  // The files come all the same.
  expect(scene.git('log', '--all', '--name-only', '--format=')).toContain('new.txt');
});

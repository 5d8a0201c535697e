import {rmSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {SessionView} from '../../src/sessions/port.ts';
import {doEverything, type Told} from './everything.ts';
import {openScene, type Scene, secret} from './scene.ts';
import {processesIn} from './sentinel.ts';

/** One attack. Scripts run where the agent's files are; they have `CANARY` and `OUTSIDE`. */
export interface Attack {
  readonly name: string;
  readonly plant: string;
  /** A plain command which falls for it: then the canary notes `hit`. */
  readonly canary: string;
  /** What a person is told. */
  readonly says?: RegExp;
  /** It takes the machine too long to look at it often: it is looked at and removed, no more. */
  readonly looksOnly?: true;
  /** An apply of it is refused as a whole. */
  readonly unappliable?: true;
  /** A secret of the user's is there by the agent's own doing. */
  readonly holdsSecret?: true;
  /** What else must be so. */
  readonly holds?: (scene: Scene, told: Told, session: SessionView) => void;
}

/** Much more than any of it takes: what has no end is found by it. */
export const patienceMs = 240_000;
const mostResidentBytes = 2 ** 31;

/** Each attack works on plain commands, and on none of ours. */
export function testAttacks(attacks: readonly Attack[]): void {
  let scene: Scene;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.close());

  test.for(attacks)('$name', {timeout: patienceMs}, async attack => {
    const session = await scene.create();
    scene.plant(session, `echo new > new.txt; echo three >> file.txt\n${attack.plant}`);
    expect(
      scene.plainly(session, attack.canary, attack.looksOnly ? 'here' : 'copy'),
      'a plain command falls for it',
    ).toContain('hit');
    const before = scene.surroundings();
    const told = await doEverything(scene, session, attack.looksOnly);
    expect(scene.canary.fired(), 'ours does not').toEqual([]);
    expect(scene.surroundings()).toEqual(before);
    expect(processesIn(path.join(scene.home, 'trails'))).toEqual([]);
    expect(process.memoryUsage.rss()).toBeLessThan(mostResidentBytes);
    expect(told.words).toMatch(attack.says ?? /^/);
    if (!attack.unappliable) expect(told.words).not.toMatch(/^[A-Z]+_[A-Z]+ /m);
    if (!attack.holdsSecret) expect(told.patch + told.words).not.toContain(secret);
    attack.holds?.(scene, told, session);
    rmSync(path.join(scene.home, 'restored'), {recursive: true, force: true});
  });
}

import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {inParallel} from '../../../src/lib/in-parallel.ts';
import {recoverWrites} from '../../../src/workspaces/writing/recover-writes.ts';
import {makeTree, readTree, type Tree} from '../../support/file-tree.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {restless, runWrite} from '../../support/run-write.ts';

const [before, after] = restless;
const write = {work: 'write', before, after} as const;
const recover = {work: 'recover', before, after} as const;

function homeWith(tree: Tree): string {
  const home = temporaryDirectory();
  makeTree(path.join(home, 'target'), tree);
  return home;
}

/** Recovers what was left, twice, and tells which of the two trees is there. */
async function settled(home: string, old: Tree, fresh: Tree): Promise<'old' | 'new'> {
  const journal = path.join(home, 'journal');
  await recoverWrites(journal);
  expect(await recoverWrites(journal)).toEqual([]);
  expect(existsSync(journal) ? readdirSync(journal) : []).toEqual([]);
  const tree = readTree(path.join(home, 'target'));
  const isOld = JSON.stringify(Object.entries(tree).sort()) === JSON.stringify(Object.entries(old).sort());
  if (!isOld) expect(tree).toEqual(fresh);
  return isOld ? 'old' : 'new';
}

const steps = [
  ...['noted', 'stage-made', 'staging', 'staged', 'move-noted', 'moving', 'moved', 'directory-moved', 'placing'],
  ...['placed', 'synced', 'committed', 'clearing', 'cleared', 'ended'],
];

describe('kill -9 while files are written', {timeout: 120_000}, () => {
  // A killed process leaves nothing compiled for the next one.
  beforeAll(async () => void (await runWrite(homeWith(before), write)));

  test.each(steps)('at %s', async step => {
    const home = homeWith(before);
    expect((await runWrite(home, write, `apply.${step}`)).exitCode).toBe(-1);
    const expected = steps.indexOf(step) < steps.indexOf('committed') ? 'old' : 'new';
    expect(await settled(home, before, after)).toBe(expected);
  });

  test('at every step there is, and in some recoveries of that, too', async () => {
    const done = await runWrite(homeWith(before), write);
    const total = Number(/^done after (\d+) steps$/.exec(done.stdout)?.[1]);
    expect(total).toBeGreaterThan(40);
    await inParallel(Array(total).keys(), 3, async killAtStep => {
      const home = homeWith(before);
      expect((await runWrite(home, {...write, killAtStep})).exitCode).toBe(-1);
      if (killAtStep % 3 === 0) await runWrite(home, {...recover, killAtStep: killAtStep % 11});
      await settled(home, before, after);
    });
  });

  test('at every step of a recovery', async () => {
    const all = async (fault: string, result: 'old' | 'new') => {
      for (let killAtStep = 0; ; killAtStep++) {
        const home = homeWith(before);
        await runWrite(home, write, fault);
        const {exitCode} = await runWrite(home, {...recover, killAtStep});
        expect(await settled(home, before, after)).toBe(result);
        if (exitCode === 0) return killAtStep;
      }
    };
    const [back, on] = await Promise.all([all('apply.synced', 'old'), all('apply.committed', 'new')]);
    expect(back).toBeGreaterThan(15);
    expect(on).toBeGreaterThan(2);
  });

  test('at any time', async () => {
    const many = (text: string) =>
      Object.fromEntries(Array.from({length: 60}, (_, index) => [`many/${index % 7}/${index}`, `${text} ${index}`]));
    const [old, fresh] = [
      {...before, ...many('old')},
      {...after, ...many('new')},
    ];
    await inParallel(Array(25).keys(), 2, async () => {
      const killAfterMs = Math.random() * 80;
      const home = homeWith(old);
      await runWrite(home, {work: 'write', before: old, after: fresh, killAfterMs});
      await runWrite(home, {work: 'recover', before: old, after: fresh, killAfterMs: Math.random() * 20});
      const result = await settled(home, old, fresh).catch(cause => {
        throw new Error(`killed after ${killAfterMs} ms`, {cause});
      });
      expect(['old', 'new']).toContain(result);
    });
  });
});

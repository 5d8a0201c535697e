import {expect, test} from 'vitest';
import {qgroupsIn} from '../../../src/lib/quota/btrfs/qgroups.ts';

// As btrfs-progs 6.2 prints it.
const shown = `Qgroupid            Referenced    Exclusive  Max referenced  Max exclusive Parent            Child               Path 
--------            ----------    ---------  --------------  ------------- ------            -----               ---- 
0/5                      16384        16384            none           none -                 -                   <toplevel>
0/256                 15745024     15745024            none           none 1/281474976710655 -                   s/a
0/257                  5193728      5193728            none           none 1/281474976710655 -                   s/b
0/259                  4177920      4177920         4194304           none -                 -                   s/side
1/281474976710655     20955136     20955136        20971520           none -                 0/256,0/257         <0 member qgroups>
`;

test('groups, what they hold and may hold, and who is in them', () => {
  const groups = qgroupsIn(shown);
  expect([...groups.keys()]).toEqual(['0/5', '0/256', '0/257', '0/259', '1/281474976710655']);
  expect(groups.get('1/281474976710655')).toEqual({
    ...{id: '1/281474976710655', usedBytes: 20955136, mostBytes: 20971520},
    members: ['0/256', '0/257'],
  });
  expect(groups.get('0/259')).toMatchObject({mostBytes: 4194304, members: []});
  expect(groups.get('0/256')?.mostBytes).toBeUndefined();
});

test('older ones print dashes where nothing is, and no path', () => {
  const old = `qgroupid         rfer         excl     max_rfer     max_excl parent  child
--------         ----         ----     --------     -------- ------  -----
0/258           16384        16384         none         none 1/7     ---
1/7             16384        16384     20971520         none ---     0/258
`;
  expect([...qgroupsIn(old).values()]).toEqual([
    {id: '0/258', usedBytes: 16384, mostBytes: undefined, members: []},
    {id: '1/7', usedBytes: 16384, mostBytes: 20971520, members: ['0/258']},
  ]);
});

test('a subvolume whose name looks like a row makes that row nobody’s', () => {
  const forged = `${shown}0/300 1 1 none none - - x\n1/281474976710655 0 0 20971520 none - 0/256,0/257 y\n`;
  expect(qgroupsIn(forged).has('1/281474976710655')).toBe(false);
  expect(qgroupsIn(forged).has('0/256')).toBe(true);
});

import {expect, test} from 'vitest';
import {projectsIn, projectsOf} from '../../../src/lib/quota/projects/report.ts';

test('what projects use and may use, as repquota 4.06 prints it', () => {
  const report = `*** Report for project quotas on device /dev/loop0
Block grace time: 7days; Inode grace time: 7days
Project,BlockStatus,FileStatus,BlockUsed,BlockSoftLimit,BlockHardLimit,BlockGrace,FileUsed,FileSoftLimit,FileHardLimit,FileGrace
#0,ok,ok,14,0,0,,3,0,0,
#4711,ok,ok,5118,0,20480,,3,0,0,
`;
  expect([...projectsIn(report)]).toEqual([
    [0, {usedBytes: 14 * 1024, mostBytes: 0}],
    [4711, {usedBytes: 5118 * 1024, mostBytes: 20 * 2 ** 20}],
  ]);
});

test('the project of a directory, where it goes over to what is made in it', () => {
  const listed = ` 4711 --------------e----P-- /mnt/e/s/ws
1073741824 -------------------P-- /mnt/x/s/ws
 4712 --------------e------- /mnt/e/s/home
`;
  expect(projectsOf(listed)).toEqual([4711, 1073741824, undefined]);
});

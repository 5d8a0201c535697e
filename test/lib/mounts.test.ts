import {expect, test} from 'vitest';
import {kindOf, mountOf} from '../../src/lib/mounts.ts';

const table = [
  '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
  '30 22 0:50 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync',
  '31 22 0:51 / /mnt/my\\040disk rw - vfat /dev/sdb1 rw',
  '32 22 0:52 / /srv rw - nfs4 server:/srv rw',
  '33 22 0:53 / /srv rw - ext4 /dev/sdc rw',
  'broken',
  '',
].join('\n');

test.each([
  ['/home/ada', 'ext4', '/'],
  ['/mnt/c/Users', '9p', '/mnt/c'],
  ['/mnt/c', '9p', '/mnt/c'],
  // Its name only begins alike.
  ['/mnt/cd', 'ext4', '/'],
  ['/mnt/my disk/x', 'vfat', '/mnt/my disk'],
  // The later one hides the earlier.
  ['/srv/x', 'ext4', '/srv'],
])('%s lies on %s at %s', (file, type, at) => {
  expect(mountOf(table, file)).toMatchObject({type, at});
});

test('only disks of Windows are refused, and usual ones are nothing special', () => {
  const refused = (type: string) => kindOf({type, at: '/', source: '', options: [], system: []})?.refused;
  expect([refused('9p'), refused('drvfs'), refused('nfs4'), refused('vfat')]).toEqual([true, true, false, false]);
  expect(['ext4', 'btrfs', 'xfs', 'tmpfs', 'apfs', 'overlay'].map(refused)).toEqual(Array(6).fill(undefined));
});

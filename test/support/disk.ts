import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {onTestFinished, type TestContext} from 'vitest';
import {run} from '../../src/lib/exec.ts';

const imageBytes = 512 * 2 ** 20;

/** Of Linux, where btrfs-progs does not know of it yet: BTRFS_QUOTA_CTL_ENABLE_SIMPLE_QUOTA by BTRFS_IOC_QUOTA_CTL. */
const simple = 'import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1],0),0xc0109428,struct.pack("QQ",4,0))';

interface Disk {
  readonly make: readonly string[];
  readonly options: string;
  /** After the mount. */
  readonly turnOn?: (directory: string) => readonly string[];
}

/** What is turned on counts first, and holds nothing meanwhile. */
const counted = 'btrfs quota enable "$0" && btrfs quota rescan -w "$0"';

const btrfs: Disk = {make: ['mkfs.btrfs', '-q'], options: 'loop'};
const disks = {
  'btrfs without quotas': btrfs,
  btrfs: {...btrfs, turnOn: directory => ['sh', '-c', counted, directory]},
  'btrfs, simple': {...btrfs, turnOn: directory => ['python3', '-c', simple, directory]},
  xfs: {make: ['mkfs.xfs', '-q'], options: 'loop,prjquota'},
  ext4: {make: ['mkfs.ext4', '-q', '-O', 'project,quota', '-E', 'quotatype=prjquota'], options: 'loop,prjquota'},
} satisfies Record<string, Disk>;
export type DiskName = keyof typeof disks;

/**
 * Puts a disk of its own at a directory, from an image beside it, until the test is over. Skips the test, with the reason, on a machine
 * that cannot have one.
 */
export async function mountDisk(context: TestContext, directory: string, name: DiskName) {
  if (process.getuid?.() !== 0) context.skip('only root can mount a disk');
  mkdirSync(directory, {recursive: true, mode: 0o700});
  const image = path.join(path.dirname(directory), `${path.basename(directory)}.img`);
  writeFileSync(image, '');
  truncateSync(image, imageBytes);
  const must = async (command: readonly string[]) => {
    const [program = '', ...args] = command;
    const {exitCode, stderr} = await run(program, args);
    if (exitCode !== 0)
      context.skip(`no ${name} with quotas here: ${command.join(' ')}: ${stderr.trim().split('\n')[0]}`);
  };
  const disk: Disk = disks[name];
  await must([...disk.make, image]);
  await must(['mount', '-o', disk.options, image, directory]);
  // What a conmon still holds open must not keep it.
  onTestFinished(async () => void (await run('umount', ['-l', directory])));
  if (disk.turnOn) await must(disk.turnOn(directory));
  const printed = async (program: string, ...args: string[]) => (await run(program, args)).stdout;
  const ids = (text: string) => [...text.matchAll(/^(?:\d+\/|#)\d+/gm)].map(([id]) => id);
  return {
    /** All that the file system knows beside itself. */
    async left() {
      if (disk.options !== btrfs.options)
        return {
          subvolumes: [],
          groups: ids(await printed('repquota', '-P', '-n', directory)).filter(id => id !== '#0'),
        };
      const groups = ids(await printed('btrfs', 'qgroup', 'show', '--sync', directory)).filter(id => id !== '0/5');
      const list = await printed('btrfs', 'subvolume', 'list', directory);
      return {subvolumes: list.split('\n').filter(Boolean), groups};
    },
  };
}

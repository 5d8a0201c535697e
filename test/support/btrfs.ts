import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {onTestFinished, type TestContext} from 'vitest';
import {run} from '../../src/lib/exec.ts';

const imageBytes = 512 * 2 ** 20;

/** Of Linux, where btrfs-progs does not know of it yet: BTRFS_QUOTA_CTL_ENABLE_SIMPLE_QUOTA by BTRFS_IOC_QUOTA_CTL. */
const simple = 'import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1],0),0xc0109428,struct.pack("QQ",4,0))';

const switches = {
  full: directory => ['btrfs', 'quota', 'enable', directory],
  simple: directory => ['python3', '-c', simple, directory],
  off: () => ['true'],
} satisfies Record<string, (directory: string) => readonly string[]>;

/**
 * Puts a btrfs of its own at a directory, from an image beside it, until the test is over. Skips the test, with the reason, on a machine
 * that cannot have one.
 */
export async function mountBtrfs(context: TestContext, directory: string, quotas: keyof typeof switches) {
  if (process.getuid?.() !== 0) context.skip('only root can mount a btrfs');
  mkdirSync(directory, {recursive: true, mode: 0o700});
  const image = path.join(path.dirname(directory), `${path.basename(directory)}.img`);
  writeFileSync(image, '');
  truncateSync(image, imageBytes);
  const must = async (command: readonly string[]) => {
    const [program = '', ...args] = command;
    const {exitCode, stderr} = await run(program, args);
    if (exitCode !== 0) context.skip(`no btrfs with these quotas here: ${command.join(' ')}: ${stderr.trim()}`);
  };
  await must(['mkfs.btrfs', '-q', image]);
  await must(['mount', '-o', 'loop', image, directory]);
  // What a conmon still holds open must not keep it.
  onTestFinished(async () => void (await run('umount', ['-l', directory])));
  await must(switches[quotas](directory));
  const btrfs = async (...args: readonly string[]) => (await run('btrfs', args)).stdout;
  return {
    /** All that is there beside the file system itself. */
    async left() {
      const groups = await btrfs('qgroup', 'show', '--sync', directory);
      return {
        subvolumes: (await btrfs('subvolume', 'list', directory)).split('\n').filter(Boolean),
        groups: [...groups.matchAll(/^\d+\/\d+/gm)].map(([id]) => id).filter(id => id !== '0/5'),
      };
    },
  };
}

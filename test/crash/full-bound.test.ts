import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, type TestContext, test, vi} from 'vitest';
import {stopDaemon} from '../support/daemon.ts';
import {type DiskName, mountDisk} from '../support/disk.ts';
import {faultyTrails, lost} from '../support/faulty-trails.ts';
import {makeRepository} from '../support/git-repo.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

const agent = `stty -echo; echo ready; while read -r line; do echo "got $line"; done`;
const bound = 20 * 2 ** 20;

async function open(context: TestContext, disk: DiskName = 'btrfs') {
  const podman = await openTestPodman();
  const {home, paths} = podman;
  onTestFinished(() => podman.close());
  const {left} = await mountDisk(context, paths.state, disk);
  const trails = (...args: string[]) => faultyTrails(podman, args);
  onTestFinished(async () => {
    const {stdout} = await trails('ls', '--json');
    const names = (JSON.parse(stdout) as {name: string}[]).map(({name}) => name);
    if (names.length > 0) await trails('rm', '--force', ...names);
    await stopDaemon(paths);
  });
  const repo = makeRepository(path.join(home, 'repo'), {'a.txt': 'a\n'});
  const made = ['--repo', repo, '--image', 'host', '--disk', '20m', '--', 'bash', '-c', agent];
  return {
    ...{home, paths, podman, repo, made, trails, left},
    create: (name: string, ...args: string[]) => trails('new', name, ...args, ...made),
    /** As it ends when it may write no more: by what, and whether it is there. */
    write: (name: string, file: string) =>
      trails('exec', name, '--', 'sh', '-c', `head -c 64M /dev/urandom > ${file}; ls ${file}`),
    async shown(name: string) {
      const {stdout} = await trails('show', name, '--json');
      return JSON.parse(stdout) as {phase: string; unenforced: string[]; note: string};
    },
    async uses(name: string) {
      const all = JSON.parse((await trails('top', '--json')).stdout) as {
        name: string;
        diskBytes: number;
        diskLimit: number;
      }[];
      return all.find(one => one.name === name);
    },
    /** The kernel takes a moment. */
    nothingLeft: () =>
      vi.waitFor(
        async () => {
          expect(await left()).toEqual({subvolumes: [], groups: []});
          expect(readdirSync(path.join(paths.state, 'bounds'))).toEqual([]);
        },
        {timeout: 20_000, interval: 200},
      ),
  };
}

const refused = expect.objectContaining({stderr: expect.stringContaining('Disk quota exceeded')});

test('an agent that fills its disk is stopped at the bound, and only there', {timeout: 120_000}, async context => {
  const world = await open(context);
  const {trails, create, write, shown, uses, repo, home} = world;
  expect(await create('full', '--env', 'TOKEN=of-this-start')).toMatchObject({exitCode: 0});
  expect((await shown('full')).unenforced).toEqual([]);
  await trails('exec', 'full', '--', 'sh', '-c', 'echo mine > /workspace/mine.txt');
  // Whoever could make a subvolume would be out of the bound.
  expect(await trails('exec', 'full', '--', 'btrfs', 'subvolume', 'create', '/workspace/out')).toMatchObject({
    stderr: expect.stringContaining('Operation not permitted'),
  });
  for (const file of ['/workspace/big', '~/big', '"$TMPDIR/big"']) expect(await write('full', file)).toEqual(refused);
  expect(await uses('full')).toMatchObject({diskLimit: bound});
  const {diskBytes = 0} = (await uses('full')) ?? {};
  expect(diskBytes).toBeGreaterThan(bound * 0.9);
  expect(diskBytes).toBeLessThanOrEqual(bound);
  expect((await trails('show', 'full')).stdout).toMatch(/20M disk \(\d+(\.\d+)?M used\)/);

  // Its screen and its log go on, as does all that Trails does with it.
  const attached = openPty(process.execPath, [path.resolve('dist/main.js'), 'attach', 'full'], {
    ...{columns: 80, rows: 24, env: {TRAILS_HOME: home}},
  });
  await attached.shows('ready');
  attached.type('still there?\r');
  await attached.shows('got still there?');
  attached.type('\x11');
  await attached.exit();
  expect((await trails('logs', 'full')).stdout).toContain('got still there?');
  expect((await trails('diff', 'full', '--stat')).stdout).toContain('mine.txt');
  expect(await trails('hibernate', 'full')).toMatchObject({exitCode: 0});
  expect(await trails('wake', 'full')).toMatchObject({exitCode: 0});
  await stopDaemon(world.paths);
  expect(await trails('restart', 'full', '--env', 'TOKEN=of-the-next')).toMatchObject({exitCode: 0});
  expect((await shown('full')).unenforced).toEqual([]);
  expect(await write('full', '/workspace/more')).toEqual(refused);
  await trails('exec', 'full', '--', 'sh', '-c', 'rm -f /workspace/big /workspace/more');
  expect((await trails('apply', 'full', '--yes')).exitCode).toBe(0);
  expect(existsSync(path.join(repo, 'mine.txt'))).toBe(true);

  // Its own disk is full again, with something that nobody has applied.
  const commits = 'echo late > late.txt && git add late.txt && git -c user.name=a -c user.email=a@b commit -q -m late';
  expect(await trails('exec', 'full', '--', 'sh', '-c', commits)).toMatchObject({exitCode: 0});
  expect(await write('full', '~/again')).toEqual(refused);
  expect(await trails('stop', 'full')).toMatchObject({exitCode: 0});
  expect(await trails('rm', 'full', '--force')).toMatchObject({exitCode: 0});
  await world.nothingLeft();
  expect((await trails('restore')).stdout).toContain('full');
});

test('what is not all its own, or has no bound, is said not to be enforced', {timeout: 60_000}, async context => {
  const {create, shown, trails, nothingLeft} = await open(context);
  const unenforced = async (name: string, ...args: string[]) => {
    expect(await create(name, ...args)).toMatchObject({exitCode: 0});
    const found = (await shown(name)).unenforced;
    expect(await trails('rm', '--force', name)).toMatchObject({exitCode: 0});
    return found;
  };
  expect(await unenforced('bound', '--workspace', 'bind')).toEqual(['disk']);
  expect(await unenforced('loose', '--loosen', 'writable-root')).toEqual(['disk']);
  expect(await unenforced('copied', '--workspace', 'copy')).toEqual([]);
  await nothingLeft();
});

test('without quotas a session is made as ever', {timeout: 60_000}, async context => {
  const {create, shown, left} = await open(context, 'btrfs without quotas');
  expect(await create('free')).toMatchObject({exitCode: 0});
  expect((await shown('free')).unenforced).toEqual(['disk']);
  expect((await left()).subvolumes).toEqual([]);
});

test('one that begins with more than it may hold is refused, and nothing is left', {timeout: 60_000}, async context => {
  const {create, repo, trails, nothingLeft} = await open(context);
  mkdirSync(path.join(repo, 'deep'));
  writeFileSync(path.join(repo, 'deep/big'), Buffer.alloc(bound + 1, 1));
  expect(await create('big', '--workspace', 'copy')).toMatchObject({
    exitCode: 73,
    stderr: expect.stringMatching(/error: What big begins with is more than its disk limit of 20M\nhint: .*--disk/),
  });
  expect(JSON.parse((await trails('ls', '--json')).stdout)).toEqual([]);
  await nothingLeft();
});

for (const fault of ['create.bound', 'create.workspace', 'remove.dropped', 'remove.cleared'])
  test(`killed at ${fault}, nothing is left behind the next start`, {timeout: 60_000}, async context => {
    const {podman, create, made, trails, nothingLeft} = await open(context);
    const removes = fault.startsWith('remove');
    if (removes) expect(await create('gone')).toMatchObject({exitCode: 0});
    const asked = removes ? ['rm', '--force', 'gone'] : ['new', 'gone', ...made];
    expect((await faultyTrails(podman, asked, fault)).exitCode).toBe(lost);
    await vi.waitFor(async () => expect(JSON.parse((await trails('ls', '--json')).stdout)).toEqual([]), {
      ...{timeout: 20_000, interval: 200},
    });
    await nothingLeft();
  });

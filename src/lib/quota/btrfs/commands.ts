import {lstatSync} from 'node:fs';
import {run} from '../../exec.ts';
import {type Qgroup, qgroupsIn} from './qgroups.ts';

/** The root of each subvolume has this number. */
const rootInode = 256;
const patienceMs = 60_000;

const btrfs = (args: readonly string[], signal?: AbortSignal) =>
  run('btrfs', args, {env: {LC_ALL: 'C'}, timeoutMs: patienceMs, ...(signal ? {signal} : {})});

async function must(...args: readonly string[]): Promise<string> {
  const {exitCode, stdout, stderr} = await btrfs(args);
  if (exitCode === 0) return stdout;
  throw new Error(`btrfs ${args.slice(0, 2).join(' ')}: ${stderr.trim().slice(0, 300) || `exit code ${exitCode}`}`);
}

/** Of a directory that is there, on btrfs. */
export const isSubvolume = (directory: string): boolean => {
  const found = lstatSync(directory, {throwIfNoEntry: false});
  return found?.isDirectory() === true && found.ino === rootInode;
};

/** Makes a group without members, which may hold so much. Throws where one of that name is there. */
export async function makeGroup(at: string, group: string, bytes: number): Promise<void> {
  await must('qgroup', 'create', group, at);
  await must('qgroup', 'limit', String(bytes), group, at);
}

/** Counted in the group from its first byte: with no other way would btrfs have to count all anew. */
export const makeMember = (directory: string, group: string) => must('subvolume', 'create', '-i', group, directory);

/** Counted by itself. */
export async function makeBounded(directory: string, bytes: number): Promise<void> {
  await must('subvolume', 'create', directory);
  await must('qgroup', 'limit', String(bytes), directory);
}

export const subvolumeId = async (directory: string): Promise<number> =>
  Number((await must('inspect-internal', 'rootid', directory)).trim());

/** Each group there is. Undefined where quotas are off, or where btrfs knows that its counts are wrong, and bounds nothing by them. */
export async function groupsAt(at: string, signal?: AbortSignal): Promise<ReadonlyMap<string, Qgroup> | undefined> {
  const {exitCode, stdout, stderr} = await btrfs(['qgroup', 'show', '-pcre', '--raw', '--sync', at], signal);
  return exitCode !== 0 || /inconsistent|rescan/i.test(stderr) ? undefined : qgroupsIn(stdout);
}

/** Out of sight at once; its space comes back later. */
export const deleteSubvolume = (directory: string) => must('subvolume', 'delete', directory);

/** Resolves when nothing is left of subvolumes that were deleted. */
export async function waitUntilGone(at: string, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  // What removes them is woken by it.
  await must('filesystem', 'sync', at);
  await must('subvolume', 'sync', at, ...ids.map(String));
}

export const removeGroup = (at: string, group: string) => must('qgroup', 'destroy', group, at);

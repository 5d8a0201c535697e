import type {RunResult} from '../exec.ts';
import {mountOf} from '../mounts.ts';

/** Why no directory of a file system can be bounded. */
export interface Obstacle {
  readonly why: string;
  readonly fix: string;
}

/** Whoever asks, on the machine it asks about. */
export interface Asker {
  readonly uid: number;
  /** As /proc/self/mountinfo has them. */
  readonly mounts: string;
  run(command: readonly string[]): Promise<RunResult>;
}

const elsewhere = 'Put the state on btrfs with quotas (TRAILS_HOME, XDG_STATE_HOME); elsewhere the limit is only told.';

/** What is in the way of bounds where a real path lies; undefined: nothing. */
export async function obstacleAt(directory: string, {uid, mounts, run}: Asker): Promise<Obstacle | undefined> {
  const mount = mountOf(mounts, directory);
  if (!mount) return {why: 'nothing is known of its file system', fix: elsewhere};
  if (mount.type !== 'btrfs')
    return {why: `${mount.type} at ${mount.at} is not bounded, only btrfs is`, fix: elsewhere};
  if (uid !== 0)
    return {why: 'only root may bound a directory', fix: 'Nothing to do: the limit is told, not enforced.'};
  const {exitCode, stderr} = await run(['btrfs', 'qgroup', 'show', mount.at]);
  if (exitCode === 127) return {why: 'the program btrfs is not there', fix: 'Install btrfs-progs.'};
  if (exitCode !== 0)
    return {
      why: `btrfs at ${mount.at}: ${stderr
        .trim()
        .replace(/^ERROR: /, '')
        .slice(0, 200)}`,
      fix: `Turn quotas on: \`btrfs quota enable ${mount.at}\`; \`--simple\` costs less, from Linux 6.7 on.`,
    };
  if (/inconsistent|rescan/i.test(stderr))
    return {why: `btrfs at ${mount.at} has lost count`, fix: `Have it count anew: \`btrfs quota rescan ${mount.at}\`.`};
  return undefined;
}

import type {RunResult} from '../exec.ts';
import {type MountPoint, mountOf} from '../mounts.ts';
import type {Kind} from './book.ts';

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

const elsewhere: Obstacle['fix'] =
  'Put the state on btrfs, XFS or ext4 with quotas (TRAILS_HOME, XDG_STATE_HOME); elsewhere the limit is only told.';

/** By the type of a file system. */
interface Row {
  readonly kind: Kind;
  readonly asked: (at: string) => readonly string[];
  readonly packages: string;
  /** What of its mount has to be so, first of all. */
  readonly option?: string;
  readonly fix: (at: string) => string;
}

const projectRow = (fix: Row['fix']): Row => ({
  ...{kind: 'projects', packages: 'quota', option: 'prjquota', fix},
  asked: at => ['repquota', '-P', '-n', '-O', 'csv', at],
});

const rows: Readonly<Record<string, Row>> = {
  btrfs: {
    kind: 'subvolumes',
    asked: at => ['btrfs', 'qgroup', 'show', at],
    packages: 'btrfs-progs',
    fix: at => `Turn quotas on: \`btrfs quota enable ${at}\`; \`--simple\` costs less, from Linux 6.7 on.`,
  },
  xfs: projectRow(at => `Mount ${at} with the option prjquota: in /etc/fstab, then anew.`),
  ext4: projectRow(
    at => `Unmount ${at}, \`tune2fs -O project,quota -Q prjquota\` its device, and mount it with the option prjquota.`,
  ),
};

const rescan = /inconsistent|rescan/i;

async function obstacleOn({at, type, system}: MountPoint, row: Row, {uid, run}: Asker): Promise<Obstacle | undefined> {
  if (uid !== 0)
    return {why: 'only root may bound a directory', fix: 'Nothing to do: the limit is told, not enforced.'};
  const where = `${type} at ${at}`;
  if (row.option !== undefined && !system.includes(row.option))
    return {why: `${where} is mounted without ${row.option}`, fix: row.fix(at)};
  const asked = row.asked(at);
  const {exitCode, stderr} = await run(asked);
  if (exitCode === 127) return {why: `the program ${asked[0]} is not there`, fix: `Install ${row.packages}.`};
  if (exitCode !== 0)
    return {
      why: `${where}: ${stderr
        .trim()
        .replace(/^ERROR: /, '')
        .slice(0, 200)}`,
      fix: row.fix(at),
    };
  if (rescan.test(stderr))
    return {why: `${where} counts anew, or has to`, fix: `Wait for it: \`btrfs quota rescan -w ${at}\`.`};
  return undefined;
}

/** How directories can be bounded where a real path lies, or what is in the way. */
export async function boundsAt(directory: string, asker: Asker): Promise<Kind | Obstacle> {
  const mount = mountOf(asker.mounts, directory);
  if (!mount) return {why: 'nothing is known of its file system', fix: elsewhere};
  const row = Object.hasOwn(rows, mount.type) ? rows[mount.type] : undefined;
  if (!row) return {why: `nothing on ${mount.type} at ${mount.at} is bounded`, fix: elsewhere};
  return (await obstacleOn(mount, row, asker)) ?? row.kind;
}

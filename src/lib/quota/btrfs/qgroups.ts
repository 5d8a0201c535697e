/** A group of subvolumes whose use btrfs counts together, or one subvolume. */
export interface Qgroup {
  readonly id: string;
  readonly usedBytes: number;
  /** What it may hold; undefined: as much as there is. */
  readonly mostBytes: number | undefined;
  readonly members: readonly string[];
}

const row = /^(\d+\/\d+)\s+(\d+)\s+\d+\s+(\d+|none)\s+(?:\d+|none)\s+(\S+)\s+(\S+)(?:\s|$)/;

/**
 * The groups in what `btrfs qgroup show -pcre --raw` prints. The last column is the path of a subvolume, which anybody may have named, with
 * line ends too: a group that is told twice is told by nobody.
 */
export function qgroupsIn(text: string): ReadonlyMap<string, Qgroup> {
  const found = new Map<string, Qgroup>();
  const twice = new Set<string>();
  for (const line of text.split('\n')) {
    const [, id, used, most, , members = '-'] = row.exec(line) ?? [];
    if (id === undefined) continue;
    if (found.has(id)) twice.add(id);
    found.set(id, {
      id,
      usedBytes: Number(used),
      mostBytes: most === 'none' ? undefined : Number(most),
      members: members === '-' || members === '---' ? [] : members.split(','),
    });
  }
  for (const id of twice) found.delete(id);
  return found;
}

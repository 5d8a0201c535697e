import {type FileState, type FileWrite, sameState} from './file-write.ts';

/** What stands where a file is to be written. `odd` and `full` cannot make way: no file, or a directory with more in it. */
export type Standing =
  | {readonly kind: 'state'; readonly state: FileState | null}
  | {readonly kind: 'odd' | 'full' | 'blocked' | 'unreadable'; readonly why: string}
  | {readonly kind: 'link' | 'name'; readonly why: string};

export type Verdict =
  | {readonly as: 'write' | 'done'}
  | {readonly as: 'refused'; readonly why: string}
  /** `found` is what `theirs` would write over; undefined where that is not possible. */
  | {readonly as: 'conflict'; readonly why: string; readonly found?: FileState | null};

function changeOf(old: FileState | null, found: FileState | null): string {
  if (!old) return 'it was made there meanwhile';
  if (!found) return 'it was deleted there meanwhile';
  return old.id === found.id ? 'its mode was changed there meanwhile' : 'it was changed there meanwhile';
}

/** The three-way check. */
export function judge(write: FileWrite, standing: Standing): Verdict {
  if (standing.kind === 'link' || standing.kind === 'name') return {as: 'refused', why: standing.why};
  if (standing.kind !== 'state') return {as: 'conflict', why: standing.why};
  const found = standing.state;
  if (sameState(found, write.new)) return {as: 'done'};
  if (sameState(found, write.old)) return {as: 'write'};
  return {as: 'conflict', why: changeOf(write.old, found), found};
}

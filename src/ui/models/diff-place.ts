import type {FileChange, WorkspaceChanges} from '../../sessions/port.ts';
import type {FilePatch} from './diff.ts';

/** Where one was in a session's diff. */
export interface DiffPlace {
  readonly path: string;
  readonly hunk: number;
}

/** What an agent changed, and where in it one is. */
export interface DiffState {
  /** The session's. */
  readonly id: string;
  /** Undefined until they are told. */
  readonly changes: WorkspaceChanges | undefined;
  /** What is missing has been missing long enough to say so. */
  readonly late: boolean;
  /** The file in view, among those that changed. */
  readonly at: number;
  /** The file to be in view once the changes are told. */
  readonly sought: string | undefined;
  readonly hunk: number;
  /** The first of the file's lines in view. */
  readonly top: number;
  /** By path; of the file in view perhaps an earlier state, until the new one is there. */
  readonly patches: ReadonlyMap<string, FilePatch>;
}

/** The file in view and the one after it, and some on the way back. */
const mostPatches = 6;
/** Of a file whose hunks are not known yet. */
const lastHunk = Number.MAX_SAFE_INTEGER;

/** At the beginning, or where one was before. */
export const newDiff = (id: string, place?: DiffPlace): DiffState => ({
  ...{id, changes: undefined, late: false, at: 0, sought: place?.path, hunk: place?.hunk ?? 0, top: 0},
  patches: new Map(),
});

export const placeOf = (diff: DiffState): DiffPlace | undefined => {
  const path = fileInView(diff)?.path;
  return path === undefined ? undefined : {path, hunk: diff.hunk};
};

export const fileInView = ({changes, at}: DiffState): FileChange | undefined => changes?.files[at];

export const patchInView = (diff: DiffState): FilePatch | undefined => {
  const file = fileInView(diff);
  return file && diff.patches.get(file.path);
};

/** How far one can go from here. */
export interface DiffEnds {
  readonly files: number;
  readonly firstFile: boolean;
  readonly lastFile: boolean;
  readonly firstHunk: boolean;
  readonly lastHunk: boolean;
}

export function endsOf(diff: DiffState): DiffEnds | undefined {
  if (!diff.changes) return undefined;
  const files = diff.changes.files.length;
  const firstFile = diff.at <= 0;
  const lastFile = diff.at >= files - 1;
  return {
    ...{files, firstFile, lastFile},
    firstHunk: firstFile && diff.hunk <= 0 && diff.top === 0,
    lastHunk: lastFile && diff.hunk >= (patchInView(diff)?.hunks.length ?? 0) - 1,
  };
}

const clamped = (value: number, most: number): number => Math.max(0, Math.min(value, most));
const lowestTop = (patch: FilePatch | undefined, height: number): number =>
  Math.max(0, (patch?.lines.length ?? 0) - height);

/** Another list of changes: the place stays at its file, under its new name where it was renamed. */
export function withChanges(diff: DiffState, changes: WorkspaceChanges): DiffState {
  const {files} = changes;
  const path = fileInView(diff)?.path ?? diff.sought;
  const next = {...diff, changes, sought: undefined, late: false};
  if (path === undefined || files[diff.at]?.path === path) return {...next, at: clamped(diff.at, files.length - 1)};
  const found = files.findIndex(file => file.path === path || file.from === path);
  if (found >= 0) return {...next, at: found};
  return {...next, at: clamped(diff.at, files.length - 1), hunk: 0, top: 0};
}

/** The line that shows the same place of the file in another state of it: what the file was before stays, and so do its numbers. */
function sameLine(before: FilePatch, top: number, after: FilePatch): number {
  if (top === 0) return 0;
  const sides = ['old', 'new'] as const;
  for (const side of sides) {
    const number = before.lines.slice(top).find(line => line[side] !== undefined)?.[side];
    const found = number === undefined ? -1 : after.lines.findIndex(line => (line[side] ?? -1) >= number);
    if (found >= 0) return found;
  }
  return after.lines.length;
}

const hunkAt = ({hunks}: FilePatch, line: number): number =>
  Math.max(
    0,
    hunks.findLastIndex(start => start <= line),
  );

/** Brings a hunk into view; one that is there as a whole stays where it is. */
function toHunk(diff: DiffState, hunk: number, height: number): DiffState {
  const patch = patchInView(diff);
  if (!patch) return {...diff, hunk, top: 0};
  const at = clamped(hunk, patch.hunks.length - 1);
  const start = patch.hunks[at] ?? 0;
  const end = patch.hunks[at + 1] ?? patch.lines.length;
  const whole = start >= diff.top && end <= diff.top + height;
  return {...diff, hunk: at, top: whole ? diff.top : at === 0 ? 0 : Math.min(start, lowestTop(patch, height))};
}

/** A file's diff came: the place stays near the same lines of it. */
export function withPatch(diff: DiffState, path: string, patch: FilePatch, height: number): DiffState {
  const before = diff.patches.get(path);
  const patches = new Map(diff.patches);
  patches.delete(path);
  patches.set(path, patch);
  const inView = fileInView(diff)?.path;
  for (const old of patches.keys()) {
    if (patches.size <= mostPatches) break;
    if (old !== inView && old !== path) patches.delete(old);
  }
  const next = {...diff, patches};
  if (path !== inView) return next;
  const fresh = {...next, late: false};
  if (!before) return toHunk(fresh, diff.hunk, height);
  const top = Math.min(sameLine(before, diff.top, patch), lowestTop(patch, height));
  const start = before.hunks[diff.hunk];
  return {...fresh, top, hunk: start === undefined ? 0 : hunkAt(patch, sameLine(before, start, patch))};
}

const toFile = (diff: DiffState, at: number, hunk: number, height: number): DiffState =>
  toHunk({...diff, at, top: 0, late: false}, hunk, height);

/** The file before or after; at the ends it stays. */
export const moveFile = (diff: DiffState, by: 1 | -1, height: number): DiffState => {
  const at = diff.at + by;
  return at < 0 || at >= (diff.changes?.files.length ?? 0) ? diff : toFile(diff, at, 0, height);
};

/** The hunk before or after, in the next file where this one has no more. Back goes first to the beginning of the hunk. */
export function moveHunk(diff: DiffState, by: 1 | -1, height: number): DiffState {
  const hunks = patchInView(diff)?.hunks ?? [];
  const inside = by < 0 && diff.top > (hunks[diff.hunk] ?? 0);
  const hunk = diff.hunk + (inside ? 0 : by);
  if (hunk >= 0 && hunk < hunks.length) return toHunk(diff, hunk, height);
  const at = diff.at + by;
  if (at < 0 || at >= (diff.changes?.files.length ?? 0)) return diff;
  return toFile(diff, at, by < 0 ? lastHunk : 0, height);
}

/** Lines further down, within the file. The hunk stays the one that was gone to as long as its head is in view. */
export function scrollDiff(diff: DiffState, by: number, height: number): DiffState {
  const patch = patchInView(diff);
  if (!patch) return diff;
  const top = clamped(diff.top + by, lowestTop(patch, height));
  if (top === diff.top) return diff;
  const start = patch.hunks[diff.hunk] ?? 0;
  const stays = start >= top && start < top + height;
  return {...diff, top, hunk: stays ? diff.hunk : hunkAt(patch, top)};
}

/** A page further; at the end of a file on into the next one, so that nothing of a long hunk is passed over. */
export function pageDiff(diff: DiffState, by: number, height: number): DiffState {
  const scrolled = scrollDiff(diff, by, height);
  if (scrolled !== diff) return scrolled;
  if (by > 0) return moveFile(diff, 1, height);
  if (diff.at === 0) return diff;
  const before = toFile(diff, diff.at - 1, lastHunk, height);
  return {...before, top: lowestTop(patchInView(before), height)};
}

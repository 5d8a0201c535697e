import type {RawName} from '../../lib/beneath.ts';
import {nameText} from '../../lib/beneath.ts';
import {directoriesOf, readTable} from '../shadow/table.ts';
import {ignoreRules} from './ignore-rules.ts';
import {keepsNothing, type WalkLimits, walkTree} from './tree-walk.ts';

/** A file that is ignored, or a directory that has nothing else in it. */
export interface Ignored {
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
}

const most: WalkLimits = {entries: 500_000, depth: 500};

/** What the rules leave out of a workspace: it is in no diff and is not kept. */
export function ignoredIn(workspace: string, tableFile: string, excludes: string): readonly Ignored[] {
  const tracked = new Set(readTable(tableFile).files.keys());
  const trackedDirectories = directoriesOf(tracked);
  const keeps = {
    file: (path: RawName) => tracked.has(path),
    directory: (path: RawName) => trackedDirectories.has(path),
  };
  const told = new Set<RawName>();
  const nobody = () => {};
  walkTree(workspace, {rules: ignoreRules([excludes]), keeps, most}, ({path}) => told.add(path), nobody);
  const directories = directoriesOf(told);
  const found = new Map<RawName, {files: number; bytes: number}>();
  walkTree(
    workspace,
    {keeps: keepsNothing, most},
    ({path, size}) => {
      if (told.has(path)) return;
      const group = groupOf(path, directories);
      const before = found.get(group) ?? {files: 0, bytes: 0};
      found.set(group, {files: before.files + 1, bytes: before.bytes + size});
    },
    nobody,
  );
  return [...found].map(([path, counts]) => ({path: nameText(path), ...counts})).sort((a, b) => b.bytes - a.bytes);
}

/** The topmost directory of a path that has nothing but ignored files; the path itself where there is none. */
function groupOf(path: RawName, directories: ReadonlySet<RawName>): RawName {
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const directory = path.slice(0, at);
    if (!directories.has(directory)) return `${directory}/`;
  }
  return path;
}

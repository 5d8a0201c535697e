import {createHash} from 'node:crypto';
import {AppError} from '../../errors.ts';
import {type Directory, nameText, openDescent, openDirectory, type RawName} from '../../lib/beneath.ts';
import {ignoreRules} from '../tree/ignore-rules.ts';
import {type Entry, walkTree} from '../tree/tree-walk.ts';
import {pathRefusal} from '../writing/path-rules.ts';
import type {Git} from './git.ts';
import {type ImportedFile, importStream} from './import-stream.ts';
import type {LineEnds} from './line-ends.ts';
import {type Content, contentOf} from './read-content.ts';
import {directoriesOf, type Known, type ObjectFormat} from './table.ts';

/** Something that is not looked at, and why. */
export interface Refused {
  readonly path: string;
  readonly why: string;
}

export interface ScanOptions {
  /** The files, which somebody else may be writing. */
  readonly workspace: string;
  /** Further patterns of what is ignored, in git's words. */
  readonly excludes: string;
  /** Where what is different is put, and the ref that has it. */
  readonly git: Git;
  readonly ref: string;
  readonly format: ObjectFormat;
  /** The commit to begin with; undefined: one without files. */
  readonly from: string | undefined;
  /** The line ends of these files, as git has them in commits; left out: as they are. */
  readonly lineEnds?: (paths: readonly RawName[]) => LineEnds;
  /** What that commit has. These files are told even where they are ignored. */
  readonly known: ReadonlyMap<RawName, Known>;
  /** Read in one look: beyond it files are told, not read. */
  readonly mostRead: number;
}

const mostEntries = 300_000;
const mostDepth = 500;
/** Of everything that is different. */
const mostBytes = 2 * 2 ** 30;
/** Read at a time before it is handed to git. */
const batchBytes = 32 * 2 ** 20;
/** A file that changed so shortly before it was looked at may change again without another time of change. */
const racyMs = 100;
const mostRefused = 200;

/** Throws WORKSPACE_UNREADABLE. */
function openRoot(workspace: string): Directory {
  try {
    return openDirectory(workspace);
  } catch (cause) {
    const {code, message} = cause as NodeJS.ErrnoException;
    throw new AppError('WORKSPACE_UNREADABLE', `${workspace} cannot be read: ${code ?? message}`, {cause});
  }
}

/** In one of these directories, at any depth; the root is "". */
function isWithin(raw: RawName, directories: ReadonlySet<RawName>): boolean {
  if (directories.has('')) return true;
  for (let at = raw.lastIndexOf('/'); at > 0; at = raw.lastIndexOf('/', at - 1))
    if (directories.has(raw.slice(0, at))) return true;
  return false;
}

/** Looks at a workspace, again and again: only what stat says may be different is read. For a worker thread: it never yields. */
export function openScan({workspace, excludes, git, ref, format, from, known, lineEnds, mostRead}: ScanOptions) {
  const table = new Map(known);
  const tracked = new Set(known.keys());
  const directories = directoriesOf(tracked);
  let commit = from;
  let imported = 0;

  const idOf = (content: Uint8Array) =>
    createHash(format).update(`blob ${content.byteLength}\0`).update(content).digest('hex');

  const look = (): readonly Refused[] => {
    const root = openRoot(workspace);
    const refused: {path: string; why: string}[] = [];
    let unseen = 0;
    const blind = new Set<RawName>();
    const refuse = (raw: RawName, why: string) => {
      blind.add(raw);
      if (refused.length < mostRefused) refused.push({path: nameText(raw), why});
      else unseen++;
    };
    const began = Date.now();
    const maybe: Entry[] = [];
    const met = new Set<RawName>();
    const whole = walkTree(
      workspace,
      {
        rules: ignoreRules([excludes]),
        keeps: {file: raw => tracked.has(raw), directory: raw => directories.has(raw)},
        most: {entries: mostEntries, depth: mostDepth},
      },
      entry => {
        met.add(entry.path);
        if (table.get(entry.path)?.stamp !== entry.stamp) maybe.push(entry);
      },
      refuse,
    );
    const descent = openDescent(root);
    const ends = lineEnds?.(maybe.map(({path}) => path));
    let deleted: RawName[] = [];
    let files: ImportedFile[] = [];
    let bytes = 0;
    let total = 0;
    const flush = () => {
      if (commit !== undefined && files.length === 0 && deleted.length === 0) return;
      const printed = git.runWaiting(
        ['fast-import', '--quiet', '--force', '--depth=0', '--done'],
        importStream({ref, from: commit, deleted, files}),
      );
      commit = printed.toString().trim();
      deleted = [];
      files = [];
      bytes = 0;
    };
    try {
      // Names go before those that may take their place come.
      if (whole) deleted = [...table.keys()].filter(raw => !met.has(raw) && !isWithin(raw, blind));
      for (const raw of deleted) table.delete(raw);
      if (maybe.length > mostRead) refuse('.', `more than ${mostRead} files are different: the rest is not looked at`);
      for (const {path: raw, kind, stamp, changedMs} of maybe.slice(0, mostRead)) {
        const unsafe = pathRefusal(raw, kind === 'link');
        if (unsafe) {
          refuse(raw, unsafe);
          continue;
        }
        const slash = raw.lastIndexOf('/');
        let found: Content | undefined;
        try {
          const parent = descent.into(raw.slice(0, Math.max(0, slash)));
          found = contentOf(parent, raw.slice(slash + 1), mostBytes - total);
        } catch (error) {
          const {code = ''} = error as NodeJS.ErrnoException;
          // It went, or something else took its place, since it was listed: the next look tells.
          if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL'].includes(code)) continue;
          found = {why: `cannot be read (${code})`};
        }
        if (!found) continue;
        if ('why' in found) {
          refuse(raw, found.why);
          continue;
        }
        const {mode} = found;
        const content = mode === '120000' || !ends ? found.content : ends(raw, found.content, !tracked.has(raw));
        const id = idOf(content);
        const before = table.get(raw);
        table.set(raw, {mode, id, stamp: changedMs > began - racyMs ? undefined : stamp});
        if (before?.id === id && before.mode === mode) continue;
        files.push({path: raw, mode, content});
        bytes += content.byteLength;
        total += content.byteLength;
        if (bytes >= batchBytes) flush();
      }
      flush();
    } finally {
      descent.close();
      root.close();
    }
    imported += total;
    if (unseen > 0) refused.push({path: '…', why: `and ${unseen} more`});
    return refused;
  };

  return {
    /** Brings `commit` in line with the files. When it throws, the scan is of no use any more. */
    look,
    /** What has all of the files; before the first look what it began with. */
    get commit() {
      return commit ?? '';
    },
    /** Bytes that were put into git so far. */
    get imported() {
      return imported;
    },
    /** What the commit has. */
    table: table as ReadonlyMap<RawName, Known>,
  };
}

export type Scan = ReturnType<typeof openScan>;

import {createHash} from 'node:crypto';
import {appendFileSync, closeSync, fstatSync, mkdirSync, readlinkSync, readSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../errors.ts';
import {type Directory, descend, nameText, openDirectory, openRegular, type RawName} from '../lib/beneath.ts';
import {type DiffFile, diffArguments, parseDiff} from './diff-files.ts';
import {type Git, ourGit, plainGit} from './git.ts';
import {ignoreRules} from './ignore-rules.ts';
import {type ImportedFile, importStream} from './import-stream.ts';
import {directoriesOf, type FileMode, type Known, readTable} from './table.ts';
import {type Entry, walkTree} from './tree-walk.ts';
import {pathRefusal} from './writing/path-rules.ts';

export interface SnapshotPlaces {
  /** The files, which somebody else may be writing. */
  readonly workspace: string;
  /** Host-only: the repository that has the base. */
  readonly shadow: string;
  /** Host-only scratch: what was seen since. Made anew whenever it is in doubt. */
  readonly seen: string;
  /** What the workspace was like when it was made. */
  readonly table: string;
  /** Further patterns of what is ignored, in git's words. */
  readonly excludes: string;
}

export interface Snapshot {
  /** What it is compared with. */
  readonly from: string;
  /** A commit of `seen`. */
  readonly commit: string;
  readonly files: readonly DiffFile[];
  /** What is not looked at, and why. */
  readonly refused: readonly {readonly path: string; readonly why: string}[];
}

const mostEntries = 300_000;
const mostDepth = 500;
/** Of one file: a larger one is told, not read. */
export const mostFileBytes = 100 * 2 ** 20;
/** Of everything that is different. */
const mostBytes = 2 * 2 ** 30;
/** Read at a time before it is handed to git. */
const batchBytes = 32 * 2 ** 20;
/** A file that changed so shortly before it was looked at may change again without another time of change. */
const racyMs = 100;
const mostRefused = 200;
/** What was seen and is gone is thrown away beyond this. */
const mostScratchBytes = 512 * 2 ** 20;

const ref = 'refs/trails/now';

function readWhole(fd: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  while (at < size) {
    const got = readSync(fd, bytes, at, size - at, at);
    if (got === 0) break;
    at += got;
  }
  return bytes.subarray(0, at);
}

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

const megabytes = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${Math.ceil(bytes / 2 ** 20)} MB`;

type Content = {readonly mode: FileMode; readonly content: Uint8Array} | {readonly why: string};

/** A file as it is now; undefined when it is gone. */
function contentOf(parent: Directory, name: RawName, room: number): Content | undefined {
  const fd = openRegular(parent, name);
  if (fd === undefined) {
    const text = readlinkSync(parent.at(name), 'buffer') as unknown as Buffer;
    return {mode: '120000', content: text};
  }
  try {
    const {size, mode} = fstatSync(fd);
    if (size > mostFileBytes) return {why: `too big to look into (${megabytes(size)})`};
    if (size > room) return {why: 'too much is different'};
    return {mode: mode & 0o100 ? '100755' : '100644', content: readWhole(fd, size)};
  } finally {
    closeSync(fd);
  }
}

/** Looks at one workspace, again and again: only what stat says may be different is read. For a worker thread: it never yields. */
export function openSnapshots(places: SnapshotPlaces) {
  const {workspace, shadow, seen, excludes} = places;
  const git: Git = ourGit(seen);
  let base = '';
  let algorithm = 'sha1';
  let table = new Map<RawName, Known>();
  let tracked: ReadonlySet<RawName> = new Set();
  let directories: ReadonlySet<RawName> = new Set();
  let commit = '';
  let scratch = Number.POSITIVE_INFINITY;
  let last: {readonly from: string; readonly commit: string; readonly files: readonly DiffFile[]} | undefined;

  const begin = () => {
    rmSync(seen, {recursive: true, force: true});
    const [id = '', format = 'sha1'] = ourGit(shadow)
      .runWaiting(['rev-parse', 'refs/trails/made^{commit}', '--show-object-format'])
      .toString()
      .split('\n');
    base = id;
    algorithm = format;
    plainGit.runWaiting(['init', '-q', '--bare', '--template=', `--object-format=${format}`, seen]);
    const objects = path.join(seen, 'objects');
    mkdirSync(path.join(objects, 'info'), {recursive: true});
    writeFileSync(path.join(objects, 'info/alternates'), `${path.relative(objects, path.join(shadow, 'objects'))}\n`);
    // What was looked at is fetched from here by its id.
    appendFileSync(path.join(seen, 'config'), '[uploadpack]\n\tallowAnySHA1InWant = true\n');
    table = readTable(places.table);
    tracked = new Set(table.keys());
    directories = directoriesOf(tracked);
    commit = base;
    scratch = 0;
    last = undefined;
  };

  const idOf = (content: Uint8Array) =>
    createHash(algorithm).update(`blob ${content.byteLength}\0`).update(content).digest('hex');

  const look = () => {
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
    let deleted: RawName[] = [];
    let files: ImportedFile[] = [];
    let bytes = 0;
    let total = 0;
    const flush = () => {
      if (files.length === 0 && deleted.length === 0) return;
      const printed = git.runWaiting(
        ['fast-import', '--quiet', '--force', '--done'],
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
      for (const {path: raw, kind, stamp, changedMs} of maybe) {
        const unsafe = pathRefusal(raw, kind === 'link');
        if (unsafe) {
          refuse(raw, unsafe);
          continue;
        }
        const names = raw.split('/');
        const name = names.pop() ?? '';
        let found: Content | undefined;
        try {
          const parent = descend(root, names);
          try {
            found = contentOf(parent, name, mostBytes - total);
          } finally {
            parent.close();
          }
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
        const {mode, content} = found;
        const id = idOf(content);
        const known = table.get(raw);
        table.set(raw, {mode, id, stamp: changedMs > began - racyMs ? undefined : stamp});
        if (known?.id === id && known.mode === mode) continue;
        files.push({path: raw, mode, content});
        bytes += content.byteLength;
        total += content.byteLength;
        if (bytes >= batchBytes) flush();
      }
      flush();
    } finally {
      root.close();
    }
    scratch += total;
    if (unseen > 0) refused.push({path: '…', why: `and ${unseen} more`});
    return refused;
  };

  return {
    /** What is different from the commit `from`, by default from how it was made. */
    take(from?: string): Snapshot {
      if (scratch > mostScratchBytes) begin();
      let refused: ReturnType<typeof look>;
      try {
        refused = look();
      } catch (error) {
        // Half a look leaves a table that is wrong.
        scratch = Number.POSITIVE_INFINITY;
        throw error;
      }
      const start = from ?? base;
      if (last?.from !== start || last.commit !== commit) {
        const printed = start === commit ? '' : git.runWaiting(diffArguments(start, commit)).toString('latin1');
        last = {from: start, commit, files: parseDiff(printed)};
      }
      return {from: start, commit, files: last.files, refused};
    },
    /** The content it has now, for a base that is made of it. */
    table: (): ReadonlyMap<RawName, Known> => table,
  };
}

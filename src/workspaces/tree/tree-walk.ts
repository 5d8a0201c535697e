import {type BigIntStats, lstatSync} from 'node:fs';
import {type Directory, enterDirectory, openDirectory, type RawName} from '../../lib/beneath.ts';
import {type DirectoryName, namesIn} from '../../lib/directory-names.ts';
import {isGitName as someTakeForGit} from '../writing/path-rules.ts';
import {allIgnored, type IgnoreRules, nothingIgnored, type Refuse, type RuleScope} from './ignore-rules.ts';

export interface Entry {
  /** From the root of the walk. */
  readonly path: RawName;
  readonly kind: 'file' | 'link';
  readonly executable: boolean;
  /** Bytes. */
  readonly size: number;
  /** Another one whenever the file may have changed. */
  readonly stamp: string;
  /** The later of its two times of change, in milliseconds since the epoch. */
  readonly changedMs: number;
}

/** What is tracked: it is told although rules ignore it. */
export interface Keeps {
  file(path: RawName): boolean;
  /** Has tracked files somewhere in it. */
  directory(path: RawName): boolean;
}

export interface WalkLimits {
  /** Files, links and refusals that are told; ten times as many names are looked at. */
  readonly entries: number;
  /** Directories within each other. As many are held open at once. */
  readonly depth: number;
}

export interface WalkOptions {
  /** Left out: nothing is ignored. */
  readonly rules?: IgnoreRules | undefined;
  readonly keeps: Keeps;
  readonly most: WalkLimits;
  /** git directories are told whole, with nothing ignored in them; a `.git` that is no directory is refused. */
  readonly gitDirectories?: boolean;
  /** Asked before a directory is entered, the root as "": the reason why it is not, if there is one. */
  readonly bars?: (path: RawName) => string | undefined;
}

/** For a tree without tracked files. */
export const keepsNothing: Keeps = {file: () => false, directory: () => false};

/** git's own directory in any spelling that a file system may take for it. */
export const isGitName = (name: RawName): boolean => name.length === 4 && name.toLowerCase() === '.git';

/** Where files are held that are being written to a directory: they are nobody's work. */
const isStage = (name: RawName): boolean => /^\.trails-[0-9a-f]{32}$/.test(name);

/** Only these can be such a name; most are sorted out by it. */
const mayBeTaken = /^[.gG\x80-\xff]|\\/;
const isTakenForGit = (name: RawName): boolean => mayBeTaken.test(name) && someTakeForGit(name);

/** PATH_MAX: git and most programs cannot use a longer one. */
const longestPath = 4096;

interface Level {
  readonly directory: Directory;
  readonly path: RawName;
  /** Still to be entered. */
  readonly below: {readonly name: RawName; readonly path: RawName; readonly scope: RuleScope}[];
}

/**
 * Tells every file and link of a tree that somebody may write to meanwhile, a directory at a time. No link is followed, nothing is
 * opened but directories and rules. `.git` is passed over; what cannot be looked at is refused. Never throws for what it finds.
 * False when it stopped at a limit.
 */
export function walkTree(root: string, options: WalkOptions, visit: (entry: Entry) => void, refuse: Refuse): boolean {
  const steps = walkSteps(root, options, visit, refuse);
  for (;;) {
    const {done, value} = steps.next();
    if (done) return value;
  }
}

/** The same, a directory with each step. */
export const walkSteps = (
  root: string,
  options: WalkOptions,
  visit: (entry: Entry) => void,
  refuse: Refuse,
): Generator<void, boolean> => new Walk(options, visit, refuse).from(root);

class Walk {
  readonly #options: WalkOptions;
  readonly #visit: (entry: Entry) => void;
  readonly #tell: Refuse;
  readonly #held: Level[] = [];
  #toldLeft: number;
  #namesLeft: number;
  #full = false;

  constructor(options: WalkOptions, visit: (entry: Entry) => void, tell: Refuse) {
    this.#options = options;
    this.#visit = visit;
    this.#tell = tell;
    this.#toldLeft = options.most.entries;
    this.#namesLeft = options.most.entries * 10;
  }

  *from(root: string): Generator<void, boolean> {
    try {
      this.#enter(() => openDirectory(root), '', this.#options.rules?.start(this.#refuse) ?? nothingIgnored);
      for (let level = this.#held.at(-1); level && !this.#full; level = this.#held.at(-1)) {
        const {directory} = level;
        const next = level.below.pop();
        if (next) this.#enter(() => enterDirectory(directory, next.name), next.path, next.scope);
        else this.#held.pop()?.directory.close();
        yield;
      }
      return !this.#full;
    } finally {
      for (const {directory} of this.#held) directory.close();
    }
  }

  #enter(open: () => Directory, path: RawName, above: RuleScope): void {
    const {bars, most} = this.#options;
    const tooDeep = `more than ${most.depth} directories deep: not looked at`;
    const barred = this.#held.length > most.depth ? tooDeep : bars?.(path);
    if (barred !== undefined) {
      this.#refuse(path, barred);
      return;
    }
    try {
      const directory = open();
      const level: Level = {directory, path, below: []};
      // From here on it is closed with the others.
      this.#held.push(level);
      const names = this.#namesIn(directory, path);
      const scope = above.enter(directory, path, [...names.keys()]);
      for (const [name, type] of names) this.#look(level, scope, name, type);
    } catch (error) {
      this.#failed(path, error);
    }
  }

  #namesIn(directory: Directory, path: RawName): Map<RawName, DirectoryName['type']> {
    const names = new Map<RawName, DirectoryName['type']>();
    for (const {name, type} of namesIn(directory)) {
      if (this.#namesLeft-- === 0) {
        this.#stop(path);
        break;
      }
      names.set(name, type);
    }
    return names;
  }

  #look(level: Level, scope: RuleScope, name: RawName, type: DirectoryName['type']): void {
    if (this.#full) return;
    const path = level.path === '' ? name : `${level.path}/${name}`;
    if (isStage(name)) return;
    if (isGitName(name)) {
      this.#lookAtGit(level, name, path);
      return;
    }
    if (!this.#options.gitDirectories && isTakenForGit(name)) {
      this.#refuse(path, 'named like git');
      return;
    }
    if (path.length >= longestPath) this.#refuse(level.path, 'a path in it is too long');
    else if (type === 'directory') this.#lookAtDirectory(level, scope, name, path);
    // The rules are asked first, for the file system takes longer; but it may have to tell first whether it is a directory.
    else if (type === 'unknown' || !this.#isIgnored(scope, name, path)) {
      const stats = this.#statsOf(level, name, path);
      if (stats?.isDirectory()) this.#lookAtDirectory(level, scope, name, path);
      else if (stats && (type === 'file or link' || !this.#isIgnored(scope, name, path))) this.#tellOf(path, stats);
    }
  }

  #lookAtGit(level: Level, name: RawName, path: RawName): void {
    if (!this.#options.gitDirectories) {
      if (name !== '.git') this.#refuse(path, 'named like git');
      return;
    }
    if (this.#statsOf(level, name, path)?.isDirectory()) level.below.push({name, path, scope: nothingIgnored});
    else this.#refuse(path, 'a link to a git directory elsewhere');
  }

  #statsOf({directory}: Level, name: RawName, path: RawName): BigIntStats | undefined {
    try {
      return lstatSync(directory.at(name), {bigint: true, throwIfNoEntry: false});
    } catch (error) {
      this.#failed(path, error);
      return undefined;
    }
  }

  #isIgnored(scope: RuleScope, name: RawName, path: RawName): boolean {
    return scope.ignores(path, name, false) && !this.#options.keeps.file(path);
  }

  #lookAtDirectory(level: Level, scope: RuleScope, name: RawName, path: RawName): void {
    const ignored = scope.ignores(path, name, true);
    if (ignored && !this.#options.keeps.directory(path)) return;
    level.below.push({name, path, scope: ignored ? allIgnored : scope});
  }

  #tellOf(path: RawName, stats: BigIntStats): void {
    const kind = stats.isFile() ? 'file' : stats.isSymbolicLink() ? 'link' : undefined;
    if (!kind) {
      this.#refuse(path, specialName(stats));
      return;
    }
    if (this.#toldLeft-- === 0) {
      this.#stop(path);
      return;
    }
    const {dev, ino, size, mtimeNs, ctimeNs, mtimeMs, ctimeMs} = stats;
    this.#visit({
      path,
      kind,
      executable: kind === 'file' && (stats.mode & 0o100n) !== 0n,
      size: Number(size),
      stamp: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
      changedMs: Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs),
    });
  }

  #failed(path: RawName, error: unknown): void {
    const {code} = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    // It has gone since it was listed; the root was not listed.
    if (code === 'ENOENT' && path !== '') return;
    const replaced = code === 'ENOTDIR' || code === 'ELOOP';
    this.#refuse(path, replaced ? 'is no directory any more' : `cannot be read (${code})`);
  }

  readonly #refuse: Refuse = (path, why) => {
    if (this.#full) return;
    if (this.#toldLeft-- === 0) this.#stop(path);
    else this.#tell(path, why);
  };

  #stop(path: RawName): void {
    if (this.#full) return;
    this.#full = true;
    this.#tell(path, `more than ${this.#options.most.entries} files: the rest is not looked at`);
  }
}

/** What this is that is neither a file, a directory nor a link. */
export const specialName = (stats: Pick<BigIntStats, 'isFIFO' | 'isSocket'>): string =>
  stats.isFIFO() ? 'a FIFO' : stats.isSocket() ? 'a socket' : 'a device';

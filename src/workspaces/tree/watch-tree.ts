import {type FSWatcher, lstatSync, statSync, watch} from 'node:fs';
import {type Directory, descend, enterDirectory, openDirectory, type RawName} from '../../lib/beneath.ts';
import {namesIn} from '../../lib/directory-names.ts';
import {inTurns} from '../../lib/in-turns.ts';
import {allIgnored, type IgnoreRules, nothingIgnored, type RuleScope, ruleFileNames} from './ignore-rules.ts';
import {isGitName, type Keeps, keepsNothing} from './tree-walk.ts';

export interface WatchOptions {
  /** Left out: nothing is ignored. */
  readonly rules?: IgnoreRules | undefined;
  readonly keeps?: Keeps;
  /** Directories. */
  readonly most?: number;
}

export interface TreeWatch {
  /** False while there may be changes that are not told: whoever wants to know them has to look now and then. */
  readonly complete: boolean;
  /** How many directories are watched. */
  readonly directories: number;
  /** Nothing is told any more. */
  close(): void;
}

const usualMost = 4096;
const deepest = 200;
/** More events than this in one turn of the event loop, and we let go for a while: the kernel has dropped some, or we would do nothing else. */
const flood = 2000;
/** Milliseconds. */
const rest = 1000;

/** A directory that is watched. */
interface Place {
  readonly path: RawName;
  readonly watcher: FSWatcher;
  /** Which directory it is, whatever it is called by now. */
  readonly identity: string;
  readonly scope: RuleScope;
  readonly below: Map<RawName, Place>;
  /** Names in it that came or went. */
  readonly changed: Set<RawName>;
  gone: boolean;
}

/**
 * Tells that something in a tree may have changed, once for all that happens in one turn of the event loop, and when all of it has come
 * to be watched. What is ignored is not told, nor git directories. The tree may be hostile: no link is followed, work is done in short turns.
 */
export const watchTree = (root: string, options: WatchOptions, onChange: () => void): TreeWatch =>
  new Watch(root, options, onChange);

class Watch implements TreeWatch {
  readonly #root: string;
  readonly #rules: IgnoreRules | undefined;
  readonly #keeps: Keeps;
  readonly #most: number;
  readonly #onChange: () => void;
  readonly #work = inTurns();
  #top: Place | undefined;
  #directories = 0;
  #missing = false;
  #events = 0;
  #telling = false;
  #resting: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(root: string, {rules, keeps, most}: WatchOptions, onChange: () => void) {
    this.#root = root;
    this.#rules = rules;
    this.#keeps = keeps ?? keepsNothing;
    this.#most = most ?? usualMost;
    this.#onChange = onChange;
    this.#begin();
  }

  get complete(): boolean {
    return !this.#closed && !this.#missing && this.#resting === undefined && !this.#work.busy;
  }

  get directories(): number {
    return this.#directories;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#resting);
    this.#letGo();
  }

  #begin(): void {
    this.#missing = false;
    const scope = this.#rules?.start(() => {}) ?? nothingIgnored;
    this.#held(
      () => openDirectory(this.#root),
      root => {
        this.#top = this.#watch(root, '', scope);
      },
    );
    if (!this.#top) this.#missing = true;
  }

  /** Lets go of everything and begins anew after a while. */
  #startOver(): void {
    if (this.#resting || this.#closed) return;
    this.#letGo();
    this.#tell();
    this.#resting = setTimeout(() => {
      this.#resting = undefined;
      this.#begin();
      this.#tell();
    }, rest).unref();
  }

  #letGo(): void {
    this.#work.clear();
    if (this.#top) this.#drop(this.#top);
    this.#top = undefined;
  }

  #drop(place: Place): void {
    place.gone = true;
    place.watcher.close();
    this.#directories--;
    for (const below of place.below.values()) this.#drop(below);
  }

  #watch(directory: Directory, path: RawName, above: RuleScope): Place | undefined {
    if (this.#directories >= this.#most || path.split('/').length > deepest) {
      this.#missing = true;
      return undefined;
    }
    const identity = identityOf(directory);
    const scope = above.enter(directory, path, ruleFileNames);
    // Throws where the system has no more of them.
    const watcher = watch(directory.here, {persistent: false, encoding: 'latin1'});
    this.#directories++;
    const place: Place = {path, watcher, identity, scope, below: new Map(), changed: new Set(), gone: false};
    watcher.on('error', () => {
      this.#missing = true;
      watcher.close();
    });
    watcher.on('change', (type, name) => this.#happened(place, type, String(name)));
    this.#work.add(this.#lookInto(place));
    return place;
  }

  #happened(place: Place, type: string, name: RawName): void {
    if (this.#events++ === 0) setImmediate(() => (this.#events = 0));
    if (place.gone || isGitName(name)) return;
    if (this.#events > flood || ruleFileNames.includes(name)) {
      this.#startOver();
      return;
    }
    if (type === 'rename') {
      if (place.changed.size === 0) this.#work.add(this.#lookAgain(place));
      place.changed.add(name);
    }
    const path = join(place.path, name);
    if (!place.scope.ignores(path, name, false) || this.#keeps.file(path)) this.#tell();
  }

  /** All that is in a directory that has just come to be watched. */
  *#lookInto(place: Place): Generator<void> {
    const directory = this.#open(place);
    if (!directory) return;
    try {
      for (const {name, type} of namesIn(directory)) {
        yield;
        if (place.gone) return;
        if (type === 'file or link' || place.below.has(name)) continue;
        if (type === 'directory' || isDirectory(directory, name)) this.#enter(place, directory, name);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      directory.close();
      // What was written before it was watched.
      this.#tell();
    }
  }

  *#lookAgain(place: Place): Generator<void> {
    const names = [...place.changed];
    place.changed.clear();
    const directory = this.#open(place);
    if (!directory) return;
    try {
      for (const name of names) {
        yield;
        if (place.gone) return;
        const below = place.below.get(name);
        // Even if a directory is there: the number of one that has gone may be used again at once.
        if (below) this.#drop(below);
        place.below.delete(name);
        if (isDirectory(directory, name)) this.#enter(place, directory, name);
      }
    } finally {
      directory.close();
    }
  }

  #enter(place: Place, directory: Directory, name: RawName): void {
    const path = join(place.path, name);
    const ignored = place.scope.ignores(path, name, true);
    if (isGitName(name) || (ignored && !this.#keeps.directory(path))) return;
    this.#held(
      () => enterDirectory(directory, name),
      entered => {
        const below = this.#watch(entered, path, ignored ? allIgnored : place.scope);
        if (below) place.below.set(name, below);
      },
    );
  }

  /** Undefined when something else is in its place by now: then its parent is looked at again. */
  #open(place: Place): Directory | undefined {
    if (place.gone) return undefined;
    return this.#held(
      () => openDirectory(this.#root),
      root => {
        const directory = descend(root, place.path === '' ? [] : place.path.split('/'));
        if (identityOf(directory) === place.identity) return directory;
        directory.close();
        return undefined;
      },
    );
  }

  /** Undefined when it cannot be opened or used: it has gone, or turned into something else. */
  #held<T>(open: () => Directory, use: (directory: Directory) => T): T | undefined {
    let directory: Directory | undefined;
    try {
      directory = open();
      return use(directory);
    } catch (error) {
      this.#failed(error);
      return undefined;
    } finally {
      directory?.close();
    }
  }

  #failed(error: unknown): void {
    const {code} = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (!passing.has(code)) this.#missing = true;
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    setImmediate(() => {
      this.#telling = false;
      if (!this.#closed) this.#onChange();
    });
  }
}

const passing: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

const join = (path: RawName, name: RawName): RawName => (path === '' ? name : `${path}/${name}`);

function identityOf(directory: Directory): string {
  const {dev, ino} = statSync(directory.here, {bigint: true});
  return `${dev}:${ino}`;
}

function isDirectory(directory: Directory, name: RawName): boolean {
  try {
    return lstatSync(directory.at(name), {throwIfNoEntry: false})?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

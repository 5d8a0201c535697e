import {lstatSync, realpathSync, type Stats} from 'node:fs';
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {type Directory, descend, nameText, openDirectory, type RawName, rawName} from '../../lib/beneath.ts';
import type {HomePath} from '../agent.ts';
import {named, stayBehind} from './patterns.ts';

/** A file or directory that is to be copied: where it is in the user's home, and where in the session's. */
export interface Entry {
  readonly from: readonly RawName[];
  readonly to: RawName;
  readonly kind: 'file' | 'directory';
}

/** Something of the user's home that stays behind, and why, for a person. */
export interface LeftBehind {
  readonly path: string;
  readonly why: string;
}

export interface HomePlan {
  /** Directories before what is in them. */
  readonly entries: readonly Entry[];
  readonly leftBehind: readonly LeftBehind[];
}

export interface HomeLimits {
  readonly files: number;
  readonly bytes: number;
}

export const usualLimits: HomeLimits = {files: 20_000, bytes: 200 * 2 ** 20};

class TooMuch extends Error {}

/** Where people keep the files that their homes' links lead to. */
const linked = new Set(['.dotfiles', '.config']);

const parts = (place: string): readonly RawName[] => place.split('/').map(rawName);
const joined = (names: readonly RawName[]): RawName => names.join('/');

/** One walk through what an agent needs of a home. */
class Walk {
  readonly #home: string;
  readonly #root: Directory;
  readonly #limits: HomeLimits;
  readonly #own: ReadonlySet<RawName>;
  readonly #left: LeftBehind[] = [];
  #entries = new Map<RawName, Entry>();
  #files = 0;
  #bytes = 0;

  constructor(home: string, root: Directory, paths: readonly HomePath[], limits: HomeLimits) {
    this.#home = home;
    this.#root = root;
    this.#limits = limits;
    this.#own = new Set(paths.map(({path: place}) => parts(place)[0]!));
  }

  async run(paths: readonly HomePath[]): Promise<HomePlan> {
    for (const one of paths) {
      const before = {entries: new Map(this.#entries), files: this.#files, bytes: this.#bytes};
      try {
        await this.#path(one);
      } catch (error) {
        if (!(error instanceof TooMuch)) throw error;
        // All of one or nothing: half of it would be a home that nobody had.
        this.#entries = before.entries;
        ({files: this.#files, bytes: this.#bytes} = before);
        const {files, bytes} = this.#limits;
        this.#leave(one.path, `is too much to copy: more than ${files} files or ${Math.floor(bytes / 2 ** 20)} MB`);
      }
    }
    return {entries: [...this.#entries.values()], leftBehind: this.#left};
  }

  async #path({path: place, without}: HomePath): Promise<void> {
    if (place.split('/').some(part => ['', '.', '..'].includes(part)))
      return this.#leave(place, 'is no path of a home');
    const behind = stayBehind(without);
    const above = parts(place).slice(0, -1);
    const last = parts(place).at(-1)!;
    const names = last.includes('*') ? (await this.#names(above)).filter(named(last)) : [last];
    for (const name of names) await this.#entry([...above, name], [...above, name], '', behind);
  }

  /** `below`: its path from the HomePath that it belongs to, "" for that itself. */
  async #entry(
    from: readonly RawName[],
    to: readonly RawName[],
    below: string,
    behind: (path: string) => boolean,
  ): Promise<void> {
    if (below !== '' && behind(below)) return;
    const found = this.#look(from);
    if (!found) return;
    if (found.isSymbolicLink()) return this.#link(from, to, below, behind);
    if (found.isFile()) return this.#file(from, to, found.size);
    // Sockets, pipes and devices belong to a process.
    if (!found.isDirectory()) return;
    this.#add({from, to: joined(to), kind: 'directory'}, 0);
    for (const name of await this.#names(from))
      await this.#entry([...from, name], [...to, name], below === '' ? name : `${below}/${name}`, behind);
  }

  async #link(
    from: readonly RawName[],
    to: readonly RawName[],
    below: string,
    behind: (path: string) => boolean,
  ): Promise<void> {
    const target = this.#inHome(from);
    if (!target) return this.#leave(nameText(joined(to)), 'is a link that leads out of what is copied');
    const found = this.#look(target);
    if (found?.isFile()) return this.#file(target, to, found.size);
    // Deeper down a link to a directory could lead in circles.
    if (found?.isDirectory() && below === '') return this.#entry(target, to, below, behind);
    this.#leave(nameText(joined(to)), 'is a link to a directory');
  }

  /**
   * Where a link leads, as a path of the home. An agent that shares its files with the user's could plant one to a key of theirs: what
   * is hidden and not its own is not reached.
   */
  #inHome(from: readonly RawName[]): readonly RawName[] | undefined {
    try {
      const real = realpathSync(path.join(this.#home, nameText(joined(from))));
      const inside = path.relative(this.#home, real);
      if (inside === '' || inside.split('/')[0] === '..') return undefined;
      const names = parts(inside);
      const [first = '', second = ''] = names;
      const reached = !first.startsWith('.') || this.#own.has(first) || linked.has(first);
      return reached && !['.ssh', '.gnupg'].includes(second) ? names : undefined;
    } catch {
      return undefined;
    }
  }

  #file(from: readonly RawName[], to: readonly RawName[], size: number): void {
    this.#add({from, to: joined(to), kind: 'file'}, size);
  }

  #add(entry: Entry, size: number): void {
    if (this.#entries.has(entry.to)) return;
    this.#files += 1;
    this.#bytes += size;
    if (this.#files > this.#limits.files || this.#bytes > this.#limits.bytes) throw new TooMuch();
    this.#entries.set(entry.to, entry);
  }

  #look(names: readonly RawName[]): Stats | undefined {
    return this.#within(names, (parent, name) => lstatSync(parent.at(name)));
  }

  async #names(names: readonly RawName[]): Promise<readonly RawName[]> {
    const held = this.#within([...names, '.'], parent => descend(parent, []));
    if (!held) return [];
    try {
      return (await readdir(held.here, {encoding: 'latin1'})).sort();
    } catch (error) {
      this.#leave(nameText(joined(names)), `cannot be read (${(error as NodeJS.ErrnoException).code})`);
      return [];
    } finally {
      held.close();
    }
  }

  /** Undefined where nothing is; told where something is that cannot be read. */
  #within<T>(names: readonly RawName[], look: (parent: Directory, name: RawName) => T): T | undefined {
    let parent: Directory | undefined;
    try {
      parent = descend(this.#root, names.slice(0, -1));
      return look(parent, names.at(-1) ?? '.');
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        this.#leave(nameText(joined(names)), code === 'ELOOP' ? 'is behind a link' : `cannot be read (${code})`);
      return undefined;
    } finally {
      parent?.close();
    }
  }

  #leave(place: string, why: string): void {
    this.#left.push({path: `~/${place}`, why});
  }
}

/** What of a user's home an agent gets a copy of. Links are followed to files of the same home; nothing is written. */
export async function planHome(
  home: string,
  paths: readonly HomePath[],
  limits: HomeLimits = usualLimits,
): Promise<HomePlan> {
  let root: Directory;
  try {
    root = openDirectory(home);
  } catch (error) {
    return {entries: [], leftBehind: [{path: '~', why: `cannot be read (${(error as NodeJS.ErrnoException).code})`}]};
  }
  try {
    return await new Walk(realpathSync(home), root, paths, limits).run(paths);
  } finally {
    root.close();
  }
}

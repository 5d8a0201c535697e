import {closeSync, fstatSync, readSync} from 'node:fs';
import {type Directory, openRegular, type RawName} from '../../lib/beneath.ts';
import type {Effort} from './ignore-pattern.ts';
import {type PatternList, patternList} from './pattern-list.ts';

/** Tells of what is not looked at, in words for a person. */
export type Refuse = (path: RawName, why: string) => void;

/** What is ignored in one directory and in those below it that have no rules of their own. */
export interface RuleScope {
  /** The rules of a directory in this one, which has these names in it. Never throws. */
  enter(directory: Directory, path: RawName, names: readonly RawName[]): RuleScope;
  /** Whether git would ignore it, were it not tracked; nothing is said of what is in an ignored directory. */
  ignores(path: RawName, name: RawName, directory: boolean): boolean;
}

/** Which files of a tree are left out. */
export interface IgnoreRules {
  /** For one walk, which shares what reading and matching may cost: past that, no more is ignored. */
  start(refuse: Refuse): RuleScope;
}

export const nothingIgnored: RuleScope = {enter: () => nothingIgnored, ignores: () => false};
/** Within an ignored directory: git reads no rules there. */
export const allIgnored: RuleScope = {enter: () => allIgnored, ignores: () => true};

export interface RuleLimits {
  /** Bytes of one file of rules. */
  readonly fileBytes: number;
  /** Bytes of all files of rules of one walk. */
  readonly allBytes: number;
  /** Steps of matching of one walk; about 10⁸ take a second. */
  readonly steps: number;
}

const usual: RuleLimits = {fileBytes: 2 ** 20, allBytes: 2 ** 22, steps: 2e8};

// Within a directory, what the second one says comes after what the first one says.
export const ruleFileNames: readonly RawName[] = ['.gitignore', '.trailsignore'];

interface Level {
  /** How much of a path leads to the directory of the list. */
  readonly base: number;
  readonly list: PatternList;
}

interface Walk {
  readonly refuse: Refuse;
  readonly limits: RuleLimits;
  readonly effort: Effort;
  bytesLeft: number;
  told: boolean;
}

/**
 * git's rules of `.gitignore`, and of `.trailsignore` behind it. `extra` are texts of the same kind for the whole tree, which any
 * file in it overrules, the weakest first: core.excludesFile, then info/exclude. Each character of them is a byte.
 */
export const ignoreRules = (extra: readonly string[] = [], limits: Partial<RuleLimits> = {}): IgnoreRules => {
  const levels = [{base: 0, list: patternList(extra)}];
  return {
    start: refuse => {
      const all = {...usual, ...limits};
      return scopeOf(levels, {refuse, limits: all, effort: {left: all.steps}, bytesLeft: all.allBytes, told: false});
    },
  };
};

function scopeOf(levels: readonly Level[], walk: Walk): RuleScope {
  const here: RuleScope = {
    enter(directory, path, names) {
      const texts = ruleFileNames
        .filter(name => names.includes(name))
        .flatMap(name => readRules(directory, name, path === '' ? name : `${path}/${name}`, walk) ?? []);
      if (texts.length === 0) return here;
      return scopeOf([...levels, {base: path === '' ? 0 : path.length + 1, list: patternList(texts)}], walk);
    },
    ignores(path, name, directory) {
      for (let index = levels.length - 1; index >= 0; index--) {
        const {base, list} = levels[index]!;
        const verdict = list.verdict(path.slice(base), name, directory, walk.effort);
        if (verdict !== undefined) return verdict;
      }
      if (walk.effort.left < 0 && !walk.told) {
        walk.told = true;
        walk.refuse(path, 'the rules of what is ignored take too long: from here on they are not used');
      }
      return false;
    },
  };
  return here;
}

function readRules(directory: Directory, name: RawName, path: RawName, walk: Walk): string | undefined {
  const refuse = (why: string) => {
    walk.refuse(path, `${why}: its rules are not used`);
    return undefined;
  };
  let fd: number | undefined;
  try {
    fd = openRegular(directory, name);
    if (fd === undefined) return refuse('not a regular file');
    const {size} = fstatSync(fd);
    if (size > walk.limits.fileBytes) return refuse(`larger than ${walk.limits.fileBytes} bytes`);
    if (size > walk.bytesLeft) return refuse('too many rules in all');
    walk.bytesLeft -= size;
    // What is written to it meanwhile is for the next walk.
    const bytes = Buffer.allocUnsafe(size);
    let filled = 0;
    for (let more = -1; more !== 0 && filled < size; filled += more)
      more = readSync(fd, bytes, filled, size - filled, -1);
    return bytes.toString('latin1', 0, filled);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : refuse(`cannot be read (${code})`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

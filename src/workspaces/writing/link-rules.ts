import type {RawName} from '../../lib/beneath.ts';
import {partsOf} from './file-write.ts';
import {isGitName} from './path-rules.ts';

/** More steps than any honest link takes; the system itself gives up after 40 links. */
const mostSteps = 4096;

/**
 * Why a link of this text is not written, undefined when it may be. `linksAt` gives the texts of the links that stand at a path, now or
 * afterwards: the way through each of them is looked at, because `a/..` is not where it seems to be when `a` is a link.
 */
export function linkRefusal(
  path: RawName,
  text: RawName,
  linksAt: (path: RawName) => readonly RawName[],
): string | undefined {
  if (text === '' || text.includes('\0') || text.length > 4095) return 'it is a link with a text that is none';
  if (text.startsWith('/')) return 'it is a link to an absolute path';
  let steps = 0;

  const walk = (at: readonly RawName[], rest: readonly RawName[]): string | undefined => {
    if (++steps > mostSteps) return 'it is a link through too many others';
    const [name, ...behind] = rest;
    if (name === undefined) return undefined;
    if (name === '' || name === '.') return walk(at, behind);
    if (name === '..') return at.length === 0 ? 'it is a link that leads out' : walk(at.slice(0, -1), behind);
    if (isGitName(name)) return 'it is a link into .git';
    const here = [...at, name];
    for (const through of linksAt(here.join('/'))) {
      if (through.startsWith('/')) return 'it is a link that leads out, through another one';
      const found = walk(at, [...partsOf(through), ...behind]);
      if (found) return found;
    }
    return walk(here, behind);
  };
  return walk(partsOf(path).slice(0, -1), partsOf(text));
}

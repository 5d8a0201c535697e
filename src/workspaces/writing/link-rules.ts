import type {RawName} from '../../lib/beneath.ts';
import {partsOf} from './file-write.ts';
import {isGitName} from './path-rules.ts';

/** More steps than any honest link takes, and few enough for a hundred thousand of them. */
const mostSteps = 512;

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
  // Not by recursion: who writes the links would choose how deep it goes.
  const ways: Way[] = [{at: partsOf(path).slice(0, -1), rest: partsOf(text)}];
  for (let steps = 0; ways.length > 0; steps++) {
    if (steps >= mostSteps) return 'it is a link through too many others';
    const {at, rest} = ways.pop()!;
    const [name, ...behind] = rest;
    if (name === undefined) continue;
    if (name === '..' && at.length === 0) return 'it is a link that leads out';
    if (isGitName(name)) return 'it is a link into .git';
    if (name === '' || name === '.' || name === '..') {
      ways.push({at: name === '..' ? at.slice(0, -1) : at, rest: behind});
      continue;
    }
    const here = [...at, name];
    const texts = linksAt(here.join('/'));
    if (texts.some(through => through.startsWith('/'))) return 'it is a link that leads out, through another one';
    ways.push({at: here, rest: behind}, ...texts.map(through => ({at, rest: [...partsOf(through), ...behind]})));
  }
  return undefined;
}

interface Way {
  readonly at: readonly RawName[];
  readonly rest: readonly RawName[];
}

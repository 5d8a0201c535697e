import {existsSync} from 'node:fs';
import type {RawName} from '../../lib/beneath.ts';
import type {Git} from './git.ts';

/** What git would make of a file's line ends when it is committed. */
export type LineEnds = (path: RawName, content: Uint8Array, isNew: boolean) => Uint8Array;

const asTheyAre: LineEnds = (_path, content) => content;
/** So much of a file is looked at for a NUL, as git does. */
const sampleBytes = 8000;

function withoutReturns(content: Uint8Array): Uint8Array {
  if (!content.includes(13)) return content;
  const text = Buffer.from(content).toString('latin1');
  return Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1');
}

/**
 * The rules of these files by the attributes of a commit, as far as they are about line ends; the agent's own .gitattributes have no say.
 * `git` is a repository of ours with an index file of its own, which is made of the commit when there is none.
 */
export function lineEndsOf(
  {git, index}: {readonly git: Git; readonly index: string},
  commit: string,
  paths: readonly RawName[],
): LineEnds {
  if (paths.length === 0) return asTheyAre;
  if (!existsSync(index)) git.runWaiting(['read-tree', commit]);
  const asked = Buffer.from(paths.map(path => `${path}\0`).join(''), 'latin1');
  const fields = git.runWaiting(['check-attr', '--cached', '-z', '--stdin', 'text', 'eol'], asked).toString('latin1');
  const always = new Set<RawName>();
  const auto = new Set<RawName>();
  const words = fields.split('\0');
  for (let at = 0; at + 2 < words.length; at += 3) {
    const [path = '', attribute, value = ''] = words.slice(at, at + 3);
    if ((attribute === 'text' && value === 'set') || (attribute === 'eol' && ['lf', 'crlf'].includes(value)))
      always.add(path);
    else if (attribute === 'text' && value === 'auto') auto.add(path);
    else if (attribute === 'text' && value === 'unset') auto.delete(path);
  }
  return (path, content, isNew) => {
    if (always.has(path)) return withoutReturns(content);
    // A file that was committed with such line ends keeps them.
    const guessed = isNew && auto.has(path) && !content.subarray(0, sampleBytes).includes(0);
    return guessed ? withoutReturns(content) : content;
  };
}

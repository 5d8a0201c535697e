import type {RawName} from '../../lib/beneath.ts';
import {type Effort, type IgnorePattern, ignorePattern} from './ignore-pattern.ts';

/** A file of rules: of the lines that match, the last one decides. */
export interface PatternList {
  /** Whether it ignores this one; undefined when it says nothing. The path is from the directory of the file. */
  verdict(path: RawName, name: RawName, directory: boolean, effort: Effort): boolean | undefined;
}

/** The last line of a text about directories only, and the last one about anything. */
interface Lines {
  directory: number;
  anything: number;
}

/** As git cuts lines: at newlines, with one carriage return and unquoted spaces at the end left out. */
const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\xef\xbb\xbf/, '')
    .split('\n')
    .map(line => withoutSpaces(line.replace(/\r$/, '').replace(/\0.*$/s, '')));

function withoutSpaces(line: string): string {
  if (!line.endsWith(' ')) return line;
  let end = line.length;
  while (line[end - 1] === ' ') end--;
  let quotes = end;
  while (line[quotes - 1] === '\\') quotes--;
  // An odd number of backslashes: the first of the spaces is quoted.
  return line.slice(0, (end - quotes) % 2 === 0 ? end : end + 1);
}

export function patternList(texts: readonly string[]): PatternList {
  const patterns = texts.flatMap(linesOf).flatMap(line => ignorePattern(line) ?? []);
  const literals = {name: new Map<string, Lines>(), path: new Map<string, Lines>()};
  const globs: {readonly at: number; readonly pattern: IgnorePattern}[] = [];
  for (const [at, pattern] of patterns.entries()) {
    if (!pattern.literal) {
      globs.push({at, pattern});
      continue;
    }
    const {text, of} = pattern.literal;
    const lines = literals[of].get(text) ?? {directory: -1, anything: -1};
    lines[pattern.onlyDirectories ? 'directory' : 'anything'] = at;
    literals[of].set(text, lines);
  }
  const lastOf = (lines: Lines | undefined, directory: boolean) =>
    lines ? Math.max(lines.anything, directory ? lines.directory : -1) : -1;

  return {
    verdict(path, name, directory, effort) {
      let last = Math.max(lastOf(literals.name.get(name), directory), lastOf(literals.path.get(path), directory));
      for (let index = globs.length - 1; index >= 0; index--) {
        const {at, pattern} = globs[index]!;
        if (at < last || --effort.left < 0) break;
        if ((directory || !pattern.onlyDirectories) && pattern.matches(path, name, effort)) {
          last = at;
          break;
        }
      }
      return last === -1 ? undefined : !patterns[last]!.negative;
    },
  };
}

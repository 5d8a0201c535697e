import {nameText, type RawName} from '../../lib/beneath.ts';
import {partsOf} from './file-write.ts';

/** What HFS+ does not see in a name, as git has it. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;
/** NTFS drops dots and spaces at the end, and takes what is behind a colon for a stream of the file. */
const gitName = /^(?:\.git|git~1)[. ]*(?::|$)/i;
const modulesName = /^(?:\.gitmodules|gitmod~[1-4]|gi7eba~[1-9])[. ]*(?::|$)/i;

// A backslash parts names on NTFS: each part is looked at.
const takenFor = (pattern: RegExp, name: RawName): boolean =>
  nameText(name)
    .replace(ignoredByHfs, '')
    .split('\\')
    .some(part => pattern.test(part));

/** Whether some file system takes this name for `.git`: what is in there is run. */
export const isGitName = (name: RawName): boolean => takenFor(gitName, name);

const rules: readonly (readonly [(name: RawName) => boolean, string])[] = [
  [name => name === '', 'it is no path within the directory'],
  [name => name === '.' || name === '..', 'it is no path within the directory'],
  [name => name.includes('\0'), 'a name cannot hold NUL'],
  [isGitName, 'it is in .git, or in what some file systems take for it'],
];

/** Why nothing is ever written at this path, undefined when it may be. An absolute one begins with an empty name. */
export function pathRefusal(path: RawName, link: boolean): string | undefined {
  const names = partsOf(path);
  if (link && takenFor(modulesName, names.at(-1)!)) return 'git takes no link for .gitmodules';
  return rules.find(([applies]) => names.some(applies))?.[1];
}

/** The same for all names that a file system which folds case takes for one. */
export function foldedPath(path: RawName): string {
  const text = nameText(path).normalize('NFC').toLowerCase().normalize('NFC');
  // Bytes that are not UTF-8 would all become the same.
  return text.includes('\ufffd') ? path.toLowerCase() : text;
}
